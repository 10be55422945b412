-- run.db: everything that is kept of a run, in one SQLite database in its run folder.
--
-- application_id is 0x72667473 ("rfts"), user_version the number of the last schema file that was
-- applied: this one is 1, search.sql is 2, learner.sql 3. The journal is a WAL, so the database may be read while
-- the run goes on. One process writes: the one that holds a lock on run.lock, beside it.
--
-- Words for everything:
--   *_ns     nanoseconds. *_at: a time of day as nanoseconds since 1970, UTC.
--   *_bytes  the length of a text as it was, before it was masked and before it was cut.
--   body     a column of type ANY: a TEXT is the text as it is; a BLOB is a zlib stream of it. Of a
--            long text only the first 64 KiB are kept, cut between two characters: then the text is
--            shorter than its *_bytes (masking may change a length by a few bytes too; a text was cut
--            if it has 65,533 bytes or more). NULL: there is none, or it is empty.
--   a number a column of type ANY: a whole number as an integer, any other as a REAL, -0.0 too (a column
--            of type REAL would make 0 of it). sqlite3_column_double() reads both.
--   bits     an integer whose bit i is the row (kind, i) of table `bit`.
-- Texts have known secrets masked: variables as ${NAME}, header values as **********.
-- A rollout that was cancelled is not recorded: it is rolled out anew when the run is resumed.
-- All rows of a rollout are written in one transaction.

-- The run itself: one row.
CREATE TABLE run (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    version      TEXT NOT NULL,     -- of rftsim
    job_name     TEXT NOT NULL,     -- the job file as the user named it
    job_path     TEXT NOT NULL,     -- its absolute path, for --resume
    job          TEXT NOT NULL,     -- the job as JSON, masked
    options      TEXT NOT NULL,     -- options of the command line that change a run, as JSON: {"rollouts_per_step": 64}
    model        TEXT NOT NULL,
    policy       INTEGER NOT NULL REFERENCES policy, -- the one it began with
    seed         INTEGER NOT NULL,
    n_steps      INTEGER NOT NULL,  -- of the schedule, and what else it says:
    batch_size   INTEGER NOT NULL,
    n_epochs     INTEGER NOT NULL,
    eval_interval INTEGER NOT NULL,
    eval_samples INTEGER NOT NULL,
    group_size   INTEGER NOT NULL,  -- rollouts of one row in one step
    compute_multiplier REAL NOT NULL,
    service_rollouts INTEGER NOT NULL, -- a step, that the service would make (EV-1)
    max_steps    INTEGER NOT NULL,  -- max_episode_steps
    pass_threshold REAL,            -- of the grader; NULL if it has none
    state        TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'failed')),
                                    -- 'running' with nobody holding the lock: it was killed
    why          TEXT,              -- it stopped or failed
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER,           -- NULL while it runs
    summary      TEXT               -- the closing summary as JSON, as in summary.json; NULL until it ended
) STRICT;

-- Each process that worked on the run: the first, then one for each --resume.
CREATE TABLE process (
    number     INTEGER PRIMARY KEY, -- from 1
    version    TEXT NOT NULL,       -- of rftsim
    pid        INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER              -- NULL if it was killed, or is still at it
) STRICT;

-- What the bits of masks mean.
CREATE TABLE bit (
    kind TEXT NOT NULL, -- 'grade_error' (rollout.flags, part.flags), 'grade_note' (rollout.notes, note.bit),
                        -- 'tool_warning' (call.warnings), 'reading' (rollout.readings, other.reading)
    bit  INTEGER NOT NULL,
    name TEXT NOT NULL, -- 'invalid_variable_error'; of a reading 'grader_variants.bleu=WORD'
    PRIMARY KEY (kind, bit)
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
    phase  TEXT PRIMARY KEY CHECK (phase IN ('train', 'valid')),
    path   TEXT NOT NULL,    -- as rftsim opened it
    digest INTEGER NOT NULL, -- of its rows as tools get them (1.4), in their order: FNV-1a, 64 bits
    n_rows INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every row of both files.
CREATE TABLE row (
    phase  TEXT NOT NULL REFERENCES file,
    number INTEGER NOT NULL, -- from 0
    line   INTEGER NOT NULL, -- in its file, from 1
    digest INTEGER NOT NULL, -- of its content (sim/job/row_digest.h), 64 bits as a signed integer
    PRIMARY KEY (phase, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE tool (
    id   INTEGER PRIMARY KEY, -- place in the job, from 0
    name TEXT NOT NULL
) STRICT;

CREATE TABLE grader (
    id   INTEGER PRIMARY KEY, -- 0 is the whole, then come a multi's, in the order of the job
    key  TEXT,                -- what the multi calls it; NULL of the whole
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT                 -- that it is a stub, say; NULL if there is nothing to warn of
) STRICT;

-- What a model grader has used, as of the last wave, or process, that ended.
CREATE TABLE spent (
    grader     INTEGER PRIMARY KEY REFERENCES grader,
    model      TEXT NOT NULL,
    n_grades   INTEGER NOT NULL,
    prompt     INTEGER NOT NULL, -- tokens
    completion INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    cached     INTEGER NOT NULL
) STRICT;

-- Who was called, and how often, as of the last wave, or process, that ended.
CREATE TABLE host (
    url        TEXT PRIMARY KEY,
    n_requests INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    id   INTEGER PRIMARY KEY, -- from 1
    type TEXT NOT NULL,       -- 'scripted'
    spec TEXT NOT NULL        -- simulation.policy of the job, as JSON, masked
) STRICT;

-- Every rollout of one training step or one evaluation. In the order in which they ran.
CREATE TABLE wave (
    id         INTEGER PRIMARY KEY, -- from 1
    phase      TEXT NOT NULL CHECK (phase IN ('train', 'valid')),
    step       INTEGER NOT NULL,    -- 0: the evaluation before the first step
    policy     INTEGER NOT NULL REFERENCES policy,
    n_rows     INTEGER NOT NULL,
    n_samples  INTEGER NOT NULL,    -- rollouts a row; n_rows * n_samples are planned
    started_at INTEGER NOT NULL,
    elapsed_ns INTEGER NOT NULL,    -- that it was worked on, in all processes
    ended      INTEGER NOT NULL,    -- 1: every planned rollout is recorded
    UNIQUE (phase, step)
) STRICT;

CREATE TABLE rollout (
    id           INTEGER PRIMARY KEY, -- wave << 32 | number; number = place of the row in the wave * n_samples + sample
    row          INTEGER NOT NULL,    -- number in the file of the wave's phase
    sample       INTEGER NOT NULL,    -- which of its row's in this wave, from 0
    trace_id     TEXT NOT NULL,
    outcome      TEXT NOT NULL,       -- sim/run/outcome.h: 'graded', 'graded_cut', 'discarded_tool', ...
    reward       ANY,                 -- a number; NULL without one
    flags        INTEGER NOT NULL,    -- bits: errors of the grade
    notes        INTEGER NOT NULL,    -- bits: what is to be known of the grade (what they are about: table note)
    readings     INTEGER NOT NULL,    -- bits: other readings under which the reward is known (see `other`)
    n_turns      INTEGER NOT NULL,
    n_calls      INTEGER NOT NULL,
    answered     INTEGER NOT NULL,    -- 1: with a text that is not empty
    misaddressed INTEGER NOT NULL,    -- 1: it ended at a call addressed wrongly (see `turn`)
    duration_ns  INTEGER NOT NULL,    -- from first turn to outcome
    grade_ns     INTEGER NOT NULL,    -- of these, from asking the grader to its answer
    why          TEXT,                -- what ended it, or what its flags mean; NULL if nothing
    answer       ANY,                 -- body: the final text
    answer_bytes INTEGER NOT NULL,
    graded_sample ANY                 -- what graders saw, as JSON; kept with --samples only, and then never cut
) STRICT;

-- Turns of which something is to be said beside their calls. Any other turn is the call that names it
-- (exactly one), or, the last of a rollout, its answer, or calls that were dropped (outcome 'graded_cut').
CREATE TABLE turn (
    rollout    INTEGER NOT NULL REFERENCES rollout,
    number     INTEGER NOT NULL, -- from 0
    kind       TEXT NOT NULL,    -- 'batch': its calls, however many, came in one message;
                                 -- 'misaddressed': it was a call to nobody, which is not in table call;
                                 -- 'text': `text` was said beside the call
    recipient  TEXT,             -- of a misaddressed call
    text       ANY,              -- body: what was said; of a misaddressed call its arguments
    text_bytes INTEGER NOT NULL,
    PRIMARY KEY (rollout, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
    rollout         INTEGER NOT NULL REFERENCES rollout,
    number          INTEGER NOT NULL, -- in the rollout, from 0
    turn            INTEGER NOT NULL, -- from 0
    tool            INTEGER REFERENCES tool, -- NULL: the job has no tool of this name
    name            TEXT,             -- as the model wrote it; NULL if it is "functions." and the tool's name
    kind            TEXT NOT NULL,    -- what came of it (tools/kind.h): 'ok', 'http_4xx', 'timeout', ...
    status          INTEGER NOT NULL, -- HTTP status of the last attempt; 0 if none came
    attempts        INTEGER NOT NULL, -- requests made; 0: nothing was sent
    latency_ns      INTEGER NOT NULL, -- of the last attempt
    warnings        INTEGER NOT NULL, -- bits
    arguments       ANY,              -- body
    arguments_bytes INTEGER NOT NULL,
    output          ANY,              -- body: what the model was shown; NULL if the call was lost
    output_bytes    INTEGER NOT NULL,
    PRIMARY KEY (rollout, number)
) STRICT, WITHOUT ROWID;

-- The attempts of calls that took more than one, the last included, or that were given up while they
-- waited for the second. Any other call that was sent took one, of which its row says the same.
CREATE TABLE attempt (
    rollout    INTEGER NOT NULL,
    call       INTEGER NOT NULL,
    number     INTEGER NOT NULL, -- from 0
    kind       TEXT NOT NULL,    -- tools/kind.h
    status     INTEGER NOT NULL, -- 0 if none came
    latency_ns INTEGER NOT NULL,
    PRIMARY KEY (rollout, call, number),
    FOREIGN KEY (rollout, call) REFERENCES call
) STRICT, WITHOUT ROWID;

-- What a multi's graders said of a graded rollout.
CREATE TABLE part (
    rollout INTEGER NOT NULL REFERENCES rollout,
    grader  INTEGER NOT NULL REFERENCES grader, -- 1, 2, ...
    reward  ANY NOT NULL,     -- a number
    flags   INTEGER NOT NULL, -- bits, 'grade_error'
    ns      INTEGER NOT NULL, -- in the grader
    PRIMARY KEY (rollout, grader)
) STRICT, WITHOUT ROWID;

-- The reward of a graded rollout under other readings (GAP-28, GAP-32 to GAP-34), where it differs.
-- Under a reading that is in rollout.readings and not here it is rollout.reward.
CREATE TABLE other (
    rollout INTEGER NOT NULL REFERENCES rollout,
    reading INTEGER NOT NULL, -- a bit of 'reading'
    reward  ANY NOT NULL,     -- a number
    PRIMARY KEY (rollout, reading)
) STRICT, WITHOUT ROWID;

-- Which value a note on a grade is about, if that is known.
CREATE TABLE note (
    rollout INTEGER NOT NULL REFERENCES rollout,
    bit     INTEGER NOT NULL, -- of 'grade_note'
    key     TEXT NOT NULL,    -- the templated field: 'input'
    path    TEXT,             -- in it: 'item.nums'
    PRIMARY KEY (rollout, bit)
) STRICT, WITHOUT ROWID;

-- Training steps that ended: the rows of results.csv, whose columns are `metric` in order of id.
CREATE TABLE step (
    number   INTEGER PRIMARY KEY, -- from 1
    ended_at TEXT NOT NULL        -- the column "timestamp", which is not in `metric`
) STRICT;

CREATE TABLE metric (
    id   INTEGER PRIMARY KEY, -- the column, from 0
    name TEXT NOT NULL        -- may stand twice: two graders of a multi may have the same name
) STRICT;

CREATE TABLE value (
    step   INTEGER NOT NULL REFERENCES step,
    metric INTEGER NOT NULL REFERENCES metric,
    value  ANY NOT NULL, -- a number; there is no row for a blank cell
    PRIMARY KEY (step, metric)
) STRICT, WITHOUT ROWID;

-- The lines of events.jsonl.
CREATE TABLE event (
    number INTEGER PRIMARY KEY, -- from 1, as they happened
    line   TEXT NOT NULL        -- a JSON object, without its newline
) STRICT;
