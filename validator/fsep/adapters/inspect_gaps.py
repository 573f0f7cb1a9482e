"""What logs of Inspect do not record, and what an import of them drops or changes."""

from __future__ import annotations

from fsep.adapters.loss import Gap

NO_CHECK = "none for any check"
PINNED = "its texts are not replayed: FSEP-ADH-006 fails, and the most that can be shown is that it is pinned"

STATUS = Gap(
    "log-status-{system}",
    "not-recorded",
    "the log of {system} does not end in success: its status is {status} ({why})",
    "status, error",
    "samples that broke off are failed runs, samples without a record are declared missing",
)
HEADLESS = Gap(
    "header-{system}",
    "not-recorded",
    "the log of {system} has no header: the run ended, or the file was copied, before it was written; plan"
    " and settings are those of its start",
    "header.json",
    "how the run ended, and its results, are not known",
)
REQUESTS = Gap(
    "requests",
    "not-recorded",
    "digests of the requests were not recorded",
    "samples/*/events",
    "FSEP-REQ-001 fails, and the bundle does not reach `replayed`",
)
PIN = Gap(
    "declared-identities",
    "not-recorded",
    "which model identities the provider may return was not declared before the run",
    "eval/model",
    "FSEP-REQ-006 fails",
)
PARAMETERS = Gap(
    "parameter-names",
    "changed",
    "parameters are those of the harness's configuration of each call, under its names; what the harness"
    " alone reads (retries, connections, caching, headers) is left out",
    "samples/*/events/*/config",
    "the names may not be the provider's; the scaffold states what all calls of a step share, so that"
    " FSEP-REQ-004 shows that they are alike and not that they were fixed before",
)
NO_PARAMETERS = Gap(
    "parameters-{system}",
    "not-recorded",
    "the parameters of outputs of {system} were not recorded: no call of a model is logged for them",
    "samples/*/events",
    "FSEP-REQ-003 fails",
)
DIFFERING = Gap(
    "parameters-differ",
    "changed",
    "outputs of one step were made with different parameters, which the one scaffold cannot state",
    "samples/*/events/*/config",
    "the scaffold states those declared, or none where the declared ones differ too: FSEP-REQ-004 fails",
)
RETURNED = Gap(
    "returned-model-{system}",
    "not-recorded",
    "the provider's own reply is not in the log of {system} for each output; there the model identity is the"
    " one that the harness noted",
    "samples/*/events/*/output/model",
    "a harness may note the name it asked for",
)
NO_RETURNED = Gap(
    "no-returned-model-{system}",
    "not-recorded",
    "outputs of {system} have no model identity at all",
    "samples/*/events/*/output/model",
    "FSEP-REQ-005 fails",
)
OPAQUE = Gap(
    "plan",
    "not-recorded",
    "what these solvers do is not recorded: {solvers}; they are one external part, named by the digest of"
    " their names and parameters",
    "plan/steps",
    PINNED,
)
DISAGREES = Gap(
    "plan-disagrees",
    "changed",
    "what the plan's solvers are known to do is not what was recorded: {why}",
    "samples/*/messages",
    f"the whole plan is an external part; {PINNED}",
)
INPUTS = Gap(
    "inputs",
    "changed",
    "the samples' inputs are not texts in one and the same order of roles ({why})",
    "samples/*/input",
    "a program cannot say them: they stand in the external part",
)
ITEM = Gap(
    "item-input",
    "dropped",
    "inputs hold media or texts too long for a field",
    "samples/*/input",
    "they stand whole in the runs alone",
)
NEVER = Gap(
    "never-run",
    "not-recorded",
    "samples that were planned and never run: neither their inputs nor anything else of them is recorded",
    "eval/dataset/sample_ids",
    "they are items without fields, and their runs are declared missing; a program cannot say their inputs",
)
UNNAMED = Gap(
    "unnamed",
    "not-recorded",
    "samples that were planned and never run, of which not even the ids are recorded",
    "eval/dataset, eval/config",
    "they are items named by a number",
)
MISSING_SHARE = Gap(
    "missing-share",
    "not-recorded",
    "no limit for missing runs is recorded; the design says 0",
    "eval",
    "`complete` is reached only without missing runs",
)
BROKE_AFTER = Gap(
    "broke-off-after-the-end",
    "changed",
    "samples broke off after all of the plan's messages had come, as when a scorer fails; they are failed"
    " runs, since the harness counts them as such",
    "samples/*/error",
    "FSEP-ADH-005 fails: as runs of the program they came to an end",
)
LIMITED = Gap(
    "limit-{type}",
    "changed",
    "a limit of the harness ({type}) ended runs, which the program does not express",
    "samples/*/limit",
    "such a run does not replay to its end",
)
RETRIED = Gap(
    "retried-samples",
    "dropped",
    "samples broke off and were run again; the attempts before the last were not carried over",
    "samples/*/error_retries",
    "which answers an earlier attempt held cannot be seen in the bundle",
)
SUPERSEDED = Gap(
    "superseded-records",
    "dropped",
    "members of the file in whose place a later one of the same name counts",
    "{source}",
    "samples may have been run, or scored, more than once",
)
REQUESTED_AGAIN = Gap(
    "request-retries",
    "not-recorded",
    "requests were repeated; how each attempt ended is not recorded",
    "samples/*/events/*/retries",
    "FSEP-TRN-003 does not apply to them",
)
CACHED = Gap(
    "cached",
    "changed",
    "outputs were read from a cache: no request was made for them in this run",
    "samples/*/events/*/cache",
    "the outputs are recorded, their making is not",
)
INVALIDATED = Gap(
    "invalidated",
    "changed",
    "samples were declared invalid after the run",
    "samples/*/invalidation",
    "they are carried over like the others, with a mark in their extensions",
)
NUMBERS = Gap(
    "numbers",
    "changed",
    'numbers that JSON has no place for (NaN, infinities, integers beyond 2^53) stand as {{"number": "..."}}',
    "{source}",
    NO_CHECK,
)
LOST = Gap(
    "references",
    "not-recorded",
    "references to texts that the log does not hold",
    "samples/*/attachments",
    "the reference itself stands where the text was",
)
MEDIA = Gap(
    "media-{type}",
    "not-recorded",
    "media of the kind {type} are named by an address, or were removed from the log",
    "samples/*/messages/*/content",
    "nothing is fetched: they are left out, and their messages marked rebuilt",
)
PART = Gap(
    "content-{type}",
    "dropped",
    "parts of messages of the type {type}",
    "samples/*/messages/*/content",
    "there is no place for them; their messages are marked rebuilt",
)
MODEL = Gap(
    "model-{member}",
    "dropped",
    "`{member}` of the evaluation was not carried over: it may hold credentials, and is no part of a request",
    "eval/{member}",
    "what it changes in the requests is not known",
)
EVALUATION = Gap(
    "evaluation-{system}",
    "dropped",
    "members of the log of {system} that were not carried over: {names}",
    "eval, stats and others",
    NO_CHECK,
)
MEMBERS = Gap(
    "sample-{member}",
    "dropped",
    "`{member}` of the samples was not carried over",
    "samples/*/{member}",
    NO_CHECK,
)
EVENTS = Gap(
    "events",
    "dropped",
    "the log's events other than calls of models, and calls of models for other ends than a recorded message"
    " (such as grading), were not carried over",
    "samples/*/events",
    NO_CHECK,
)
SCORES = Gap(
    "score-details",
    "dropped",
    "of scores all but value, answer and explanation, and explanations too long for a record",
    "samples/*/scores",
    NO_CHECK,
)
RESULTS = Gap(
    "results",
    "dropped",
    "metrics and reductions that the harness computed",
    "results, reductions",
    "they follow from the scores of the runs",
)
OUTPUT = Gap(
    "output-differs",
    "changed",
    "a solver set another output than the model's last words; both are kept, the latter as the result",
    "samples/*/output",
    "the scored answer stands in the run's extensions",
)
TIMES = Gap(
    "time-zone",
    "dropped",
    "times without a time zone cannot be written in UTC",
    "samples",
    "runs and outputs do not state them",
)
