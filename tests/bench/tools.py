#!/usr/bin/env python3
"""Tool calls a second of `rftsim run` beside wrk and beside the loops one would write instead.

    tests/bench/tools.py PROGRAM ENDPOINT [--rounds N] [--quick] [--packages DIR]

PROGRAM is rftsim, ENDPOINT is bench_endpoint, DIR holds node_modules with undici. What is not
installed is skipped by name.

All load one endpoint with the same bodies of about 2 KB, turn about, in one run; since the machine
is shared and noisy, each ratio is taken within a round, of two runs that followed each other, and
the median of the rounds is what counts. wrk sends one constant body over and over and reads nothing
but the answer's head. rftsim makes whole rollouts: policy, tool call, answer, grade, record; its rate
is that of the training steps. The loops in Python and Node read rows, call, parse the answer and take
its output, at 64 in flight: more makes none of them faster.

CPU is user and system time of the whole client process for each request, as the kernel counts it.
"By CPU" is the ratio of what client and endpoint together cost a request: what the ratio would come
to if nobody else used the machine and no core idled. "Cores" is how much of the machine the two had:
where that is far below 1 others had the rest, and the rates tell about them as well.
Memory is the peak of a run with 4,096 in flight less that of one with 1, over 4,095.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lab

HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's packages, whatever stands first in PATH
LOOPS_IN_FLIGHT = 64
MEMORY_IN_FLIGHT = 4096
ROLLOUT_BYTES = 24 * 1024
OF_WRK = {64: 0.45, 512: 0.40, 4096: 0.45}  # in flight: the target share of wrk's rate
OF_LOOPS = {"aiohttp": 10, "requests": None, "Node fetch": 15, "undici": 1}  # times their rate, at 64
OF_WRK_CATALOG = {64: 1 / 3, 512: 1 / 4}


class Bench:
    def __init__(self, options, scratch):
        self.rounds = 1 if options.quick else options.rounds
        self.seconds = 1 if options.quick else 2
        self.loop_seconds = 2 * self.seconds  # their just-in-time compilers take a while
        self.rollouts = 16384 if options.quick else 98304
        self.packages = options.packages
        self.scratch = scratch
        self.met = []

    def verdict(self, what, value, wanted, fine):
        self.met.append(fine)
        print(f"  {'met   ' if fine else 'MISSED'}  {what}: {value}   (target {wanted})", flush=True)

    def wrk(self, url, body, in_flight, threads=2):
        seconds = self.seconds * (3 if in_flight >= 1024 else 1)  # so that connecting weighs as little
        process = subprocess.Popen(["wrk", f"-t{threads}", f"-c{in_flight}", f"-d{seconds}s", "-s",
                                    str(HERE / "search.lua"), url],
                                   env={**os.environ, "BENCH_BODY": str(body)}, stdout=subprocess.PIPE, text=True)
        out = process.stdout.read()
        usage = lab.finish(process)
        for complaint in re.findall(r"(?:Non-2xx|Socket errors).*", out):
            print("  wrk saw:", complaint)
        requests = int(re.search(r"(\d+) requests in", out).group(1))
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
        return lab.client(usage, rate, requests)

    def loop(self, command, url, rows):
        process = subprocess.Popen([*command, url, rows, str(LOOPS_IN_FLIGHT), str(self.loop_seconds)],
                                   env={**os.environ, "BENCH_PACKAGES": str(self.packages)},
                                   stdout=subprocess.PIPE, text=True)
        out = process.stdout.read()
        usage = lab.finish(process)
        done = json.loads(out)
        return lab.client(usage, done["calls"] / done["seconds"], done["calls"])


def reason(command):
    """Why a client cannot run, or None."""
    if not shutil.which(command[0]):
        return f"{command[0]} is not installed"
    probe = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if probe.returncode == 0 else "not installed"


def loops(packages):
    """The loops that can run here, by name."""
    undici = "require('module').createRequire(process.argv[1] + '/').resolve('undici')"
    every = {
        "aiohttp": ([PYTHON, "-c", "import aiohttp"], [PYTHON, HERE / "loop.py", "aiohttp"], "python3-aiohttp"),
        "requests": ([PYTHON, "-c", "import requests"], [PYTHON, HERE / "loop.py", "requests"], "python3-requests"),
        "Node fetch": (["node", "-e", "fetch"], ["node", HERE / "loop.mjs", "fetch"], "Node 18 or later"),
        "undici": (["node", "-e", undici, packages], ["node", HERE / "loop.mjs", "undici"],
                   "npm, for tests/bench/package.json"),
    }
    able = {}
    for name, (probe, command, wants) in every.items():
        why = reason([str(part) for part in probe])
        if why:
            print(f"skipped: {name}: {why}; it comes with {wants}")
        else:
            able[name] = [str(part) for part in command]
    return able


def median(clients, what):
    return statistics.median(getattr(client, what) for client in clients)


def turn_about(rounds, endpoint, clients):
    """Runs every client once a round, in order; name: its runs."""
    runs = {name: [] for name in clients}
    for _ in range(rounds):
        for name, run in clients.items():
            start, before = time.monotonic(), endpoint.cpu_s()
            done = run()
            done.endpoint_s, done.wall_s = endpoint.cpu_s() - before, time.monotonic() - start
            runs[name].append(done)
    return runs


def ratio(ours, theirs):
    return statistics.median(o.rate / t.rate for o, t in zip(ours, theirs))


def show(name, in_flight, runs, wrk):
    by_cpu = median(wrk, "both_us") / median(runs, "both_us")
    rounds = " ".join(f"{run.rate:,.0f}" for run in runs)
    print(f"  {name:20} {in_flight:5} {median(runs, 'rate'):9,.0f}/s  "
          f"{ratio(runs, wrk):5.3f} of wrk, {by_cpu:5.3f} by CPU  "
          f"{median(runs, 'cpu_us'):6.1f} us CPU  cores {median(runs, 'share'):.2f}  rounds: {rounds}", flush=True)


def compare_with_wrk(bench, rftsim, body, targets, rollouts):
    for in_flight, target in targets.items():
        runs = turn_about(bench.rounds, rftsim.endpoint, {
            "wrk -t2": lambda n=in_flight: bench.wrk(rftsim.endpoint.url, body, n),
            "rftsim run": lambda n=in_flight: rftsim.run(n, rollouts, "--threads", "2", folder=bench.scratch)})
        for name, clients in runs.items():
            show(name, in_flight, clients, runs["wrk -t2"])
        share = ratio(runs["rftsim run"], runs["wrk -t2"])
        bench.verdict(f"{in_flight} in flight, of wrk", f"{share:.2f}", f">= {target:.2f}", share >= target)


def compare_one_thread(bench, rftsim, body):
    runs = turn_about(bench.rounds, rftsim.endpoint, {
        "wrk -t1": lambda: bench.wrk(rftsim.endpoint.url, body, 64, 1),
        "rftsim run, 1 thread": lambda: rftsim.run(64, bench.rollouts // 2, "--threads", "1", folder=bench.scratch)})
    for name, clients in runs.items():
        show(name, 64, clients, runs["wrk -t1"])


def compare_with_loops(bench, rftsim, body, rows):
    clients = {"wrk -t2": lambda: bench.wrk(rftsim.endpoint.url, body, LOOPS_IN_FLIGHT),
               "rftsim run": lambda: rftsim.run(LOOPS_IN_FLIGHT, bench.rollouts, folder=bench.scratch)}
    for name, command in loops(bench.packages).items():
        clients[name] = lambda c=command: bench.loop(c, rftsim.endpoint.url, rows)
    runs = turn_about(bench.rounds, rftsim.endpoint, clients)
    for name, done in runs.items():
        show(name, LOOPS_IN_FLIGHT, done, runs["wrk -t2"])
    for name, target in OF_LOOPS.items():
        if name in runs and target:
            times = ratio(runs["rftsim run"], runs[name])
            bench.verdict(f"times {name}", f"{times:.1f}", f">= {target}", times >= target)


def memory(bench, rftsim):
    rollouts = 2 * MEMORY_IN_FLIGHT  # in both runs, since what came of each is kept until its step ends
    one, many = (rftsim.run(n, rollouts, folder=bench.scratch).peak_bytes for n in (1, MEMORY_IN_FLIGHT))
    each = (many - one) / (MEMORY_IN_FLIGHT - 1)
    print(f"  peak {one / 1e6:.1f} MB with 1 in flight, {many / 1e6:.1f} MB with {MEMORY_IN_FLIGHT:,}")
    bench.verdict("memory a rollout in flight", f"{each / 1024:.1f} KB", f"< {ROLLOUT_BYTES // 1024} KB",
                  each < ROLLOUT_BYTES)


def one_call(bench, program, endpoint):
    job = lab.write_job(bench.scratch)
    rows = str(job.with_name("train.jsonl"))
    body = Path(bench.scratch) / "body.json"
    body.write_text(json.dumps(lab.request_of(lab.row(0)), separators=(",", ":")))
    with lab.serving(endpoint) as server:
        rftsim = lab.Rftsim(program, job, server)
        print(f"one call a rollout, {body.stat().st_size:,} bytes a request, against bench_endpoint", flush=True)
        compare_with_wrk(bench, rftsim, body, OF_WRK, bench.rollouts)
        print("one thread each", flush=True)
        compare_one_thread(bench, rftsim, body)
        print(f"the loops one would write instead, {LOOPS_IN_FLIGHT} in flight each", flush=True)
        compare_with_loops(bench, rftsim, body, rows)
        memory(bench, rftsim)


def catalog(bench, program):
    """Two calls a rollout, against the endpoint that ships with the program."""
    row = json.loads((lab.ROOT / "datasets/catalog/train.jsonl").open(encoding="utf-8").readline())
    body = Path(bench.scratch) / "search.json"
    body.write_text(json.dumps({**lab.request_of(row), "name": "search_catalog"}, separators=(",", ":")))
    with lab.serving(program, "tools", "catalog") as server:
        rftsim = lab.Rftsim(program, "configs/catalog.yaml", server, "CATALOG_URL")
        print("two calls a rollout (configs/catalog.yaml), against rftsim tools catalog", flush=True)
        compare_with_wrk(bench, rftsim, body, OF_WRK_CATALOG, 1024 if bench.rounds == 1 else 4096)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("endpoint", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one short round: shows that it works, no more")
    parser.add_argument("--packages", type=Path, default=lab.ROOT / "build/bench")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("bench: wrk is missing; install it with: apt-get install wrk")
    lab.raise_files()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores shared by client and endpoint, load before: {load}")
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(options, scratch)
        one_call(bench, options.program.resolve(), options.endpoint.resolve())
        catalog(bench, options.program.resolve())
    print("every target is met" if all(bench.met) else "a target is missed")
    return 0 if all(bench.met) else 1


if __name__ == "__main__":
    sys.exit(main())
