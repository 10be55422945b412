#!/usr/bin/env python3
"""What it costs to record a run: rollouts a second with run.db and without, and bytes a rollout.

    tests/bench/store.py PROGRAM ENDPOINT [--quick]

Runs of one job, alternately with and without --no-store, and once with --durable: rollouts of five rows, which is what
the target is for (the rollout, two tool calls, two graders of a multi), and the least there is, rollouts of one call and
one grader, two rows. The endpoint answers at once, so the program is as busy as it ever gets; the rate is over the
training steps. As others may want the machine too, the two are compared pair by pair, and the median pair counts; the
CPU seconds beside them hang less on the neighbours.
"""
import argparse
import re
import statistics
import sqlite3
import sys
import tempfile
from pathlib import Path

import lab

PAIRS = 15
ROLLOUTS = 50_000
STEPS = 2
SHARE = 0.9
TWICE = """      - call: lookup
        arguments: {query: "again", top_k: 1}
      - answer: """
BOTH = """    grader:
      type: multi
      name: both
      graders:
        exact: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.reference_answer}}"}
        like: {type: string_check, name: like, operation: like, input: "{{sample.output_text}}", reference: "A-1042"}
      calculate_output: 0.5 * exact + 0.5 * like
    hyperparameters"""


def write_job(folder, five):
    """The benchmarks' job; `five`: with another call and another grader."""
    path = lab.write_job(folder, epochs=STEPS)
    text = path.read_text(encoding="utf-8")
    if five:
        text = text.replace("      - answer: ", TWICE)
        text = re.sub(r"(?s)    grader:.*?    hyperparameters", lambda _: BOTH, text)
        path.write_text(text, encoding="utf-8")
    return path


def run(rftsim, scratch, rollouts, *options):
    """The client, and the size of what it recorded (None without a record)."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    client = rftsim.run(64, rollouts // STEPS, *options, folder=folder)
    database = next(folder.glob("*/run/run.db"), None)
    return client, database


def show(name, clients, calls):
    rates = [client.rate / calls for client in clients]
    cpu = [client.cpu_us * calls for client in clients]
    print(f"  {name:<12} {statistics.median(rates):9,.0f} rollouts/s (from {min(rates):,.0f} to {max(rates):,.0f}), "
          f"{statistics.median(cpu):.0f} us of CPU each", flush=True)


def compare(program, server, rollouts, five):
    """One shape of rollout; the share of the rate that is left with a record."""
    calls = 2 if five else 1
    with tempfile.TemporaryDirectory() as scratch:
        rftsim = lab.Rftsim(program, write_job(scratch, five), server)
        pairs, database = [], None
        for _ in range(PAIRS):
            bare, _ = run(rftsim, scratch, rollouts, "--no-store")
            stored, database = run(rftsim, scratch, rollouts)
            pairs.append((bare, stored))
        durable, _ = run(rftsim, scratch, rollouts, "--durable")
        with sqlite3.connect(database) as db:
            recorded = db.execute("SELECT count(*) FROM rollout").fetchone()[0]
        size = database.stat().st_size
    print(f"{rollouts:,} rollouts of {'five' if five else 'two'} rows, {PAIRS} pairs of runs")
    show("no store", [bare for bare, _ in pairs], calls)
    show("run.db", [stored for _, stored in pairs], calls)
    show("--durable", [durable], calls)
    print(f"  {size / recorded:,.0f} bytes a rollout ({recorded:,} of them, {size / 1e6:.1f} MB)")
    return statistics.median(stored.rate / bare.rate for bare, stored in pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("endpoint", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    options = parser.parse_args()
    rollouts = ROLLOUTS // (10 if options.quick else 1)
    with lab.serving(options.endpoint.resolve()) as server:
        share = compare(options.program, server, rollouts, True)
        print(f"  {'met   ' if share >= SHARE else 'MISSED'}  {share:.3f} of the rate without a store, target {SHARE}")
        least = compare(options.program, server, rollouts, False)
        print(f"          {least:.3f} of the rate without a store")
    return 0 if share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
