#!/usr/bin/env python3
"""Tool calls a second of `rftsim run` beside wrk on the same endpoint, and memory per rollout.

    tests/bench/tools.py PROGRAM [--rounds N]

Both load one `rftsim tools catalog`, turn about, in one run; the medians are compared, since the
machine is shared and noisy. wrk sends one constant search over and over; rftsim makes whole rollouts
of two calls each (search, then get_by_id), with the policy, the grader and the row in every request.
Its rate is that of the training steps. Memory is the peak of a run with 512 in flight less that of
one with 1, over 511.
"""
import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ((64, 1 / 3), (512, 1 / 4))  # rollouts in flight, the target share of wrk's rate
ROLLOUT_BYTES = 32 * 1024
WRK_SECONDS = 3


def start_endpoint(program):
    endpoint = subprocess.Popen([program, "tools", "catalog"], cwd=ROOT, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)
    return endpoint, endpoint.stdout.readline().strip()


def search_body():
    row = json.loads((ROOT / "datasets/catalog/train.jsonl").open().readline())
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "search_catalog",
            "arguments": json.dumps({"query": row["query"], "top_k": 3}),
            "trace_id": "trace_" + "0" * 32, "item": row}
    return json.dumps(call, separators=(",", ":"))


def wrk_rate(url, connections, body_path):
    out = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{WRK_SECONDS}s", "-s",
                          str(ROOT / "tests/bench/search.lua"), url], env={**os.environ, "BENCH_BODY": body_path},
                         capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        print("  wrk saw errors:", *re.findall(r"(?:Non-2xx|Socket).*", out))
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def rftsim_run(program, url, in_flight, rollouts, scratch):
    """Tool calls a second over the training steps, and the peak resident memory in bytes."""
    folder = tempfile.mkdtemp(dir=scratch)
    run = subprocess.Popen([program, "run", "configs/catalog.yaml", "--json", "-q", "-c", str(in_flight),
                            "--rollouts-per-step", str(rollouts), "--out", folder + "/run"],
                           cwd=ROOT, env={**os.environ, "CATALOG_URL": url}, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in run.stdout]
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        sys.exit(f"bench: rftsim run ended with status {run.returncode}")
    waves = [o for o in lines if o["type"] == "wave" and o["phase"] == "train"]
    end = lines[-1]
    if end["outcomes"]["graded"] != sum(end["outcomes"].values()):
        print("  not every rollout was graded:", end["outcomes"])
    return sum(w["tool_calls"] for w in waves) / sum(w["seconds"] for w in waves), usage.ru_maxrss * 1024


def compare(program, url, in_flight, target, rounds, body_path, scratch):
    pairs = [(wrk_rate(url, in_flight, body_path), rftsim_run(program, url, in_flight, 4096, scratch)[0])
             for _ in range(rounds)]
    wrk, ours = (statistics.median(side) for side in zip(*pairs))
    print(f"{in_flight:5} in flight   wrk {wrk:9,.0f}/s   rftsim run {ours:9,.0f} calls/s   "
          f"ratio {ours / wrk:.2f}   (target {target:.2f})   rounds: "
          + " ".join(f"{o / w:.2f}" for w, o in pairs), flush=True)
    return ours / wrk >= target


def memory(program, url, scratch):
    one = rftsim_run(program, url, 1, 512, scratch)[1]
    many = rftsim_run(program, url, 512, 4096, scratch)[1]
    each = (many - one) / 511
    print(f"memory: {one / 1e6:.1f} MB with 1 in flight, {many / 1e6:.1f} MB with 512: "
          f"{each / 1024:.1f} KB a rollout   (target under {ROLLOUT_BYTES // 1024})")
    return each < ROLLOUT_BYTES


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("bench: wrk is missing; install it with: apt-get install wrk")
    program = options.program.resolve()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    endpoint, url = start_endpoint(program)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            body_path = scratch + "/body.json"
            Path(body_path).write_text(search_body())
            met = [compare(program, url, n, target, options.rounds, body_path, scratch) for n, target in LEVELS]
            met.append(memory(program, url, scratch))
    finally:
        endpoint.terminate()
    print("every target is met" if all(met) else "a target is missed")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
