-- Version 4: what the model's turns have used.
--
-- Of a rollout that has no row nothing is known: its policy asks no model, or nobody told.
CREATE TABLE tokens (
    rollout     INTEGER PRIMARY KEY REFERENCES rollout,
    n_turns     INTEGER NOT NULL, -- that told how many tokens they took
    n_reasoning INTEGER NOT NULL, -- of these, that told how many of them were for reasoning
    prompt      INTEGER NOT NULL, -- sums over these turns
    completion  INTEGER NOT NULL,
    reasoning   INTEGER NOT NULL  -- of the completions
) STRICT;
