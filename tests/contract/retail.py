#!/usr/bin/env python3
"""The return desk (`rftsim tools retail`) as rollouts meet it: over sockets, several at once.

    tests/contract/retail.py PROGRAM [WORD]...

As run.py, whose means it uses. State is kept by trace_id, and two calls of one turn are two requests,
of which either may come first. Needs Python 3 alone.
"""
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run as contract  # noqa: E402
from run import Failed, Run, case, equal, true  # noqa: E402

contract.CASES.clear()  # those of run.py

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LIMIT = 120  # seconds that a run may take, sanitizers included
LATE_MS = 400  # later than any request needs, sanitizers included


class Desk:
    """The endpoint as a process. `close` returns what it said at its end."""

    def __init__(self, *options):
        data = os.path.join(ROOT, "datasets", "retail", "desk.jsonl")
        self.process = subprocess.Popen([contract.PROGRAM, "tools", "retail", "--data", data, *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        true("the endpoint did not start", self.url.startswith("http"))
        self.port = int(self.url.rsplit(":", 1)[1].split("/")[0])

    def close(self):
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=LIMIT)[1]
        equal("the endpoint's exit", self.process.returncode, 0)
        return said


@contextlib.contextmanager
def desk(*options):
    d = Desk(*options)
    try:
        yield d
        d.close()
    finally:
        d.process.kill()
        d.process.communicate()


class Caller:
    """One connection, kept open."""

    def __init__(self, endpoint):
        self.connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=LIMIT)

    def call(self, trace, name, arguments):
        """Status, and the tool's output or the reason of a refusal."""
        self.connection.request("POST", "/tool", json.dumps({
            "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name,
            "arguments": json.dumps(arguments), "trace_id": trace, "item": {}}))
        answer = self.connection.getresponse()
        body = json.loads(answer.read())
        return answer.status, body["error"] if answer.status >= 400 else json.loads(body["output"])


def rows(kind, name="train.jsonl"):
    with open(os.path.join(ROOT, "datasets", "retail", name), encoding="utf-8") as f:
        return [row for row in map(json.loads, f) if row["kind"] == kind]


REFUND = rows("refund")[0]
ABOUT = {key: REFUND[key] for key in ("order_id", "line")}
MATTER = {key: REFUND[key] for key in ("order_id", "line", "reason", "wish")}


def at_once(*work):
    """Run the functions in a thread each, all let go at one moment; what they returned."""
    start = threading.Barrier(len(work))
    ends = [None] * len(work)

    def one(i):
        start.wait(LIMIT)
        ends[i] = work[i]()

    threads = [threading.Thread(target=one, args=(i,)) for i in range(len(work))]
    for t in threads:
        t.start()
    for t in threads:
        t.join(LIMIT)
    true("a call did not come back", None not in ends)
    return ends


def race(callers, trace):
    """create_return and issue_refund on a connection each; the status of the refund, and then what
    get_return says."""
    first, second = callers
    (created, _), (refunded, text) = at_once(
        lambda: first.call(trace, "create_return", MATTER),
        lambda: second.call(trace, "issue_refund", ABOUT))
    equal("create_return", created, 200)
    if refunded == 200:
        equal("the resolution", text["resolution"], REFUND["resolution"])
    else:
        equal("the refusal", (refunded, text), (409, "no open return of {order_id} line {line}"
                                                .format(**ABOUT)))
    return refunded, first.call(trace, "get_return", ABOUT)[1]["return"]


def still_fine(caller, trace):
    """One after the other, a refund that came too early is made good."""
    status, text = caller.call(trace, "issue_refund", ABOUT)
    equal("the refund, once more", status, 200)
    equal("its resolution", text["resolution"], REFUND["resolution"])


@case("GAP-23", "whoever wins the race, the desk's books say the same")
def _():
    with desk("--threads", "2") as d:
        callers = Caller(d), Caller(d)
        for n in range(200):
            refunded, state = race(callers, f"trace_{n}")
            equal("the return", state, "settled" if refunded == 200 else "open")
            if refunded != 200:
                still_fine(callers[0], f"trace_{n}")


@case("GAP-23", "the refund that comes first is refused, and one after the other it is paid")
def _():
    with desk("--fault", f"create_return:latency={LATE_MS}@1") as d:
        callers = Caller(d), Caller(d)
        equal("the race", race(callers, "trace_1"), (409, "open"))
        still_fine(callers[1], "trace_1")


@case("GAP-23", "the refund that comes second is paid")
def _():
    with desk("--fault", f"issue_refund:latency={LATE_MS}@1") as d:
        equal("the race", race((Caller(d), Caller(d)), "trace_1"), (200, "settled"))


def played(endpoint, turns, **more):
    """A run against the desk; the reward is 1 where the answer has the resolution."""
    return Run([], turns=turns, train=[REFUND], url=endpoint.url.removesuffix("/tool"), threads=2,
               concurrency=32, rollouts=128, tools=[(t, "/tool") for t in ("create_return", "issue_refund")],
               grader={"type": "string_check", "name": "g", "operation": "like",
                       "input": "{{sample.output_text}}", "reference": "{{item.resolution}}"}, **more)


CREATE = {"call": "create_return", "arguments": MATTER}
PAY = {"call": "issue_refund", "arguments": ABOUT}


@case("GAP-23", "calls of one turn meet in the race, and some rollouts lose it")
def _():
    with desk("--fault", f"create_return:latency={LATE_MS}@0.5") as d:
        run = played(d, [{"calls": [CREATE, PAY]}, {"answer": "{{calls[1].output}}"}])
    train = run.summary["train"]
    true(f"some win and some lose: {train['reward_mean']}", 0.2 < train["reward_mean"] < 0.8)
    equal("rollouts graded", train["graded"], 128)


@case("GAP-23", "the same calls, one after the other, never lose")
def _():
    with desk("--fault", f"create_return:latency={LATE_MS}@0.5") as d:
        run = played(d, [CREATE, PAY, {"answer": "{{calls[1].output}}"}])
    equal("mean reward", run.summary["train"]["reward_mean"], 1)


@case("ours", "a call that is answered with a fault has changed nothing")
def _():
    with desk("--fault", "create_return:503@1") as d:
        caller = Caller(d)
        equal("create_return", caller.call("t", "create_return", MATTER)[0], 503)
        equal("get_return", caller.call("t", "get_return", ABOUT), (200, {"return": "none"}))


@case("GAP-23", "of many refunds of one return at once, one is paid")
def _():
    with desk("--threads", "4") as d:
        callers = [Caller(d) for _ in range(8)]
        for n in range(20):
            trace = f"trace_{n}"
            equal("create_return", callers[0].call(trace, "create_return", MATTER)[0], 200)
            ends = at_once(*(lambda c=c: c.call(trace, "issue_refund", ABOUT)[0] for c in callers))
            equal("the refunds", sorted(ends), [200] + [409] * 7)


@case("3.2", "a rollout sees nothing of the others, with many at work on the same order")
def _():
    def work(caller, name):
        for n in range(40):
            trace = f"trace_{name}_{n}"
            steps = [("get_return", ABOUT, 200, "none"), ("issue_refund", ABOUT, 409, None),
                     ("create_return", MATTER, 200, "open"), ("get_return", ABOUT, 200, "open"),
                     ("create_return", MATTER, 409, None), ("issue_refund", ABOUT, 200, "settled"),
                     ("get_return", ABOUT, 200, "settled"), ("issue_refund", ABOUT, 409, None)]
            for tool, arguments, status, state in steps:
                got, output = caller.call(trace, tool, arguments)
                equal(f"{trace}: {tool}", (got, output["return"] if got == 200 else None),
                      (status, state))
        return True

    def told(caller, name):
        try:
            return work(caller, name)
        except Failed as e:
            return str(e)

    with desk("--threads", "4") as d:
        ends = at_once(*(lambda i=i: told(Caller(d), i) for i in range(8)))
        equal("what the callers say", [e for e in ends if e is not True], [])


@case("ours", "at its end it says how many rollouts opened a return")
def _():
    d = Desk()
    try:
        caller = Caller(d)
        for n in range(3):
            caller.call(f"trace_{n}", "create_return", MATTER)
        caller.call("trace_9", "get_return", ABOUT)
        true("what it said", "rollouts with a return: 3, of these forgotten: 0" in d.close())
    finally:
        d.process.kill()


if __name__ == "__main__":
    sys.exit(contract.main())
