#!/usr/bin/env python3
"""Every fault of faults.py, one run of the program each, held against the table of tools/kind.h.

    tests/chaos/run.py [--patience N] PROGRAM [WORD]...

For each: the kind that the call is taken for, what follows from it, how many requests the endpoint
counted, the very text that the model was shown, and that no reward came of what was lost. Faults of
a connection are tried twice: at the first connection of all, where the run must not start, and in
the middle of a run. With WORDs only the cases that have one of them in their line. `--patience`
multiplies every time limit (sanitizers). Needs Python 3 and openssl.
"""
import argparse
import concurrent.futures
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import BY_NAME, FAULTS, UNTRIED, echo  # noqa: E402
from program import Failed, Run, equal, job, kinds_of, row, short, true  # noqa: E402
from server import Scene, Server  # noqa: E402

LIMIT = 60         # seconds for one run
TIMEOUT_MS = 400   # of an attempt that is known to hang
AT_ONCE = 4
WAITING_AT_ONCE = 8  # runs that do little but wait for a timeout
ATTEMPTS = {"ok": 1, "shown": 1, "retried": 3}


class Case:
    """One fault at one moment. `settings` is the same for all."""

    def __init__(self, fault, first, settings):
        self.fault = fault
        self.first = first  # the very first connection is like this
        self.settings = settings
        self.kind = settings.kinds.get(fault.kind)
        self.scene = Scene()
        moment = " at the first connection" if first else ""
        self.sentence = f"{fault.name}{moment}: {fault.words} ({fault.kind})"

    def url(self, plain):
        """Faults of an answer share a port, and so connections, with the calls around them."""
        fault = self.fault
        if "://" in fault.where:
            return fault.where
        if not fault.where:
            return f"{plain}/{fault.name}"
        origin = self.settings.server.open(fault.where, self.scene, good_first=not self.first)
        self.listener = self.scene.listeners[-1]
        return f"{origin}/{fault.name}"

    def play(self):
        true(f"tools/kind.h has no kind '{self.fault.kind}'", self.kind)
        try:
            run = self.run()
            self.check_refused_to_start(run) if self.first else self.check(run)
            equal("what no endpoint should be sent", self.scene.problems, [])
        finally:
            self.settings.server.close(self.scene)

    def run(self):
        """Turns: a call that is answered, the fault's, one on another connection, and one more that
        repeats what the model saw and may come over the connection that the fault has used."""
        fault, server = self.fault, self.settings.server
        plain = server.open("", self.scene)
        aside = server.open("", self.scene)
        tools = [("warm", plain + "/warm"), ("look_up", self.url(plain)), ("aside", aside + "/aside"),
                 ("tell", plain + "/tell")]
        turns = [{"call": "warm", "arguments": {}}, {"call": fault.tool, "arguments": {"q": "x"}}]
        self.want = answer = "."
        if fault.sees is not None:  # else it is too long to be passed on
            self.want = fault.sees(row(0, "")) if callable(fault.sees) else fault.sees
            turns += [{"call": "aside", "arguments": {}},
                      {"call": "tell", "arguments": "{{calls[1].output}}"}]
            answer = "{{calls[1].output}}"
            if fault.attempts != 0:
                self.want += "|" + echo(row(0, ""))
                answer += "|{{calls[3].output}}"
        turns.append({"answer": answer})
        timeout = TIMEOUT_MS if fault.waits else 20000
        simulation = {"rollouts_per_step": 1, "tool_timeout_ms": timeout * self.settings.patience, **fault.keys}
        rows = [row(0, self.want, fault.pad)]
        return Run(self.settings.program, os.path.join(self.settings.folder, f"{fault.name}.{int(self.first)}"),
                   job(tools, turns, simulation, batch_size=1), rows, rows,
                   LIMIT * self.settings.patience, server.authority)

    def check_refused_to_start(self, run):
        true(f"exit status {run.status}, should be 3: {short(run.err + run.stdout)}", run.status == 3)
        true(f"no N001: {short(run.err)}", "error[N001]" in run.err)
        true(f"not '{self.fault.says}': {short(run.err)}", self.fault.says in run.err)
        equal("standard output", run.stdout, "")
        true("left a run folder", not os.path.exists(run.out))
        equal("requests", dict(self.scene.requests), {})

    def check(self, run):
        run.read()
        self.rollouts_are(run)
        self.requests_are(run)
        if self.kind["follows"] in ("ok", "shown"):
            self.graded(run)
        else:
            self.discarded(run)

    def rollouts_are(self, run):
        """The fault's call in both rollouts, and the summary's count of it."""
        fault = self.fault
        equal("rollouts", len(run.rollouts), 2)
        name = fault.tool if fault.tool in run.tools else ""
        for rollout in run.rollouts:
            call = rollout["calls"][1]
            if call["kind"] != fault.kind:
                raise Failed(f"kind {call['kind']} (status {call['status']}), should be {fault.kind}; "
                             f"{rollout['outcome']}: {rollout['why']}")
            equal("tool", call["tool"], name)
            if self.kind["follows"] == "ok":
                equal("warnings", sorted(call["warnings"]), sorted(fault.warnings))
            self.attempts = fault.attempts if fault.attempts is not None else \
                ATTEMPTS.get(self.kind["follows"], call["attempts"])
            equal("attempts", call["attempts"], self.attempts)
        equal("kinds in the summary", run.tools[name]["kinds"], {fault.kind: 2})
        if self.kind["follows"] != "lost":
            equal("requests in the summary", run.tools[name]["requests"], 2 * self.attempts)

    def requests_are(self, run):
        """What the endpoint counted."""
        if self.fault.where in ("", "tls_good"):
            counted = [n for (path, _), n in self.scene.requests.items() if path == self.fault.name]
            if self.kind["follows"] != "lost":
                equal("requests of each rollout", counted, [self.attempts] * (2 if self.attempts else 0))
        elif self.fault.where != "refused":
            # the first connection only looks whether someone is there
            equal("connections", self.listener.n_connections, 1 + 2 * self.attempts)

    def graded(self, run):
        equal("outcomes", run.outcomes, {"graded": 2})
        if run.summary["train"]["reward_mean"] != 1.0:
            raise Failed(f"the model was shown {short(list(self.scene.told.values()))}; with what the call "
                         f"after that was answered, it should be {short(self.want)}")
        equal("train_mean_reward", float(run.csv[0]["train_mean_reward"]), 1.0)

    def discarded(self, run):
        """Thrown away, for the reason in the table, with no reward but the formula's -1 (EV-4)."""
        equal("outcomes", run.outcomes, {"discarded_tool": 2})
        for rollout in run.rollouts:
            equal("reward", rollout["reward"], None)
            equal("calls", len(rollout["calls"]), 2)
            true(f"why: {rollout['why']}, should say '{self.kind['words']}'", self.kind["words"] in rollout["why"])
            true(f"why: {rollout['why']}, should say how often", f"{self.attempts} attempt" in rollout["why"])
        equal("mean reward", run.summary["train"]["reward_mean"], None)
        equal("penalised mean reward", run.summary["train"]["reward_mean_penalised"], -1.0)
        equal("train_mean_reward", float(run.csv[0]["train_mean_reward"]), -1.0)
        equal("graded train_reward_mean", run.csv[0]["scores/graders/string_check/g/train_reward_mean"], "")


def check_table(kinds):
    """Every kind is tried, or it is said why not."""
    tried = {f.kind for f in FAULTS}
    equal("kinds neither tried nor excused", sorted(set(kinds) - tried - set(UNTRIED)), [])
    equal("kinds excused and yet tried, or unknown", sorted((tried & set(UNTRIED)) | (set(UNTRIED) - set(kinds))), [])
    equal("names that stand twice", len(FAULTS) - len(BY_NAME), 0)


def outcome_of(function):
    """None, or why it failed."""
    try:
        function()
        return None
    except Failed as why:
        return str(why)
    except Exception as why:  # a case that stumbles has failed; the others still count
        return f"{type(why).__name__}: {why}"


def cases(settings):
    for fault in FAULTS:
        if fault.says:
            yield Case(fault, True, settings)
        if fault.during:
            yield Case(fault, False, settings)


def parsed(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("words", metavar="WORD", nargs="*")
    parser.add_argument("--patience", type=int, default=1)
    settings = parser.parse_args()
    settings.program = os.path.abspath(settings.program)
    return settings


def play_all(settings, all_cases, check=None):
    """Play those that were asked for; `check`, a sentence and a function, if all were. Returns the
    exit status."""
    settings.folder = tempfile.mkdtemp(prefix="chaos.")
    n_failed = 0
    try:
        certificates = os.path.join(settings.folder, "certificates")
        os.mkdir(certificates)
        with Server(certificates) as settings.server, \
                concurrent.futures.ThreadPoolExecutor(AT_ONCE) as busy, \
                concurrent.futures.ThreadPoolExecutor(WAITING_AT_ONCE) as waiting:
            chosen = [c for c in all_cases(settings)
                      if not settings.words or any(w in c.sentence for w in settings.words)]
            futures = [(c.sentence, (waiting if c.fault.waits else busy).submit(outcome_of, c.play))
                       for c in chosen]
            if check and not settings.words:
                futures.append((check[0], busy.submit(outcome_of, check[1])))
            for sentence, future in futures:
                why = future.result()
                n_failed += why is not None
                print(f"not ok - {sentence}: {why}" if why else f"ok - {sentence}", flush=True)
            if settings.server.mishaps:
                n_failed += 1
                print(f"not ok - the endpoint itself: {settings.server.mishaps[0]}")
    finally:
        shutil.rmtree(settings.folder, ignore_errors=True)
    n_passed = len(futures) - n_failed
    print(f"{n_passed} passed, {n_failed} failed")
    return 1 if n_failed or n_passed <= 0 else 0


def main():
    settings = parsed("Every fault, one run each.")
    settings.kinds = kinds_of(settings.program)
    return play_all(settings, cases, ("every kind is tried by a fault, or it is said why not",
                                      lambda: check_table(settings.kinds)))


if __name__ == "__main__":
    sys.exit(main())
