"""Weakens the checks one place at a time: `python -m weakening [--only TEXT] [--jobs N] [--sample N]`."""

from __future__ import annotations

import argparse
import sys

from weakening.hunt import SURVIVORS, hunt, listed


def main() -> int:
    """Hunt, and print what no case catches; exit code 1 where one of these is not listed."""
    parser = argparse.ArgumentParser(prog="weakening", description=__doc__)
    parser.add_argument("--only", default="", help="those whose name holds this text")
    parser.add_argument("--sample", type=int, help="so many, drawn evenly by a fixed seed")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    reasons, caught, survived = listed(), 0, []
    for site, by in hunt(only=given.only, sample=given.sample, jobs=given.jobs):
        if by is None:
            survived.append(site)
            print(
                f"{'listed  ' if site.key in reasons else 'SURVIVES'}  {site.key}  (line {site.line})",
                flush=True,
            )
        else:
            caught += 1
    unlisted = [site.key for site in survived if site.key not in reasons]
    # Where all were hunted, what is listed and caught all the same is out of date.
    gone = sorted(set(reasons) - {site.key for site in survived}) if not (given.only or given.sample) else []
    for key in gone:
        print(f"CAUGHT, and listed  {key}")
    print(
        f"{caught} of {caught + len(survived)} weakenings are caught; of the others {len(survived) - len(unlisted)} "
        f"are listed in {SURVIVORS.name} with the reason, {len(unlisted)} are not."
    )
    return 1 if unlisted or gone else 0


if __name__ == "__main__":
    sys.exit(main())
