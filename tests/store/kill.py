#!/usr/bin/env python3
"""`kill -9` at random moments: no rollout that was recorded is lost, none is made twice.

    tests/store/kill.py [--rounds N] [--rollouts N] [--seed N] [--policy TYPE] PROGRAM ENDPOINT

A run is made undisturbed. Then the same job is run again, slowed down, and killed N times, each time
at another moment, and each time it goes on with --resume. Before each kill, while it runs, what is
committed is read; after the kill, and ever after, all of that is still there, from the same attempt
(a rollout that is made again has another trace_id). In the end results.csv is byte for byte that of
the undisturbed run, times aside, and so are the summary's numbers, the tables of run.db, and what a policy
that learns has learned.
"""
import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import lab

EPOCHS = 4
BATCH = 8
STARTING_S = 0.15  # until the first rollouts


def check(fine, what):
    if not fine:
        sys.exit(f"kill: {what}")


def sleep_and_read(process, folder, seconds, known):
    """What is committed shortly before the kill; as it was before if there is nothing to read yet."""
    time.sleep(seconds)
    if process.poll() is None:
        known.update(lab.recorded(folder))
    return known


def agrees(folder, known):
    now = lab.recorded(folder)
    missing = [i for i in known if i not in now]
    changed = [i for i in known if i in now and now[i] != known[i]]
    check(not missing, f"{len(missing)} recorded rollouts were lost, the first {missing[:1]}")
    check(not changed, f"{len(changed)} recorded rollouts were made again, the first {changed[:1]}")
    return now


def one_round(rftsim, arguments, seconds, known):
    """Start it, kill it; the rollouts that are recorded then, or None if it ended by itself before."""
    folder = rftsim.folder / "killed"
    with rftsim.start(*arguments) as process:
        sleep_and_read(process, folder, seconds, known)
        over = process.poll() is not None
        process.kill()
        said = process.stderr.read()
        process.wait()
    check(not over or process.returncode == 0, f"exit {process.returncode}: {said}")
    return None if over else agrees(folder, known)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=45)
    parser.add_argument("--rollouts", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", choices=sorted(lab.POLICIES), default="scripted")
    parser.add_argument("program", type=Path)
    parser.add_argument("endpoint", type=Path)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch, lab.serving(options.endpoint.resolve()) as url:
        rftsim = lab.Rftsim(options.program, scratch, url)
        lab.write_job(scratch, EPOCHS, BATCH, options.policy)
        steps = EPOCHS * lab.ROWS // BATCH
        base = ["--rollouts-per-step", options.rollouts // steps]
        start = time.monotonic()
        status, said = rftsim.run("job.yaml", "--out", "whole", *base)
        whole_s = time.monotonic() - start
        check(status == 0, f"the undisturbed run: exit {status}: {said}")
        planned = lab.query(rftsim.folder / "whole", "SELECT sum(n_rows * n_samples) FROM wave")[0][0]
        calls = lab.query(rftsim.folder / "whole", "SELECT sum(attempts) FROM call")[0][0]

        round_s = max(2 * STARTING_S, 2 * whole_s / options.rounds)
        slow = ["--max-qps", max(1, int(calls / (1.5 * options.rounds * round_s)))]  # so slow that it would outlast them
        known, rounds, counts = {}, 0, []
        arguments = ["job.yaml", "--out", "killed", *base, *slow]
        while rounds < options.rounds:
            soon = chance.random() < 0.2  # while it starts
            seconds = chance.uniform(0, STARTING_S) if soon else chance.uniform(STARTING_S, 2 * round_s)
            known = one_round(rftsim, arguments, seconds, known)
            if known is None:
                break
            rounds += 1
            counts.append(len(known))
            begun = (rftsim.folder / "killed" / "results.csv").exists()
            if begun:
                arguments = ["--resume", "killed", *slow]
            else:  # killed before there was a run: nothing to go on with
                for left in (rftsim.folder / "killed").glob("*"):
                    left.unlink()
                if (rftsim.folder / "killed").exists():
                    (rftsim.folder / "killed").rmdir()
        before = lab.recorded(rftsim.folder / "killed")
        status, said = rftsim.run("--resume", "killed")
        check(status == 0, f"the last resume: exit {status}: {said}")
        after = agrees(rftsim.folder / "killed", before)
        check(len(after) == planned, f"{len(after)} rollouts recorded, {planned} planned")
        check(rounds >= options.rounds * 0.6, f"it ended after {rounds} of {options.rounds} rounds: kill sooner")
        wrong = lab.same_outcome(rftsim.folder / "whole", rftsim.folder / "killed")
        check(not wrong, f"differs from the undisturbed run: {', '.join(wrong)}")
        status, said = rftsim.run("--resume", "killed")
        check(status == 0 and lab.recorded(rftsim.folder / "killed") == after, "a finished run was touched")
    print(f"kill: {options.policy}, {rounds} times, with {len(set(counts))} different numbers of rollouts recorded, up to {max(counts):,} "
          f"of {planned:,}; the end is the undisturbed run's")


if __name__ == "__main__":
    main()
