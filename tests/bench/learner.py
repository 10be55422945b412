#!/usr/bin/env python3
"""What it costs to learn: rollouts a second of a learner and of a script that does the same, on the catalogue case.

    tests/bench/learner.py PROGRAM [--quick]

A learner is trained on configs/catalog-learner.yaml and then goes on learning from where it is, in much larger steps;
the script takes the very turns that it has learned, one search and the first hit. Both run alternately against the
same endpoint, without a record, over the whole of their training: rolling out, grading, and learning. As others may
want the machine too, the two are compared pair by pair, and the median pair counts.
"""
import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import lab

PAIRS = 7
SHARE = 0.8
PER_STEP = 20_000
CASE = lab.ROOT / "configs/catalog-learner.yaml"
SCRIPT = {"type": "scripted", "turns": [
    {"call": "search_catalog", "arguments": {"query": "{{item.query}}", "top_k": 3}},
    {"answer": "{{calls[0].output.items[0].sku}}"}]}


def write_job(folder, name, policy):
    """The case with another policy (JSON is YAML), one epoch, and its rows where they are."""
    text = CASE.read_text(encoding="utf-8")
    text = text.replace("_file: ..", f"_file: {lab.ROOT}")
    for old, new in ((r"(?ms)^  policy:$.*?(?=^  rollouts_per_step)", f"  policy: {json.dumps(policy)}\n"),
                     (r"n_epochs: \d+", "n_epochs: 1"), (r"eval_interval: \d+", "eval_interval: 1000"),
                     (r"eval_samples: \d+", "eval_samples: 1")):
        text, n = re.subn(old, lambda _, new=new: new, text)
        if not n:
            sys.exit(f"bench: {CASE} has no {old}")
    path = Path(folder) / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def learned(rftsim, scratch):
    """What the case has learned in the end, as a policy."""
    folder = Path(scratch) / "case"
    done = subprocess.run([rftsim.program, "run", CASE, "-q", "--out", folder], env=rftsim.environment, check=False,
                          stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"bench: the case ended with status {done.returncode}")
    return json.loads((folder / "policy.json").read_text(encoding="utf-8"))["policy"]


def measure(rftsim, job, scratch, per_step):
    """Rollouts a second over the whole loop, calls a rollout, and CPU a rollout."""
    rftsim.job = job
    process = rftsim.start(64, per_step, "--no-store", folder=scratch)
    lines = [json.loads(line) for line in process.stdout]
    usage = lab.finish(process)
    summary = lines[-1]
    rollouts = summary["train"]["rollouts"]
    if summary["train"]["graded"] != rollouts:
        sys.exit(f"bench: not every rollout was graded: {summary['outcomes']}")
    cpu_us = (usage.ru_utime + usage.ru_stime) * 1e6 / rollouts
    return rollouts / summary["seconds"], summary["train"]["tool_calls"] / rollouts, cpu_us


def show(name, runs):
    rates, calls, cpu = zip(*runs)
    print(f"  {name:<9} {statistics.median(rates):9,.0f} rollouts/s (from {min(rates):,.0f} to {max(rates):,.0f}), "
          f"{statistics.median(calls):.3f} calls and {statistics.median(cpu):.1f} us of CPU each", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    options = parser.parse_args()
    per_step = PER_STEP // (10 if options.quick else 1)
    program = options.program.resolve()
    with tempfile.TemporaryDirectory() as scratch, lab.serving(program, "tools", "catalog") as server:
        rftsim = lab.Rftsim(program, CASE, server, variable="CATALOG_URL")
        learner = write_job(scratch, "learner", learned(rftsim, scratch))
        script = write_job(scratch, "script", SCRIPT)
        pairs = [(measure(rftsim, script, scratch, per_step), measure(rftsim, learner, scratch, per_step))
                 for _ in range(PAIRS)]
    print(f"the catalogue case, steps of {per_step:,} rollouts, {PAIRS} pairs of runs")
    show("scripted", [script for script, _ in pairs])
    show("learner", [learner for _, learner in pairs])
    share = statistics.median(learner[0] / script[0] for script, learner in pairs)
    print(f"  {'met   ' if share >= SHARE else 'MISSED'}  {share:.3f} of the script's rate, target {SHARE}")
    return 0 if share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
