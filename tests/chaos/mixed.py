#!/usr/bin/env python3
"""Thousands of rollouts with every fault of an answer mixed in, beside the same rollouts without.

    tests/chaos/mixed.py [--rollouts N] [--seed N] [--patience N] PROGRAM

Which call of which row meets which fault is drawn from the seed before the run, so that it is the
same in every run and known here. All samples of a row meet the same. The run must end by
itself, account for every rollout once, make of each call what the table says, and give the
rollouts that met no fault the very rewards that they have without any. A second run has two hosts,
of which one hangs. `--patience` multiplies the limit of a whole run (sanitizers).
"""
import argparse
import collections
import os
import random
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import BY_NAME, FAULTS, echo  # noqa: E402
from program import Failed, Run, equal, job, kinds_of, row, true  # noqa: E402
from server import Scene, Server  # noqa: E402

LIMIT = 120
TIMEOUT_MS = 2000  # so much that a busy machine does not make a proper answer late
CALLS = 2      # of a rollout
TOUCHED = 0.3  # of the rows
VALID_ROWS = 10
STALE_SHARE = 500  # at most one rollout of so many
ENOUGH = 10000  # rollouts, for every fault to be met
CONCURRENCY = 256
THREADS = 2

MIXED = [f for f in FAULTS if f.mixed]


def draw_plan(settings, n_rows):
    """Which fault a call of a row meets: (row, call) -> Fault. A row meets one or two; every fault
    is drawn once before any is drawn again. Row 0, which is every validation row, meets none."""
    draw = random.Random(settings.seed)
    plan, deck = {}, []
    for n in range(1, n_rows + 1):
        if draw.random() >= TOUCHED:
            continue
        for call in draw.choice(((0,), (1,), (0, 1))):
            deck = deck or draw.sample(MIXED, len(MIXED))
            plan[n, call] = deck.pop()
            if settings.kinds[plan[n, call].kind]["follows"] in ("retried", "lost"):
                break  # the rollout ends here
    return plan


def want_of(n):
    """Right for two rows of three, so that rewards differ."""
    return " ".join([echo({"n": n})] * CALLS) if n % 3 else "something else"


class Mix:
    """A job of `rollouts` training rollouts against one path, with and without faults."""

    def __init__(self, settings):
        self.settings = settings
        self.n_rows = min(500, settings.rollouts // 4)
        self.n_samples = settings.rollouts // self.n_rows
        self.plan = draw_plan(settings, self.n_rows)
        self.clean = self.run("clean", lambda x: BY_NAME["fine"])
        self.mixed = self.run("mixed", self.choose)

    def choose(self, x):
        call = x.call
        return self.plan.get((call["item"]["n"], int(call["arguments"])), BY_NAME["fine"])

    def run(self, name, choose):
        settings = self.settings
        scene = Scene(choose)
        url = settings.server.open("", scene)
        turns = [{"call": "look_up", "arguments": str(i)} for i in range(CALLS)]
        turns.append({"answer": " ".join("{{calls[%d].output}}" % i for i in range(CALLS))})
        body = job([("look_up", url + "/mixed")], turns,
                   {"rollouts_per_step": settings.rollouts // 2,
                    "tool_timeout_ms": TIMEOUT_MS}, batch_size=self.n_rows // 2)
        try:
            run = Run(settings.program, os.path.join(settings.folder, name), body,
                      [row(n, want_of(n)) for n in range(1, self.n_rows + 1)],
                      [row(0, want_of(0))] * VALID_ROWS, LIMIT * settings.patience,
                      settings.server.authority, THREADS, CONCURRENCY)
            run.read()
            equal("what no endpoint should be sent", scene.problems, [])
        finally:
            settings.server.close(scene)
        return run

    def met(self, rollout):
        """The faults that its calls would meet, in order."""
        n = rollout["line"] if rollout["phase"] == "train" else 0
        return [self.plan.get((n, i)) for i in range(CALLS)]

    def untouched(self):
        return [o for o in self.mixed.rollouts if not any(self.met(o))]


def place(rollout):
    return rollout["phase"], rollout["step"], rollout["line"], rollout["sample"]


def accounted_once(mix):
    for run in (mix.clean, mix.mixed):
        everyone = mix.n_rows * mix.n_samples + VALID_ROWS
        equal("rollouts", len(run.rollouts), everyone)
        equal("places", len({place(o) for o in run.rollouts}), everyone)
        equal("trace_ids", len({o["trace_id"] for o in run.rollouts}), everyone)
        counted = collections.Counter(o["outcome"] for o in run.rollouts)
        equal("outcomes in the summary", run.outcomes, dict(counted))
        equal("their sum", sum(run.outcomes.values()), everyone)
        lines = collections.Counter(o["line"] for o in run.rollouts if o["phase"] == "train")
        equal("rollouts of each row", set(lines.values()), {mix.n_samples})
    equal("outcomes without faults", mix.clean.outcomes, {"graded": everyone})


def most_are_untouched(mix):
    share = len(mix.untouched()) / len(mix.mixed.rollouts)
    true(f"{share:.3f} of the rollouts are untouched", 0.6 < share < 0.8)
    met = {f.name for o in mix.mixed.rollouts for f in mix.met(o) if f}
    true(f"{len(met)} faults of {len(MIXED)} were met",
         len(met) == len(MIXED) or mix.settings.rollouts < ENOUGH)


def rewards_of_the_untouched(mix):
    without = {place(o): o for o in mix.clean.rollouts}
    for o in mix.untouched():
        same = without[place(o)]
        equal(f"reward of {place(o)}: {o['outcome']}, {o['why']}", o["reward"], same["reward"])
        equal(f"outcome of {place(o)}", o["outcome"], "graded")
        equal(f"kinds of {place(o)}", [c["kind"] for c in o["calls"]], ["ok"] * CALLS)
    equal("different rewards", {o["reward"] for o in mix.untouched()}, {0.0, 1.0})


def expected(mix, rollout):
    """The kinds of its calls, and its outcome."""
    kinds = []
    for fault in mix.met(rollout):
        kinds.append(fault.kind if fault else "ok")
        if mix.settings.kinds[kinds[-1]]["follows"] in ("retried", "lost"):
            return kinds, "discarded_tool"
    return kinds, "graded"


def touched_as_the_table_says(mix):
    """A connection that an endpoint closes unannounced (close_silently) may be taken for the next
    call before the end of it is seen. That attempt is then `empty`, whatever it would have met; if
    it is the last of a call that is lost anyhow, so is the call. It must stay rare."""
    wrong, raced = collections.Counter(), 0
    for o in mix.mixed.rollouts:
        kinds, outcome = expected(mix, o)
        got = [c["kind"] for c in o["calls"]]
        if outcome == o["outcome"] == "discarded_tool" and got == kinds[:-1] + ["empty"] != kinds:
            raced += 1
            continue
        if got != kinds or o["outcome"] != outcome:
            at = next((i for i, (a, b) in enumerate(zip(got, kinds)) if a != b), 0)
            fault = mix.met(o)[at]
            wrong[f"{fault.name if fault else 'fine'} is {got[at]}"] += 1
    if wrong:
        raise Failed(", ".join(f"{what} ({n})" for what, n in sorted(wrong.items())))
    true(f"{raced} of {len(mix.mixed.rollouts)} rollouts met a stale connection last",
         raced <= len(mix.mixed.rollouts) // STALE_SHARE)


def no_reward_for_the_lost(mix):
    run = mix.mixed
    for phase in ("train", "valid"):
        mine = [o for o in run.rollouts if o["phase"] == phase]
        rewards = [o["reward"] for o in mine if o["outcome"] == "graded"]
        equal("rewards of what was lost", {o["reward"] for o in mine if o["outcome"] != "graded"} - {None}, set())
        said = run.summary[phase]
        true(f"mean {said['reward_mean']}", abs(said["reward_mean"] - sum(rewards) / len(rewards)) < 1e-9)
        penalised = (sum(rewards) - (len(mine) - len(rewards))) / len(mine)
        true(f"penalised mean {said['reward_mean_penalised']}, should be {penalised}",
             abs(said["reward_mean_penalised"] - penalised) < 1e-9)


def one_of_two_hosts_hangs(mix):
    """The first call goes to a host that is well, the second of odd rows to one that hangs."""
    settings = mix.settings
    well, ill = Scene(lambda x: BY_NAME["fine"]), \
        Scene(lambda x: BY_NAME["hang" if x.call["item"]["n"] % 2 else "fine"])
    n_rows, n_samples = 50, 4
    tools = [("well", settings.server.open("", well) + "/a"), ("ill", settings.server.open("", ill) + "/b")]
    turns = [{"call": "well", "arguments": "0"}, {"call": "ill", "arguments": "0"},
             {"answer": "{{calls[0].output}} {{calls[1].output}}"}]
    body = job(tools, turns, {"rollouts_per_step": n_rows * n_samples,
                              "tool_timeout_ms": TIMEOUT_MS // 2}, batch_size=n_rows)
    try:
        run = Run(settings.program, os.path.join(settings.folder, "hosts"), body,
                  [row(n, want_of(n)) for n in range(1, n_rows + 1)], [row(0, want_of(0))],
                  LIMIT * settings.patience, settings.server.authority, THREADS, CONCURRENCY)
    finally:
        settings.server.close(well)
        settings.server.close(ill)
    run.read()
    equal("outcomes", run.outcomes, {"graded": n_rows * n_samples // 2 + 1,
                                     "discarded_tool": n_rows * n_samples // 2})
    equal("kinds of the host that is well", run.tools["well"]["kinds"], {"ok": n_rows * n_samples + 1})
    for o in run.rollouts:
        lost = o["phase"] == "train" and o["line"] % 2
        equal(f"kinds of {place(o)}", [c["kind"] for c in o["calls"]], ["ok", "timeout" if lost else "ok"])
        if o["phase"] == "train":
            equal(f"reward of {place(o)}", o["reward"], None if lost else float(o["line"] % 3 != 0))


CASES = (
    ("every rollout is accounted for once", accounted_once),
    ("about seven rollouts of ten meet no fault, the others meet them all", most_are_untouched),
    ("rollouts that meet no fault have the rewards that they have without any", rewards_of_the_untouched),
    ("every call that meets a fault is what the table says, and so is its rollout", touched_as_the_table_says),
    ("what is lost has no reward, and the means say so", no_reward_for_the_lost),
    ("of two hosts one hangs: only its own rollouts are lost", one_of_two_hosts_hangs),
)


def run_all(settings):
    """How many failed."""
    certificates = os.path.join(settings.folder, "certificates")
    os.mkdir(certificates)
    with Server(certificates) as settings.server:
        try:
            mix = Mix(settings)
        except Failed as why:
            print(f"not ok - a run with faults, and one without, end by themselves: {why}")
            return len(CASES) + 1
        print("ok - a run with faults, and one without, end by themselves", flush=True)
        n_failed = 0
        for sentence, function in CASES:
            try:
                function(mix)
                print(f"ok - {sentence}", flush=True)
            except Exception as why:  # a case that stumbles has failed; the others still count
                n_failed += 1
                name = "" if isinstance(why, Failed) else f"{type(why).__name__}: "
                print(f"not ok - {sentence}: {name}{why}", flush=True)
        if settings.server.mishaps:
            n_failed += 1
            print(f"not ok - the endpoint itself: {settings.server.mishaps[0]}")
        return n_failed


def main():
    parser = argparse.ArgumentParser(description="All faults at once.")
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("--rollouts", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=int, default=1)
    settings = parser.parse_args()
    settings.program = os.path.abspath(settings.program)
    settings.kinds = kinds_of(settings.program)
    settings.folder = tempfile.mkdtemp(prefix="chaos.")
    try:
        n_failed = run_all(settings)
    finally:
        shutil.rmtree(settings.folder, ignore_errors=True)
    print(f"mixed, {settings.rollouts} rollouts, seed {settings.seed}: {'failed' if n_failed else 'passed'}")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
