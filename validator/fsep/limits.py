"""Every limit, each with its reason; reaching one is an outcome that is reported, never a silent cap."""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

# --- parsing ---

# Levels of arrays and objects in a document: a third of what the JSON parser takes, far from a stack's end.
NESTING: Final = 64

# Commas and opening brackets outside of the texts of one JSON text: each may cost a hundred bytes of memory.
VALUES: Final = 1_000_000

# Levels a value may have to be written canonically: a parsed document inside envelopes, still far from a
# stack's end.
CANONICAL_NESTING: Final = 4 * NESTING

# The largest integer a JSON number may be: beyond it doubles skip integers, so that readers would disagree
# (RFC 7493).
INTEGER: Final = 2**53 - 1

# A line of a record stream: what one run may take before it must continue on the next line; bounds memory.
LINE_BYTES: Final = 16 * MIB

# A document is read whole, so that this bounds memory.
DOCUMENT_BYTES: Final = 16 * MIB

# A YAML text: written by hand; the worst takes 0.6 seconds a MiB, and six without the C parser.
YAML_BYTES: Final = 1 * MIB

# What is read from a stream at once: enough that the cost of a call vanishes, small beside a line's limit.
CHUNK_BYTES: Final = 256 * KIB

# --- bundle ---

# Files and directories in a bundle: a listing of that many takes a second and up to 100 MB.
ENTRIES: Final = 100_000

# Characters in a path inside a bundle: leaves room for the directory it is unpacked to under Windows' limit
# of 260.
PATH_CHARACTERS: Final = 200

# Segments in a path inside a bundle: the deepest the protocol names has two; bounds the walk of a directory.
PATH_SEGMENTS: Final = 8

# Bytes read from one entry: six million transcripts of 11 KB; a bomb's declared size is not believed.
ENTRY_BYTES: Final = 64 * GIB

# Bytes read from a bundle in all, since many entries may each stay under the limit of one.
TOTAL_BYTES: Final = 256 * GIB

# A zip's central directory, which is read at once: a hundred thousand entries at 300 bytes each.
ZIP_DIRECTORY_BYTES: Final = 32 * MIB

# How many times its size a compressed file of records may expand to, beyond what is free: transcripts come to
# ten or twenty, those of scripts to a hundred.
EXPANSION: Final = 256
EXPANSION_FREE: Final = 4 * MIB

# The window of a Zstandard frame: what every decoder is asked to support (RFC 8878, 3.1.1.1.2).
ZSTD_WINDOW: Final = 8 * MIB

# Bytes of transcripts above which several processes are worth their start, about a second each.
PARALLEL_BYTES: Final = 50 * MIB

# --- scaffolds ---

# Levels of steps and of tests in a program: programs in use have three, and reading one recurses.
PROGRAM_DEPTH: Final = 16

# Opening brackets from which `json-array` tries to read: each try may cost the length of the text.
ARRAY_STARTS: Final = 64

# Units of work a run may take between its events (one for each text, and for every 64 of its characters):
# some seconds, and a quarter of a gigabyte of text, of which a program may keep it all.
MACHINE_FUEL: Final = 2**22

# Characters in one text the machine makes: programs can double a text in every round.
VALUE_CHARACTERS: Final = 2**22

# --- findings ---

# Findings listed for one requirement: more help nobody, all are counted, and the count is printed.
FINDINGS_PER_REQUIREMENT: Final = 100

# A file of waivers: written by hand; some thousands of waivers fit.
WAIVERS_BYTES: Final = 1 * MIB

# --- observed and declared ---

# Call histories, and requests of simulators, of which answers are compared: some 400 bytes each, and as many
# as a study of thousands of runs has.
MEETINGS: Final = 2**16

# Entries of a list that are laid beside those of another by name: ten times the steps a program may have;
# longer lists are compared place by place, which takes no memory.
AGAINST_ENTRIES: Final = 10_000

# Differences told of one thing that departs from a published design: all are counted, and who mends these
# learns about the rest from the next report.
AGAINST_DIFFERENCES: Final = 5

# --- protocol ---

# Problems of one value that the reference engine is asked for: a document of a million wrong members would
# take minutes, and people mend the first few.
SCHEMA_PROBLEMS: Final = 100

# Characters of a value that a message shows: enough to recognise it.
SHOWN_CHARACTERS: Final = 60

# Characters of a pointer to a schema problem: names in documents are their writer's, and of any length.
POINTER_CHARACTERS: Final = 1_000

# --- text reports: what is cut or left out is said where it would stand, and is whole in the JSON report ---

# Characters of a name, an id or a path: nearly all there are, and half a line more than fits a terminal.
TEXT_NAME: Final = 120

# Characters of a found or expected value, which the report has cut so that their difference is in sight.
TEXT_VALUE: Final = 240

# Characters of a message: a gap of a loss report is at most this long.
TEXT_MESSAGE: Final = 1000

# Characters of the one reason given for a facet that nobody asked about.
TEXT_REASON: Final = 160

# Reasons given for a facet that is asked about: its findings follow anyway.
TEXT_REASONS: Final = 3

# Findings printed of one requirement: who mends these learns about the rest from the next report.
TEXT_FINDINGS: Final = 5

# Gaps of a loss report: two screens of them.
TEXT_GAPS: Final = 40

# Names in a list of them.
TEXT_NAMES: Final = 6

# --- withholding ---

# Withheld texts of a run's line times the characters of its published ones: looking for the former in the
# latter then takes up to a quarter of a second; lines in use come to a thousandth.
QUOTES_WORK: Final = 2**28

# --- time-stamps ---

# A proof: those of authorities in use have 1 to 8 KiB with their certificates; the time to read one grows
# with its square.
PROOF_BYTES: Final = 64 * KIB

# --- adapters ---

# A published result file is read whole, as it was written; the largest seen has 60 MB.
SOURCE_BYTES: Final = 512 * MIB

# Characters a text has in a record at most; a longer one is kept in a blob, as the schemas say.
TEXT_CHARACTERS: Final = 65_536

# Digits of an integer that a source holds beyond what JSON carries safely, and that is kept as a text.
SOURCE_DIGITS: Final = 40

# Characters that references in a log stand for, counted wherever one stands: a text may be referred to
# thousands of times, and each time it is written.
SOURCE_REFERRED: Final = 1 * GIB

# Runs that a log says were planned: each that never was is declared missing, so that a number in a log alone
# costs memory.
SOURCE_PLANNED: Final = 1_000_000

# What a zstandard frame may ask a reader to keep of its past, as its own command line has it.
ZSTD_WINDOW_BYTES: Final = 128 * MIB

# --- pages for reviewers ---

# Bytes of the transcripts that are sampled into a page: two hundred runs of tau2; a longer page opens slowly.
SAMPLE_BYTES: Final = 8 * MIB

# Transcripts that may be asked for: more than anybody reads, and each is kept a while for every stratum.
SAMPLES: Final = 500

# Findings that a page gives in full before all others: what a reviewer in a hurry reads.
PAGE_WORST: Final = 5

# Rows of a table of departures, and entries of a list on the first part of a page; the others are counted.
PAGE_ROWS: Final = 6

# Characters of a reason beside a facet that is not reached: its finding follows in full.
PAGE_REASON: Final = 120

# Cells of the heat maps of a page, and rows of its tables of effects and of differences: what opens at once.
PAGE_CELLS: Final = 2000

# Systems beside each other in a heat map: as many columns as a sheet of paper has room for.
PAGE_SYSTEMS: Final = 8

# Rows of one forest plot: as many as a sheet of paper has room for; the table beneath has more.
PAGE_PLOT: Final = 40

# Rows of one table of effects, differences, raters or ratings.
PAGE_FIGURES: Final = 100

# Claims that a page shows.
PAGE_CLAIMS: Final = 50

# Runs and outputs whose ratings are held beside each other to find where raters are furthest apart: some
# 100 MB.
PAGE_APART: Final = 500_000

# Figures agree, and a figure is equal to a threshold, when they differ by no more: what two programs that
# compute the same thing in other orders may differ by, and far below what anybody reports.
AGREE: Final = 1e-9

# --- the runner ---

# Bytes of one reply: a hundred times the longest that models give today.
REPLY_BYTES: Final = 64 * MIB

# Seconds for which a provider is left alone at its word: longer, and somebody should look.
REST_SECONDS: Final = 3600.0

# Bytes of an environment's program, which is one file and read whole.
IMPLEMENTATION_BYTES: Final = 256 * MIB
