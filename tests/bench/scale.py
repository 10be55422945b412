#!/usr/bin/env python3
"""Whether `rftsim run` holds up: many rollouts in flight, and memory over many tool calls.

    tests/bench/scale.py PROGRAM ENDPOINT [--quick]

In flight: an endpoint that answers each call after two seconds, two training steps of 40,000
rollouts with 20,000 of them in flight, or as many as `ulimit -n` lets rftsim have (its plan line
says how many). A step is as long as its rollouts wait, one after another; what is above that is the
program's own. The first step also makes the connections.

Memory: 1,000,000 tool calls in 64 steps. The resident memory is read once a second and belongs to the
steps that have ended by then; the highest of the first tenth is compared with the highest of the rest.
"""
import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Thread

import lab

DELAY_S = 2
IN_FLIGHT = 20000
IN_FLIGHT_BEFORE = 4096  # what older programs allow; asked for if they refuse more
WAVE_SLACK = 1.5
STEPS = 64
GROWTH_BYTES = 2 * 1024 * 1024


def wait_for_ports():
    """One endpoint can be connected to from about 28,000 ports, and those of a run before are held for
    a minute; with most of them gone the kernel searches long, which would be measured as ours."""
    for _ in range(65):
        held = int(re.search(r"TCP:.* tw (\d+)", Path("/proc/net/sockstat").read_text(encoding="ascii")).group(1))
        if held < 4000:
            return
        time.sleep(1)
    print(f"  {held:,} ports are still held by connections that ended: expect connecting to be slow")


def resident_bytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def refuses(rftsim, in_flight):
    """Whether the program takes so high a number at all; it reads its command line first."""
    tried = subprocess.run([rftsim.program, "run", "-c", str(in_flight), "/nonexistent"], capture_output=True,
                           text=True, check=False)
    return "concurrency" in tried.stderr and "/nonexistent" not in tried.stderr


def verdict(what, fine):
    print(f"  {'met   ' if fine else 'MISSED'}  {what}", flush=True)
    return fine


def in_flight(program, endpoint, scratch, quick):
    wanted = IN_FLIGHT // 10 if quick else IN_FLIGHT
    wait_for_ports()
    with lab.serving(endpoint, "--delay-ms", DELAY_S * 1000) as server:
        rftsim = lab.Rftsim(program, lab.write_job(scratch, epochs=2), server)
        asked = IN_FLIGHT_BEFORE if refuses(rftsim, wanted) else wanted
        process = rftsim.start(asked, 2 * wanted, folder=scratch)
        lines = [json.loads(line) for line in process.stdout]
        usage = lab.finish(process)
    plan, end = lines[0], lines[-1]
    waves = [line for line in lines if line["type"] == "wave" and line["phase"] == "train"]
    print(f"{wanted:,} rollouts in flight wanted, {plan['concurrency']:,} had; every answer after {DELAY_S} s")
    for wave in waves:
        least = math.ceil(wave["rollouts"] / plan["concurrency"]) * DELAY_S
        print(f"  step {wave['step']}: {wave['rollouts']:,} rollouts in {wave['seconds']:.1f} s, "
              f"of which {least} s are waiting")
    print(f"  peak memory {usage.ru_maxrss / 1024:.0f} MB, CPU {usage.ru_utime + usage.ru_stime:.1f} s")
    return [verdict(f"a rollout in flight for each of {wanted:,}, less what else has to be open",
                    plan["concurrency"] >= 0.95 * wanted),
            verdict("every rollout graded", end["outcomes"]["graded"] == sum(end["outcomes"].values())),
            verdict(f"the last step within {WAVE_SLACK} times its waiting", waves[-1]["seconds"] <= WAVE_SLACK * least)]


def watch(process, calls, every_s):
    """Now and then: (calls of ended steps, resident bytes), while the lines are read beside it."""
    done, graded = [0], [0]

    def read():
        for line in map(json.loads, process.stdout):
            if line["type"] == "wave":
                done[0] += line["tool_calls"]
                graded[0] += line["graded"]

    reader = Thread(target=read)
    reader.start()
    samples = []
    while reader.is_alive() and done[0] < calls:
        samples.append((done[0], resident_bytes(process.pid)))
        reader.join(timeout=every_s)
    reader.join()
    if graded != done:
        sys.exit(f"bench: {done[0]} calls and {graded[0]} grades")
    return samples, done[0]


def memory(program, endpoint, scratch, quick):
    calls = 1_000_000 // (10 if quick else 1)
    with lab.serving(endpoint) as server:
        rftsim = lab.Rftsim(program, lab.write_job(scratch, epochs=16, batch_size=16), server)
        process = rftsim.start(64, calls // STEPS, folder=scratch)
        start = time.monotonic()
        samples, made = watch(process, calls, 0.1 if quick else 1)
        lab.finish(process)
    print(f"memory over {made:,} tool calls ({time.monotonic() - start:.0f} s, {len(samples)} samples)")
    for share in (0.1, 0.5, 1.0):
        upto = [rss for done, rss in samples if done <= share * made]
        print(f"  {share:4.0%}  {upto[-1] / 1e6:7.1f} MB, highest so far {max(upto) / 1e6:7.1f} MB")
    growth = max(rss for _, rss in samples) - max(rss for done, rss in samples if done <= 0.1 * made)
    return [verdict(f"growth after the first tenth {growth / 1e6:.2f} MB, target under {GROWTH_BYTES / 1e6:.1f} MB",
                    growth < GROWTH_BYTES)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("endpoint", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    options = parser.parse_args()
    program, endpoint = options.program.resolve(), options.endpoint.resolve()
    print(f"{lab.raise_files():,} open files allowed")
    with tempfile.TemporaryDirectory() as scratch:
        met = in_flight(program, endpoint, scratch, options.quick)
        met += memory(program, endpoint, scratch, options.quick)
    print("every target is met" if all(met) else "a target is missed")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
