"""What tau2-bench files do not record, and what an import of them rebuilds, drops or changes."""

from __future__ import annotations

from fsep.adapters.loss import Gap
from fsep.adapters.reward import Reward

RAW = "simulations/*/messages/*/raw_data"
NO_CHECK = "none for any check"

TOOLS = Gap(
    "tool-definitions",
    "not-recorded",
    "the definitions of the tools were not recorded (tool_defs is null)",
    "info/environment_info/tool_defs",
    "what the systems were told of their tools is not known, and no request digest can be derived:"
    " FSEP-ENV-001 fails",
)
ENVIRONMENT = Gap(
    "environment-version",
    "not-recorded",
    "the version of the environment was not recorded apart from the harness's commit",
    "info/environment_info",
    "FSEP-ENV-001 fails",
)
COMMITS = Gap(
    "commits-differ",
    "not-recorded",
    "the systems were run at different commits of the harness ({commits}), and what changed between them is"
    " not recorded",
    "info/git_commit",
    "prompts, tools and the user simulator may differ: FSEP-OBS-003 warns",
)
WRAPPING = Gap(
    "system-prompt-wrapping",
    "not-recorded",
    "what the harness wrote around the policy in the agent's system prompt, and around the scenario in the"
    " user simulator's, was not recorded",
    "info",
    "the rebuilt prompts hold only the parts that the file has",
)
AGENT_PROMPT = Gap(
    "system-prompt",
    "rebuilt",
    "the agent's system prompt was not recorded; it was rebuilt from the policy in the file",
    "info/environment_info/policy",
    "FSEP-TRN-004 fails, and the bundle does not reach `replayed`",
)
USER_PROMPT = Gap(
    "user-prompt",
    "rebuilt",
    "the user simulator's prompt was not recorded; it was rebuilt from the guidelines and the scenario",
    "info/user_info, tasks/*/user_scenario",
    "FSEP-TRN-004 fails, and the bundle does not reach `replayed`",
)
REQUESTS = Gap(
    "requests",
    "not-recorded",
    "requests were not recorded: neither their digests nor the parameters sent with each",
    "simulations/*/messages",
    "FSEP-REQ-001 and FSEP-REQ-003 fail",
)
RETURNED = Gap(
    "returned-model-{system}-{actor}",
    "not-recorded",
    "the model identity that the provider returned was not recorded for the {who} in the runs of {system}",
    RAW,
    "FSEP-REQ-005 fails: which model answered rests on the name alone",
)
AGENT = Gap(
    "agent-{implementation}",
    "not-recorded",
    "the agent of {system} is {implementation}, whose version and prompts are not recorded",
    "info/agent_info/implementation",
    "what it adds to the requests cannot be known",
)
PARAMETERS = Gap(
    "agent-parameters-differ",
    "changed",
    "the systems were run with different parameters, which the one scaffold cannot state",
    "info/agent_info/llm_args",
    "the scaffold states none; each system's file has those declared for it",
)
TIMES = Gap(
    "time-zone",
    "dropped",
    "times are recorded without a time zone, and so cannot be written in UTC",
    "simulations/*/start_time",
    "runs state no start; the times stand as they came in the runs' extensions",
)
EVALUATION = Gap(
    "evaluation",
    "dropped",
    "what the tasks are evaluated by, and all of a reward but the reward itself, was not carried over",
    "tasks/*/evaluation_criteria, simulations/*/reward_info",
    "the ratings of task-success rest on the source's word: nobody can rate the runs by it again",
)
REWARD = Reward(
    "tau2-bench",
    "The reward that tau2-bench gave the run is 1: it met every check that the task's reward is based on,"
    " such as that the database ends in the state asked for, and that the agent told the user what was to be"
    " told.",
    "simulations/*/reward_info",
    Gap(
        "reward",
        "not-recorded",
        "simulations state no reward, or one that is no number a record can hold",
        "simulations/*/reward_info",
        "their runs have none, and those that did not fail have no rating: a departure declares each",
    ),
)
LIMIT = Gap(
    "missing-share",
    "not-recorded",
    "no limit for missing runs is recorded; the design says 0",
    "info",
    "`complete` is reached only without missing runs",
)
ENDED = Gap(
    "ended-{reason}",
    "changed",
    "runs that ended otherwise than by a stop or the bound ({reason}) count as failed",
    "simulations/*/termination_reason",
    "they are declared by no departure, since the source declares none",
)
STEP_BOUND = Gap(
    "step-bound",
    "changed",
    "the harness bounds all steps of a run together, which the program does not express",
    "info/max_steps",
    "a run that met that bound does not replay",
)
RAW_MEMBER = Gap(
    "raw-{name}", "dropped", "`{name}` of the providers' raw replies was not carried over", RAW, NO_CHECK
)
COSTS = Gap(
    "message-costs",
    "dropped",
    "what each message cost was not carried over",
    "simulations/*/messages/*/cost",
    "none for any check; the costs of whole runs are in their extensions",
)
