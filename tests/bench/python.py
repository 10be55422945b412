#!/usr/bin/env python3
"""Python grades a second: the grader's workers beside a bare pipe and a fork for each grade.

    tests/bench/python.py BENCH_PYTHON [--rounds N] [--seconds N]

All ways take turns, round after round, so that a machine that slows down slows all of them; the
median of the rounds counts. The ratio is to the bare pipe of the same round.
"""
import argparse
import statistics
import subprocess
import sys

TARGET = 0.6
WAYS = (
    ("bare pipe, 8 under way", ["bare"]),
    ("a fork for each grade", ["fork"]),
    ("rftsim, 1 worker", ["crew", "1"]),
    ("rftsim, 2 workers", ["crew", "2"]),
)


def main():
    parser = argparse.ArgumentParser(description="Python grades a second.")
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0)
    settings = parser.parse_args()
    rates = {name: [] for name, _ in WAYS}
    for _ in range(settings.rounds):
        for name, words in WAYS:
            done = subprocess.run([settings.bench, *words, str(settings.seconds)], check=True,
                                  capture_output=True, text=True)
            rates[name].append(float(done.stdout))
    bare = rates[WAYS[0][0]]
    print(f"{'python grades':24}  a second      least       most  of the bare pipe")
    for name, _ in WAYS:
        r = rates[name]
        ratio = statistics.median(a / b for a, b in zip(r, bare))
        print(f"{name:24}{statistics.median(r):10,.0f} {min(r):10,.0f} {max(r):10,.0f}  {ratio:.3f}")
    reached = statistics.median(a / b for a, b in zip(rates[WAYS[2][0]], bare))
    print(f"target {TARGET} of the bare pipe with one worker: {'reached' if reached >= TARGET else 'missed'}")
    return 0 if reached >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
