#!/usr/bin/env python3
"""Every fault of faults.py, by an endpoint that grades: one run of the program each.

    tests/chaos/graders.py [--patience N] PROGRAM [WORD]...

For each: a rollout whose grade fails is discarded with its reason and has no reward, the endpoint
counted three requests for it, and the run goes on: the other rollout, which the fault spares, is
graded. Faults of a connection spare none; they are tried at the first connection too, where the run
must not start. With WORDs only the cases that have one of them in their line. Needs Python 3 and
openssl.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import BY_NAME, FAULTS, SCORE  # noqa: E402
from program import Failed, Run, equal, job, row, short, true  # noqa: E402
from run import LIMIT, TIMEOUT_MS, parsed, play_all  # noqa: E402
from server import Scene  # noqa: E402

ATTEMPTS = 3

# What a grade's reason says, by the kind that a tool's call would be.
WORDS = {
    "http_4xx": "answered 4xx", "http_429": "HTTP 429, answered 4xx", "http_5xx": "answered 5xx",
    "redirect": "answered with a redirect, which is not followed",
    "answer_too_large": "the answer is over its limit", "no_body": "answered 2xx with no body",
    "malformed": "answered 2xx with a body that is not JSON",
    "not_object": "answered 2xx with JSON that is not an object",
    "no_output": 'answered 2xx without "score"', "dns": "the host name does not resolve",
    "link_local": "the address is link-local, which is never called",
    "refused": "nothing listens there", "connect": "no connection could be made",
    "tls_untrusted": "the certificate is not signed by a trusted authority",
    "tls_expired": "the certificate has expired or is not valid yet",
    "tls_wrong_host": "the certificate is for another host", "tls": "the TLS handshake failed",
    "timeout": "no complete answer in time", "empty": "the connection was closed without an answer",
    "cut": "the connection broke before the answer was whole", "not_http": "the answer is not HTTP",
    "head_too_large": "the answer's head is over its limit",
    "bad_length": "the answer's Content-Length is no number",
    "two_lengths": "the answer has two Content-Lengths that differ",
    "bad_chunk": "the answer's chunks cannot be read",
    "bad_encoding": "the answer's body cannot be unpacked", "failed": "the transfer failed",
}

# Of these a grader makes something else.
OTHERWISE = {
    "no_call_id": 'answered 2xx without "score"',    # all that it has is an output
    "exactly_1_mib": 'answered 2xx without "score"',  # likewise
    "endless_404": "answered 4xx",                   # however long: nobody is shown it
    "404_bytes": "answered 4xx",
}

# Not of a grader's making: they are about calls, or need a second endpoint.
LEFT_OUT = {"request_too_large", "unknown_tool", "no_namespace", "bad_batch", "call_deadline",
            "rollout_deadline"}
LEFT_OUT_NAMES = {"extra_bytes_later"}


class Case:
    def __init__(self, fault, first, settings):
        self.fault = fault
        self.first = first  # the very first connection is like this
        self.settings = settings
        self.words = OTHERWISE.get(fault.name, WORDS.get(fault.kind))
        self.scene = Scene(self.choose)
        moment = " at the first connection" if first else ""
        follows = "nothing is run" if first else "lost" if self.words else "graded"
        self.sentence = f"{fault.name}{moment}: {fault.words} ({follows})"

    def choose(self, x):
        """The evaluation's row comes first and is spared."""
        return BY_NAME.get(x.path) if x.call["item"].get("n") == 1 else BY_NAME["fine"]

    def url(self):
        fault, server = self.fault, self.settings.server
        if "://" in fault.where:
            return fault.where
        origin = server.open(fault.where, self.scene, good_first=bool(fault.where) and not self.first)
        self.listener = self.scene.listeners[-1]
        return f"{origin}/{fault.name}"

    def play(self):
        try:
            run = self.run()
            self.check_refused_to_start(run) if self.first else self.check(run)
            equal("what no endpoint should be sent", self.scene.problems, [])
        finally:
            self.settings.server.close(self.scene)

    def run(self):
        fault = self.fault
        timeout = TIMEOUT_MS if fault.waits else 20000
        body = job([], [{"answer": "."}],
                   {"rollouts_per_step": 1, "grader_http_timeout_ms": timeout * self.settings.patience},
                   grader={"type": "endpoint", "name": "g", "url": self.url()}, batch_size=1)
        return Run(self.settings.program, os.path.join(self.settings.folder, f"{fault.name}.{int(self.first)}"),
                   body, [row(1, "", fault.pad)], [row(0, "")], LIMIT * self.settings.patience,
                   self.settings.server.authority)

    def check_refused_to_start(self, run):
        true(f"exit status {run.status}, should be 3: {short(run.err + run.stdout)}", run.status == 3)
        true(f"no N001: {short(run.err)}", "error[N001]" in run.err and "grader 'g'" in run.err)
        true(f"not '{self.fault.says}': {short(run.err)}", self.fault.says in run.err)
        equal("standard output", run.stdout, "")
        true("left a run folder", not os.path.exists(run.out))
        equal("requests", dict(self.scene.requests), {})

    def check(self, run):
        run.read()
        spared = not self.fault.where or self.fault.where == "tls_good"
        if not self.words:
            equal("outcomes", run.outcomes, {"graded": 2})
            equal("mean reward", run.summary["train"]["reward_mean"], SCORE)
            want = self.fault.attempts or 1
        else:
            equal("outcomes", run.outcomes, {"graded": 1, "discarded_grader": 1} if spared
                  else {"discarded_grader": 2})
            self.discarded(run)
            want = ATTEMPTS
        if spared:
            equal("mean reward of the one that is spared", run.summary["valid"]["reward_mean"], SCORE)
            equal("requests", sorted(self.scene.requests.values()), [1, want])

    def discarded(self, run):
        for rollout in run.rollouts:
            if rollout["outcome"] == "graded":
                continue
            equal("reward", rollout["reward"], None)
            equal("errors", rollout["errors"], ["endpoint_grader_server_error"])
            why = rollout["why"]
            true(f"why: {why}, should say '{self.words}'", self.words in why)
            true(f"why: {why}, should say how often", f"{ATTEMPTS} attempts" in why)
        equal("mean reward", run.summary["train"]["reward_mean"], None)
        equal("train_mean_reward", float(run.csv[0]["train_mean_reward"]), -1.0)


def cases(settings):
    for fault in FAULTS:
        if fault.kind in LEFT_OUT or fault.name in LEFT_OUT_NAMES:
            continue
        if fault.kind != "ok" and fault.kind not in WORDS:
            raise Failed(f"no words for {fault.kind}")
        if fault.says:
            yield Case(fault, True, settings)
        if fault.during:
            yield Case(fault, False, settings)


if __name__ == "__main__":
    sys.exit(play_all(parsed("Every fault of an endpoint that grades."), cases))
