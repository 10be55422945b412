-- Version 2: full-text search over what was said and done in rollouts.
--
-- The texts themselves stay where they are; this is an index alone (content=''), made when somebody
-- searches for the first time, so that a run pays nothing for it. rowid is the rollout.
CREATE VIRTUAL TABLE search USING fts5 (
    answer,    -- rollout.answer and rollout.why
    arguments, -- of all calls and of turns
    output,    -- of all calls
    content = '', tokenize = 'unicode61 remove_diacritics 2'
);

-- The waves whose rollouts are all in the index. Others (one that has not ended is never in it) are
-- to be indexed first, or read through.
CREATE TABLE indexed (
    wave INTEGER PRIMARY KEY REFERENCES wave
) STRICT;
