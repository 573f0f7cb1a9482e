"""`python -m fsep` is `fsep`."""

import sys

from fsep.cli import main

if __name__ == "__main__":
    sys.exit(main())
