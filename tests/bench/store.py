#!/usr/bin/env python3
"""What it costs to record a run: rollouts a second with run.db and without, and bytes a rollout.

    tests/bench/store.py PROGRAM ENDPOINT [--quick]

Runs of one job, one tool call a rollout, alternately with and without --no-store, and once with --durable. The
endpoint answers at once, so the program is as busy as it ever gets; the rate is over the training steps. As
others may want the machine too, the two are compared pair by pair, and the median pair counts; the CPU seconds
beside them hang less on the neighbours.
"""
import argparse
import statistics
import sqlite3
import sys
import tempfile
from pathlib import Path

import lab

PAIRS = 7
ROLLOUTS = 50_000
STEPS = 2
SHARE = 0.9


def run(rftsim, scratch, rollouts, *options):
    """The client, and the size of what it recorded (None without a record)."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    client = rftsim.run(64, rollouts // STEPS, *options, folder=folder)
    database = next(folder.glob("*/run/run.db"), None)
    return client, database


def show(name, clients):
    rates = [client.rate for client in clients]
    cpu = [client.cpu_us for client in clients]
    print(f"  {name:<12} {statistics.median(rates):9,.0f} rollouts/s (from {min(rates):,.0f} to {max(rates):,.0f}), "
          f"{statistics.median(cpu):.0f} us of CPU each", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("endpoint", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    options = parser.parse_args()
    rollouts = ROLLOUTS // (10 if options.quick else 1)
    with tempfile.TemporaryDirectory() as scratch, lab.serving(options.endpoint.resolve()) as server:
        rftsim = lab.Rftsim(options.program, lab.write_job(scratch, epochs=STEPS), server)
        pairs, database = [], None
        for _ in range(PAIRS):
            bare, _ = run(rftsim, scratch, rollouts, "--no-store")
            stored, database = run(rftsim, scratch, rollouts)
            pairs.append((bare, stored))
        durable, _ = run(rftsim, scratch, rollouts, "--durable")
        with sqlite3.connect(database) as db:
            recorded = db.execute("SELECT count(*) FROM rollout").fetchone()[0]
        size = database.stat().st_size
    print(f"{rollouts:,} rollouts of one call, {PAIRS} pairs of runs")
    show("no store", [bare for bare, _ in pairs])
    show("run.db", [stored for _, stored in pairs])
    show("--durable", [durable])
    share = statistics.median(stored.rate / bare.rate for bare, stored in pairs)
    print(f"  {size / recorded:,.0f} bytes a rollout ({recorded:,} of them, {size / 1e6:.1f} MB)")
    print(f"  {'met   ' if share >= SHARE else 'MISSED'}  {share:.3f} of the rate without a store, target {SHARE}")
    return 0 if share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
