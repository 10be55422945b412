-- Version 3: what a policy that learns did, and what is kept of it.

-- What a learner took at each turn of a rollout: with it a run that goes on learns again, from the
-- rollouts that are recorded, what it had learned.
CREATE TABLE choice (
    rollout INTEGER PRIMARY KEY REFERENCES rollout,
    actions TEXT NOT NULL -- their numbers in its list, from 0, turn by turn: "0 2 3"
) STRICT;

-- The evaluations with the highest mean rewards, at most three (contract 2.7); of the same mean the
-- later ones (GAP-44). The evaluation before the first step is none of them.
CREATE TABLE checkpoint (
    step   INTEGER PRIMARY KEY,
    reward ANY NOT NULL, -- a number: mean over the graded rollouts
    policy TEXT          -- its state, as in checkpoints/step-N.json; NULL if the policy does not learn
) STRICT;
