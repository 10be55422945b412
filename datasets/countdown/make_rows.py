#!/usr/bin/env python3
"""Write train.jsonl and valid.jsonl: reach a target with three numbers, each used once.

    python3 datasets/countdown/make_rows.py

The numbers ascend, and every row can be solved by one of the ways below, which is its `solution`.
`size` tells how the target lies to the numbers, and so what to try:

  small    below the largest number        mostly  largest - middle + smallest
  middle   from there to the sum           mostly  the sum of all three
  large    above the sum                   mostly  smallest * largest + middle

About one row in five is solved by another way than most of its size, and one of those ways stands
in no policy of ../../configs: nobody who goes by size alone gets every row.
"""
import json
import pathlib
import random

HERE = pathlib.Path(__file__).parent
N_ROWS = {"train.jsonl": 60, "valid.jsonl": 30}
WAYS = {
    "small": ("{2} - {1} + {0}", "{2} - {1} - {0}"),
    "middle": ("{0} + {1} + {2}", "{2} + {1} - {0}"),
    "large": ("{0} * {2} + {1}", "({0} + {1}) * {2}"),
}

POLICY = (
    "You are given three numbers and a target. Answer with one expression that equals the target and uses each number "
    "exactly once, with + - * / and parentheses. The expression alone: no words, no equals sign."
)
ASKS = (
    "Make {t} of {0}, {1} and {2}.",
    "The numbers are {0}, {1}, {2}. The target is {t}.",
    "{0} and {1} and {2}: how do you get to {t}?",
    "I have {0}, {1}, {2} on the table and want {t}.",
    "Target {t}. Numbers {0} {1} {2}.",
    "Can you reach {t} from {0}, {1} and {2}?",
)


def size_of(nums, target):
    if target < nums[2]:
        return "small"
    return "middle" if target <= sum(nums) else "large"


def draw(rng, size, way):
    """Three numbers and a target of this size, by this way."""
    while True:
        nums = sorted(rng.sample(range(2, 13) if size == "large" else range(2, 60), 3))
        solution = way.format(*nums)
        target = eval(solution)  # our own text, of the table above
        if target > 0 and target not in nums and size_of(nums, target) == size:
            return nums, target, solution


def rows(rng, n, seen):
    for i in range(n):
        size = list(WAYS)[i % 3]
        way = WAYS[size][i // 3 % 5 == 4]
        nums, target, solution = draw(rng, size, way)
        while (*nums, target) in seen:
            nums, target, solution = draw(rng, size, way)
        seen.add((*nums, target))
        yield {
            "messages": [
                {"role": "developer", "content": POLICY},
                {"role": "user", "content": rng.choice(ASKS).format(*nums, t=target)},
            ],
            "nums": nums,
            "target": target,
            "size": size,
            "solution": solution,
        }


def main():
    rng = random.Random(4)
    seen = set()  # nothing stands in both files
    for name, n in N_ROWS.items():
        mixed = list(rows(rng, n, seen))
        rng.shuffle(mixed)  # the sizes take turns above, not in the file
        with open(HERE / name, "w", encoding="utf-8") as f:
            for row in mixed:
                f.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
