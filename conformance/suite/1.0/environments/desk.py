"""An environment of the conformance suite: it counts its calls, and says all that it was told.

SYNTHETIC: made for trying runners out.
"""

import json
import sys

told = []
for line in sys.stdin:
    told.append(json.loads(line))
    if "start" in told[-1]:
        print(json.dumps({"ready": True}), flush=True)
        continue
    name = told[-1]["call"]["name"]
    content = json.dumps({"calls": len(told) - 1, "told": told, "arguments": sys.argv[1:]}, sort_keys=True)
    answer = {"content": content} if name == "look" else {"content": f"{len(told) - 1} calls", "error": False}
    print(json.dumps(answer), flush=True)
