"""What tau-bench files do not record, and what an import of them rebuilds, drops or changes."""

from __future__ import annotations

from fsep.adapters.loss import Gap
from fsep.adapters.reward import Reward

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
    "the user simulator's prompt was not recorded; it was rebuilt from the task's instruction, without what"
    " the harness writes around it and the greeting that the simulator answers first",
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
POLICY = Gap(
    "policy-differs",
    "changed",
    "some runs begin with another instruction to the agent than most, which one program cannot state",
    f"{TRAJ}/0",
    "those runs do not replay: FSEP-ADH-002 fails",
)
ARGUMENTS = Gap(
    "arguments",
    "changed",
    "arguments of calls that are no strict JSON object, or one nested too deep for a record, were kept as the"
    " text they came as",
    f"{TRAJ}/*/tool_calls",
    "the program answers such a call itself, so that a run in which the environment answered does not replay",
)
NAMES = Gap(
    "call-names",
    "changed",
    "ids of calls and names of tools that are empty or longer than a record holds were replaced or cut",
    f"{TRAJ}/*/tool_calls",
    "none for any check; the names are not those recorded",
)
REWARD = Reward(
    "tau-bench",
    "The reward that tau-bench gave the run is 1: the database ends in the state to which the task's"
    " annotated actions lead, and what the task wants said stands in the agent's words.",
    "*/reward",
    Gap(
        "reward",
        "not-recorded",
        "rows state no reward, or one that is no number a record can hold",
        "*/reward",
        "their runs have none, and those that did not fail have no rating: a departure declares each",
    ),
)
TRIAL = Gap(
    "trial",
    "not-recorded",
    "rows do not say which trial they are, and were taken for the first",
    "*/trial",
    "that they are the replicate 0 is a guess",
)
UNREAD = Gap("unread-{name}", "dropped", "`{name}` was not carried over", "{where}", "none for any check")
UNREAD_MORE = Gap(
    "unread",
    "dropped",
    "members of still other names were not carried over",
    "*",
    "none for any check",
)
OF_ALL = (
    Gap(
        "several-calls",
        "not-recorded",
        "where an agent calls several tools in one message, the harness keeps the first call"
        " and drops the others",
        f"{TRAJ}/*/tool_calls",
        "whether an output held more calls than are recorded cannot be known",
    ),
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
        "the ratings of task-success rest on the source's word: nobody can rate the runs by it again",
    ),
    Gap(
        "missing-share",
        "not-recorded",
        "no limit for missing runs is recorded; the design says 0",
        "*",
        "`complete` is reached only without failed or missing runs",
    ),
)
