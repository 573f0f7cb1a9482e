"""Single-site weakenings of the validator's own checks, and whether the conformance suite catches them.

Each check is removed, each comparison loosened, one at a time; the conformance cases that come by the place
are put to the validator that is left. What no case catches is listed in `survivors.json`, with the reason.

    make weaken
"""
