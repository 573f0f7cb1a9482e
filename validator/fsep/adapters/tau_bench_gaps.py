"""What tau-bench files do not record, and what an import of them rebuilds, drops or changes."""

from __future__ import annotations

from fsep.adapters.loss import Gap

TRAJ = "*/traj"

MODEL = Gap(
    "model-{system}",
    "not-recorded",
    "the file names no model: {system} is what the caller of the import said",
    "*",
    "which model answered rests on the caller's word: FSEP-REQ-005 and FSEP-REQ-006 fail",
)
USER_MODEL = Gap(
    "user-model",
    "not-recorded",
    "the file names no model for the simulated user, and the caller of the import named none",
    "*",
    "nobody can say who played the user",
)
USER_MODEL_SUPPLIED = Gap(
    "user-model",
    "not-recorded",
    "the file names no model for the simulated user: it is what the caller of the import said",
    "*",
    "who played the user rests on the caller's word",
)
USER_PROMPT = Gap(
    "user-prompt",
    "rebuilt",
    "the user simulator's prompt was not recorded; it was rebuilt from the task's instruction",
    "*/info/task/instruction",
    "FSEP-TRN-004 fails, and the bundle does not reach `replayed`",
)
ERROR = Gap(
    "error-rows",
    "changed",
    "rows with an error are failed runs, each declared as a departure",
    "*/info/error",
    "they count as missing",
)
UNENDED = Gap(
    "unended",
    "changed",
    "runs that neither the user, the agent nor the bound ended are failed runs, each declared as a departure",
    TRAJ,
    "they count as missing",
)
INSTRUCTION = Gap(
    "instruction",
    "not-recorded",
    "no row of the task records its instruction",
    "*/info/task/instruction",
    "the item's instruction is empty",
)
OF_ALL = (
    Gap(
        "tool-definitions",
        "not-recorded",
        "the definitions of the tools were not recorded, nor the version of the environment",
        "*",
        "what the system was told of its tools is not known, and no request digest can be derived:"
        " FSEP-ENV-001 fails",
    ),
    Gap(
        "parameters",
        "not-recorded",
        "no parameter was recorded, the temperature included",
        "*",
        "the scaffold states none, and FSEP-REQ-003 fails",
    ),
    Gap(
        "requests",
        "not-recorded",
        "digests of requests and returned model identities were not recorded",
        TRAJ,
        "FSEP-REQ-001 and FSEP-REQ-005 fail",
    ),
    Gap(
        "step-bound",
        "not-recorded",
        "how often the agent may speak was not recorded; the harness's own bound, 30, is in the program",
        "*",
        "a run that was given another bound may not replay",
    ),
    Gap(
        "version",
        "not-recorded",
        "the version of the harness, the domain and all times were not recorded",
        "*",
        "runs state no start; whether two files came from one harness cannot be said",
    ),
    Gap(
        "evaluation",
        "dropped",
        "what the tasks are evaluated by, and all of a reward but the reward itself, was not carried over",
        "*/info/task/actions, */info/task/outputs, */info/reward_info",
        "none for any check",
    ),
    Gap(
        "missing-share",
        "not-recorded",
        "no limit for missing runs is recorded; the design says 0",
        "*",
        "`complete` is reached only without failed or missing runs",
    ),
)
