#!/usr/bin/env python3
"""An endpoint that is stopped, killed, or killed and started again, in the middle of a run.

    tests/chaos/away.py [--patience N] PROGRAM

The endpoint is a process of its own (`rftsim tools catalog`), which a signal meets while requests are
in flight. The run must end within what its deadlines allow, with the causes counted, and keep what
was graded before. `--patience` multiplies every time limit (sanitizers).
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import Failed, equal, job, short, true  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CONCURRENCY = 16
ROLLOUTS = 32  # a step
TIMEOUT_MS = 400
ATTEMPTS = 3
BEFORE = 3  # steps to wait for before the signal


class Endpoint:
    """`rftsim tools catalog` on a port of its own choice, or on the one given."""

    def __init__(self, program, port=0):
        data = os.path.join(ROOT, "datasets", "catalog", "products.jsonl")
        self.process = subprocess.Popen([program, "tools", "catalog", "--data", data, "--port", str(port)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        true("the endpoint did not start", self.url.startswith("http"))

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def signal(self, number):
        self.process.send_signal(number)

    def close(self):
        self.process.kill()
        self.process.communicate()


class Run:
    """A run against the endpoint, with `meanwhile(endpoint)` after the first steps."""

    count = 0

    def __init__(self, settings, meanwhile, **simulation):
        Run.count += 1
        self.folder = os.path.join(settings.folder, str(Run.count))
        os.mkdir(self.folder)
        endpoint = Endpoint(settings.program)
        try:
            self.write(endpoint.url, {"tool_timeout_ms": TIMEOUT_MS * settings.patience,
                                      "tool_attempts": ATTEMPTS, **simulation})
            self.follow(settings, endpoint, meanwhile)
        finally:
            endpoint.close()

    def write(self, url, simulation):
        turns = [{"call": "search_catalog", "arguments": {"query": "{{item.query}}", "top_k": 1}},
                 {"answer": "{{calls[0].output.items[0].sku}}"}]
        body = job([("search_catalog", url)], turns, {"rollouts_per_step": ROLLOUTS, **simulation},
                   n_epochs=20, batch_size=4)
        body["method"]["reinforcement"]["grader"]["reference"] = "{{item.reference_answer}}"
        for part in ("train", "valid"):
            shutil.copy(os.path.join(ROOT, "datasets", "catalog", part + ".jsonl"), self.folder)
        with open(os.path.join(self.folder, "job.json"), "w", encoding="utf-8") as f:
            json.dump(body, f)

    def follow(self, settings, endpoint, meanwhile):
        command = [settings.program, "run", "job.json", "--out", "out", "-q", "--json", "--threads", "2",
                   "--concurrency", str(CONCURRENCY)]
        process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        try:
            lines = [json.loads(process.stdout.readline()) for _ in range(BEFORE)]
            from_ = time.monotonic()
            meanwhile(endpoint)
            out, self.err = process.communicate(timeout=60 * settings.patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failed(f"did not end within {60 * settings.patience} s") from None
        self.seconds = time.monotonic() - from_
        self.status = process.returncode
        self.waves = [o for o in lines + [json.loads(line) for line in out.splitlines()]]
        self.summary = self.waves[-1]
        equal("type of the last line", self.summary.get("type"), "summary")
        self.outcomes = {k: n for k, n in self.summary["outcomes"].items() if n}
        self.kinds = self.summary["tools"][0]["kinds"]

    def accounted(self):
        """Whatever happened, all is counted, and no reward came of it."""
        calls = sum(self.kinds.values())
        equal("calls", calls, self.summary["tools"][0]["calls"])
        lost = calls - self.kinds.get("ok", 0)
        equal("discarded rollouts and lost calls", self.outcomes.get("discarded_tool", 0), lost)
        equal("graded rollouts and good calls", self.outcomes["graded"], self.kinds["ok"])
        true("graded before", self.outcomes["graded"] >= ROLLOUTS * (BEFORE - 2))


def stopped(settings):
    """kill -STOP: connections stay, nothing is answered. A step of nothing but time-outs ends it."""
    run = Run(settings, lambda e: e.signal(signal.SIGSTOP), tool_backoff_ms=0)
    run.accounted()
    equal("exit status", run.status, 3)
    true(f"the cause is counted: {run.kinds}", run.kinds.get("timeout", 0) >= ROLLOUTS)
    true(f"and named: {short(run.err)}", "got an answer" in run.err)
    # What is left of one step, and the next, each in rounds of CONCURRENCY.
    rounds = 2 * ROLLOUTS / CONCURRENCY + 1
    allowed = rounds * ATTEMPTS * TIMEOUT_MS * settings.patience / 1000
    true(f"took {run.seconds:.1f} s, allowed {allowed:.1f}", run.seconds < allowed + 5 * settings.patience)


def killed(settings):
    """kill -9: what was in flight breaks, what comes after is refused."""
    run = Run(settings, lambda e: e.signal(signal.SIGKILL), tool_backoff_ms=20)
    run.accounted()
    equal("exit status", run.status, 3)
    true(f"the cause is counted: {run.kinds}", run.kinds.get("refused", 0) >= CONCURRENCY)
    true(f"and named: {short(run.err)}", "refused" in run.err or "got an answer" in run.err)
    true(f"took {run.seconds:.1f} s", run.seconds < 10 * settings.patience)


def paused(settings):
    """kill -STOP and, well within the deadlines, -CONT: nothing is lost."""
    def meanwhile(endpoint):
        endpoint.signal(signal.SIGSTOP)
        time.sleep(0.2)
        endpoint.signal(signal.SIGCONT)
    run = Run(settings, meanwhile, tool_backoff_ms=0, tool_timeout_ms=20000)
    run.accounted()
    equal("exit status", run.status, 0)
    equal("outcomes", set(run.outcomes), {"graded"})


def restarted(settings):
    """kill -9 and a new process on the same port: attempts bridge the gap."""
    after = []

    def meanwhile(endpoint):
        endpoint.signal(signal.SIGKILL)
        endpoint.process.wait()
        after.append(Endpoint(settings.program, endpoint.port))
    try:
        run = Run(settings, meanwhile, tool_backoff_ms=1000, tool_attempts=4)
        run.accounted()
        equal("exit status", run.status, 0)
        equal("outcomes", set(run.outcomes), {"graded"})
        true("no request was repeated", run.summary["tools"][0]["requests"] > run.kinds["ok"])
    finally:
        for endpoint in after:
            endpoint.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patience", type=int, default=1)
    parser.add_argument("program")
    settings = parser.parse_args()
    settings.program = os.path.abspath(settings.program)
    settings.folder = tempfile.mkdtemp(prefix="away.")
    n_failed = 0
    for case in (stopped, killed, paused, restarted):
        try:
            case(settings)
            print(f"ok - {case.__doc__}")
        except Failed as why:
            n_failed += 1
            print(f"not ok - {case.__doc__}: {why}")
        sys.stdout.flush()
    shutil.rmtree(settings.folder, ignore_errors=True)
    print(f"{4 - n_failed} passed, {n_failed} failed")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
