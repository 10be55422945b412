#!/usr/bin/env python3
"""How fast `rftsim check` reads rows, beside programs that only read them, over one file in one run.

    tests/bench/check.py PROGRAM PASS [--rows 1000000]

PASS is tests/bench/pass.c: the file read line by line, each line by our scanner, jansson or cJSON.
Every program is run twice (jansson and cJSON once) and the lesser figures count. One thread is compared by the time of
processors, so that what else runs on the machine hardly counts; memory is the peak of the process.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

PYTHON = """\
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        json.loads(line)
"""
JOB = """\
model: o4-mini-2025-04-16
training_file: train.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    tools:
      - {name: get_order, server_url: "https://tools.example.com/get_order"}
    grader: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.reference_answer}}"}
    hyperparameters: {n_epochs: 1, eval_interval: 5, eval_samples: 1}
"""
POLICY = [
    "- Items may be returned within 30 days of delivery.\n",
    "- Sale items are final; a defective one earns store credit.\n",
    "## Restocking fees\n\n| Tier | Electronics |\n",
    "Ask for the order before you act. ",
    "Say \"I will look that up\", then call one tool at a time. ",
    "Late by more than two days: a shipping credit of $10.\n",
    "The customer wrote from a café in Zürich. ",
    "Do not make up what neither the user nor a tool has said.\n",
]
NOUNS = "lamp kettle jacket boots tent stove chair desk clock radio scarf gloves bottle mug plate bowl".split()
FAULTS = "a torn seam|a loose handle|the wrong colour|a dead battery|a missing screw|a broken lid|a scratch|no manual".split("|")
WISHES = "refund|exchange|replacement|store credit|repair|cancellation".split("|")
TOOLS = [{"type": "function", "function": {
    "name": name, "description": f"{name.replace('_', ' ').capitalize()} by its number.",
    "parameters": {"type": "object",
                   "properties": {"order_id": {"type": "string", "description": "as on the receipt"},
                                  "top_k": {"type": "integer", "minimum": 1}},
                   "required": ["order_id"], "additionalProperties": False}}}
    for name in ("get_order", "get_policy")]


def write_rows(path, n, seed, width=2048):
    """Rows of about `width` bytes, each with a policy, a question, two tools and fields."""
    r = random.Random(seed)
    tools = json.dumps(TOOLS)
    with open(path, "w", encoding="utf-8") as file:
        for i in range(n):
            question = (f"My order ORD-{r.randrange(10**8)} came on {r.randrange(1, 29)} May with {r.choice(FAULTS)}: "
                        f"{r.randrange(1, 9)} {r.choice(NOUNS)}, {r.randrange(1, 9)} {r.choice(NOUNS)} and a "
                        f"{r.choice(NOUNS)}. I paid {r.randrange(900)}.{r.randrange(100):02d} and want a {r.choice(WISHES)}. "
                        f"You can reach me at {r.randrange(10**9)} after {r.randrange(24)}:{r.randrange(60):02d}.")
            fields = (f'"tools": {tools}, "reference_answer": "ORD-{i}", "expected_calls": ["get_order"], '
                      f'"amount": {i % 300}.{i % 100:02d}, "eligible": {"true" if i % 2 else "false"}}}')
            policy = ""
            room = width - len(fields) - len(question) - 110
            while len(policy) < room - 60:
                policy += r.choice(POLICY)
            messages = json.dumps([{"role": "developer", "content": policy}, {"role": "user", "content": question}],
                                  ensure_ascii=False)
            file.write(f'{{"messages": {messages}, {fields}\n')


def measured(command, folder):
    """Seconds on the clock, seconds of processors, and peak kilobytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: more rows than the service takes
        sys.exit(f"{' '.join(command)}: {process.returncode}\n{out.decode(errors='replace')}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def best_of(times, command, folder):
    return [min(values) for values in zip(*(measured(command, folder) for _ in range(times)))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("scan", type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", help="keep the files here, and use them again")
    args = parser.parse_args()
    folder = pathlib.Path(args.folder or tempfile.mkdtemp(prefix="bench-check."))
    folder.mkdir(exist_ok=True)
    train = folder / "train.jsonl"
    if not train.exists():
        write_rows(train, args.rows, 1)
        write_rows(folder / "valid.jsonl", 1000, 2)
    (folder / "job.yaml").write_text(JOB)
    size = train.stat().st_size
    print(f"{args.rows} rows, {size / args.rows:.0f} bytes each, {size / 1e6:.0f} MB; {os.cpu_count()} cores", flush=True)
    runs = [("wc -l", ["wc", "-l", train.name]),
            ("our scanner, no check", [args.scan, "tape", train.name]),
            ("rftsim check, 1 thread", [args.program, "check", "job.yaml", "--threads", "1"]),
            ("rftsim check, 2 threads", [args.program, "check", "job.yaml", "--threads", "2"]),
            ("jansson, no check", [args.scan, "jansson", train.name]),
            ("cJSON, no check", [args.scan, "cjson", train.name]),
            ("python3 json.loads", [sys.executable, "-c", PYTHON, train.name])]
    clock, work = {}, {}
    print(f"{'':<26} {'clock':>9} {'processor':>11}")
    for name, command in runs:
        if command[:2] == [args.scan, "cjson"] and subprocess.run([args.scan, "has-cjson"]).returncode:
            print(f"{name:<26} not built: install libcjson-dev")
            continue
        clock[name], work[name], peak = best_of(1 if "SON," in name else 2, command, folder)
        print(f"{name:<26} {clock[name]:7.2f} s {work[name]:9.2f} s {size / work[name] / 1e9:7.2f} GB/s "
              f"{peak / 1024:6.0f} MB", flush=True)
    one, two = "rftsim check, 1 thread", "rftsim check, 2 threads"
    print(f"\n{one}: {work['python3 json.loads'] / work[one]:.1f} times as fast as the Python loop (wanted: 3), "
          f"{work['our scanner, no check'] / work[one]:.2f} of our scanner (wanted: 0.5), by processor time")
    print(f"{two}: {clock[one] / clock[two]:.2f} times as fast as one (wanted: 1.7), by the clock, which says something "
          f"on an idle machine only; {work[two] / work[one]:.2f} times its processor time")
    if not args.folder:
        shutil.rmtree(folder)


main()
