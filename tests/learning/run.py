#!/usr/bin/env python3
"""What the shipped cases are there to show, over many seeds: that learning is real, and of what.

    tests/learning/run.py [--seeds N] [--case NAME]... PROGRAM

Each job of configs/ with a `learner` runs once for every seed, 1 to N (default 20). Of each run the
evaluations are read from results.csv: that of step 0 against the last. What is to come of a case
stands in CASES, and one seed that misses it fails the test:

  rises, falls    the last evaluation is above, below that of step 0 by so much at least
  ends under      and the last is under this
  stays           all evaluations and all training steps have one and the same mean, and the policy
                  is in the end what it was in the beginning: it has learned nothing

The margins are what a reader sees at once in one run, not what most runs show, which is about twice
as much. Then each case that learns and has no race in it, with one seed, on other numbers of threads
and rollouts in flight: all that was recorded must be the same, and what was learned, to the byte.
"""
import argparse
import concurrent.futures
import contextlib
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "store"))
import lab  # noqa: E402

REWARD = "reward"  # of the whole; other names are those of a multi's parts
CASES = {
    "catalog-learner": [(REWARD, "rises", 0.5)],
    "countdown": [(REWARD, "rises", 0.3)],
    "retail": [(REWARD, "rises", 0.5), ("slip", "rises", 0.5)],
    "retail-race": [(REWARD, "rises", 0.5)],
    "hackable": [(REWARD, "rises", 0.3), ("looks", "rises", 0.3), ("right", "falls", 0.05), ("right", "ends under", 0.05)],
    "hackable-fixed": [(REWARD, "rises", 0.3), ("right", "rises", 0.3), ("looks", "ends under", 0.1)],
    "broken-grader": [(REWARD, "stays", None)],
    "unreachable-threshold": [(REWARD, "stays", None)],
}
RACES = ["retail-race"]  # what comes of these is not for the seed alone to say
LEARN = [name for name in CASES if CASES[name][0][1] == "rises" and name not in RACES]
TOGETHER = "hackable"  # whose curves are printed side by side
THREADS = [(1, 1), (2, 64), (5, 16)]  # and rollouts in flight


def check(fine, what):
    if not fine:
        sys.exit(f"learning: {what}")


def config(case):
    return (ROOT / "configs" / f"{case}.yaml").read_text(encoding="utf-8")


class Runs:
    """Runs of the shipped jobs, each in a folder of its own below one that goes away."""

    def __init__(self, program, folder, endpoints):
        self.program = program
        self.folder = Path(folder)
        self.environment = {**os.environ, **endpoints}
        (self.folder / "datasets").symlink_to(ROOT / "datasets")
        (self.folder / "jobs").mkdir()

    def make(self, case, seed, *arguments, name=None):
        """The folder of a finished run."""
        text, n = re.subn(r"(?m)^seed: \d+$", f"seed: {seed}", config(case))
        check(n == 1, f"{case}: has no seed to set")
        name = name or f"{case}-{seed}"
        job = self.folder / "jobs" / f"{name}.yaml"
        job.write_text(text)
        out = self.folder / name
        done = subprocess.run([self.program, "run", job, "--out", out, "-q", *map(str, arguments)], env=self.environment,
                              cwd=self.folder, capture_output=True, text=True, timeout=600, check=False)
        check(done.returncode == 0, f"{name}: exit {done.returncode}: {done.stderr.strip()[:2000]}")
        return out


def numbers(folder, ending):
    """The values of the one column of results.csv that ends so, from first to last."""
    rows = list(csv.DictReader((folder / "results.csv").open(encoding="utf-8", newline="")))
    columns = [name for name in rows[0] if name.endswith(ending)]
    check(len(columns) == 1, f"{folder.name}: {len(columns)} columns end in {ending}")
    return [float(row[columns[0]]) for row in rows if row[columns[0]]]


def evaluations(folder, what):
    return numbers(folder, "full_valid_mean_reward" if what == REWARD else f"/{what}/valid_reward_mean")


def read_run(case, folder):
    """Curves by name; what is needed besides to tell that nothing moved."""
    names = dict.fromkeys(what for what, _, _ in CASES[case])
    policy = json.loads((folder / "policy.json").read_text(encoding="utf-8"))["policy"]
    return {name: evaluations(folder, name) for name in names}, numbers(folder, "train_mean_reward"), policy["learned"]


def look(expected, curves, steps, preferences):
    """What one seed shows of it, and whether that is as stated."""
    what, kind, margin = expected
    first, last = curves[what][0], curves[what][-1]
    if kind == "stays":
        every = curves[what] + steps
        return max(every) - min(every), max(every) == min(every) and preferences == []
    if kind == "ends under":
        return last, last < margin
    by = last - first if kind == "rises" else first - last
    return by, by >= margin


def mean(values):
    return sum(values) / len(values)


def told(case, expected, runs):
    """A line of the table; whether all seeds are as stated."""
    what, kind, margin = expected
    seen = [look(expected, *of) for of in runs]
    curves = [of[0] for of in runs]
    shown = [value for value, _ in seen]
    missed = [f"seed {i + 1}" for i, (_, fine) in enumerate(seen) if not fine]
    stated = "stays" if margin is None else f"{kind} {margin:g}"
    print(f"{case:22} {what:8}{len(seen):5}{mean([c[what][0] for c in curves]):9.3f}{mean([c[what][-1] for c in curves]):9.3f}"
          f"{min(shown):9.3f}{max(shown):8.3f}   {stated:16}{'missed by ' + ', '.join(missed) if missed else 'yes'}")
    return not missed


def side_by_side(curves):
    """Means over the seeds of all that was graded, one evaluation a line."""
    names = list(curves[0])
    interval = int(re.search(r"eval_interval: (\d+)", config(TOGETHER))[1])
    print(f"\n{TOGETHER}, means over the seeds\n  evaluation" + "".join(f"{name:>10}" for name in names))
    for i in range(len(curves[0][REWARD])):
        print(f"  {'step ' + str(i * interval):10}" + "".join(f"{mean([c[name][i] for c in curves]):10.3f}" for name in names))


def cases_hold(runs, cases, seeds):
    print(f"{'case':22} {'of':8}{'seeds':>5}{'start':>9}{'end':>9}{'least':>9}{'most':>8}   {'stated':16}as stated")
    fine, together = True, None
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        folders = {case: list(pool.map(lambda seed, case=case: runs.make(case, seed), range(1, seeds + 1))) for case in cases}
    for case in cases:
        of_case = [read_run(case, folder) for folder in folders[case]]
        fine &= all([told(case, expected, of_case) for expected in CASES[case]])
        together = of_case if case == TOGETHER else together
    if together:
        side_by_side([curves for curves, _, _ in together])
    return fine


def learned(folder):
    """Every file that says what was learned, by its name."""
    files = [folder / "policy.json", *sorted((folder / "checkpoints").glob("*.json"))]
    check(len(files) == 4, f"{folder.name}: policy.json and {len(files) - 1} checkpoints, should be 3")
    return {f.name: f.read_bytes() for f in files}


def threads_agree(runs, case):
    folders = [runs.make(case, 1, "-t", t, "-c", c, name=f"{case}-t{t}") for t, c in THREADS]
    for (t, c), folder in zip(THREADS[1:], folders[1:]):
        wrong = lab.same_outcome(folders[0], folder)
        wrong += [name for name, text in learned(folders[0]).items() if learned(folder).get(name) != text]
        check(not wrong, f"{case} on {t} threads, {c} in flight: differs in {', '.join(wrong)}")


def throwing_ends_it(runs):
    """broken-throws: no seeds here, as nothing is drawn."""
    job = ROOT / "configs" / "broken-throws.yaml"
    done = subprocess.run([runs.program, "run", job, "--out", runs.folder / "thrown", "-q"], capture_output=True, text=True,
                          timeout=600, check=False)
    check(done.returncode == 1 and "GAP-39" in done.stderr, f"broken-throws: exit {done.returncode}: {done.stderr[:500]}")
    steps = lab.metrics(runs.folder / "thrown")[1:]
    check(not steps, f"broken-throws: {len(steps)} steps ended")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--case", action="append", choices=CASES, default=[])
    parser.add_argument("program")
    options = parser.parse_args()
    program = str(Path(options.program).resolve())
    cases = options.case or list(CASES)
    folder = tempfile.mkdtemp()
    try:
        with contextlib.ExitStack() as served:
            wanted = {name for case in cases for name in re.findall(r"\$\{([A-Z]+)_URL\}", config(case))}
            urls = {f"{name}_URL": served.enter_context(lab.serving(program, "tools", name.lower())) for name in wanted}
            runs = Runs(program, folder, urls)
            fine = cases_hold(runs, cases, options.seeds)
            throwing_ends_it(runs)
            for case in [name for name in LEARN if name in cases]:
                threads_agree(runs, case)
    finally:
        shutil.rmtree(folder)
    check(fine, "not as stated")
    print(f"learning: as stated; the same on {', '.join(str(t) for t, _ in THREADS)} threads")


if __name__ == "__main__":
    main()
