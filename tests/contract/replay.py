#!/usr/bin/env python3
"""Episodes that are played again: of runs of our own, of exports in both shapes, of rows.

    tests/contract/replay.py PROGRAM [WORD]...

As run.py, whose means it uses. Needs Python 3 alone.
"""
import json
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run as contract  # noqa: E402
from endpoint import Answer, Endpoint, proper  # noqa: E402
from run import Failed, Run, Stopped, case, equal, row, short, true  # noqa: E402

contract.CASES.clear()  # those of run.py

# Of results.csv, what is a time.
TIMED = re.compile(r"duration|latency|timestamp")

NEAR = {"type": "text_similarity", "name": "near", "evaluation_metric": "fuzzy_match",
        "input": "{{sample.output_text}}", "reference": "{{item.want}}"}
CALLED = {"type": "string_check", "name": "called", "operation": "like",
          "input": "{{sample.output_tools}}", "reference": "look_up"}
BOTH = {"type": "multi", "name": "both", "graders": {"near": NEAR, "called": CALLED},
        "calculate_output": "0.75 * near + 0.25 * called"}


def parallel(*uses):
    return {"recipient": "multi_tool_use.parallel", "arguments": json.dumps(
        {"tool_uses": [{"recipient_name": name, "parameters": what} for name, what in uses]})}


def look(q):
    return {"call": "look_up", "arguments": {"q": q}}


SAY = {"answer": "{{item.want}} {{calls[0].output}}"}
# Everything that a turn can be, and a rollout can come to.
SCRIPTS = {
    "one call": [look("{{item.want}}"), SAY],
    "two in one turn": [{"calls": [look("a"), look("b")]}, SAY],
    "a batch of one": [parallel(("functions.look_up", {"q": "c"})), SAY],
    "a batch to elsewhere": [parallel(("functions.look_up", {"q": "d"}), ("browser.open", {})), SAY],
    "an empty batch": [parallel(), look("e"), SAY],
    "a refused batch": [parallel(("look_up", {"q": "f"})), look("g"), SAY],
    "no batch": [{"recipient": "multi_tool_use.parallel", "arguments": "{}"}, SAY],
    "misaddressed": [look("h"), {"recipient": "look_up", "arguments": '{"q": "i"}'}],
    "cut": [look("j"), look("k"), look("l"), look("m"), SAY],
    "unknown": [{"call": "nowhere", "arguments": {}}, SAY],
    "4xx": [look("missing"), SAY],
    "lost": [look("n"), look("broken"), SAY],
    "no JSON": [{"call": "look_up", "arguments": "q = 1"}, SAY],
    "fails": [look("o"), {"answer": "{{item.nothing}}"}],
    "nothing said": [look("p"), {"answer": ""}],
    "odd text": [{"answer": "Gr\u00fc\u00dfe \"\\\n\t\u2028 \U0001f600"}],
}
MIXED = {"type": "mixture", "policies": [
    {"weight": 1, "policy": {"type": "scripted", "turns": turns}} for turns in SCRIPTS.values()]}


def answer(request):
    """The same to the same call, whenever it comes."""
    call = request.json
    if "missing" in call["arguments"]:
        return Answer(404, "no such thing")
    if "broken" in call["arguments"]:
        return Answer(500)
    return proper(request, json.dumps({"q": call["arguments"], "of": request.item["want"]}))


ROWS = [row(want=w) for w in ("yes", "no", "maybe", "later", "so", "be it")]


def rehearse(policy, script=answer, train=ROWS, valid=tuple(ROWS[:3]), **more):
    args = ["--rollouts", *more.pop("args", [])]
    return Run(script, policy=policy, train=list(train), valid=list(valid), args=args,
               grader=more.pop("grader", BOTH), rollouts=more.pop("rollouts", 5 * len(train)),
               job_keys=more.pop("job_keys", {"max_episode_steps": 4}),
               hyper=more.pop("hyper", {"batch_size": 3, "n_epochs": 2, "eval_interval": 2,
                                        "eval_samples": 4}),
               tool_attempts=2, **more)


def lines(run, kind):
    return [o for o in map(json.loads, run.stdout.splitlines()) if o["type"] == kind]


def untimed(run):
    return [{k: v for k, v in r.items() if not TIMED.search(k)} for r in run.csv]


def told(run, *but):
    """What came of each rollout, but for times and ids."""
    out = []
    for r in lines(run, "rollout"):
        calls = [{k: c[k] for k in ("tool", "kind", "status", "attempts") if k not in but}
                 for c in r["calls"]]
        out.append({k: r[k] for k in ("phase", "step", "line", "sample", "outcome", "reward",
                                      "turns", "why") if k not in but} | {"calls": calls})
    return out


def drift_file(run):
    path = os.path.join(run.out, "drift.jsonl")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as f:
        return f.read()


def calls_of(run):
    """Requests as the endpoint had them, in no order."""
    return sorted((r.json["name"], r.json["arguments"], r.item["want"]) for r in run.requests)


# --- Runs of our own ------------------------------------------------------------------------------

@case("6.1, EV-11", "a run's own replay has its results.csv, but for times, at any number of threads")
def _():
    first = rehearse(MIXED, concurrency=16, threads=2)
    for outcome in ("graded", "graded_cut", "discarded_tool", "policy_failed"):
        true(f"no rollout was {outcome}: {first.outcomes}", first.outcomes.get(outcome))
    kinds = {c["kind"] for r in told(first) for c in r["calls"]}
    for kind in ("ok", "http_4xx", "http_5xx", "unknown_tool", "no_namespace", "bad_batch"):
        true(f"no call was {kind}: {sorted(kinds)}", kind in kinds)
    true("no rollout was misaddressed", first.summary["misaddressed"])
    for threads, concurrency in ((1, 1), (2, 16)):
        again = rehearse({"type": "replay", "from": first.out}, threads=threads,
                         concurrency=concurrency)
        equal("columns", again.header, first.header)
        equal("results.csv", untimed(again), untimed(first))
        equal("rollouts", told(again), told(first))
        equal("requests", calls_of(again), calls_of(first))
        n_calls = sum(len(r["calls"]) for r in told(first))
        equal("drift", again.summary["drift"], {"compared": n_calls, "differ": 0, "first": None})
        equal("drift.jsonl", drift_file(again), "")


@case("6.1", "with tools: recorded nothing is called, and all the same comes of it")
def _():
    first = rehearse(MIXED, concurrency=16, threads=2)
    again = rehearse({"type": "replay", "from": first.out, "tools": "recorded"}, threads=2,
                     concurrency=16, url="http://127.0.0.1:1")
    equal("requests", len(again.requests), 0)
    equal("rollouts", told(again, "attempts", "status", "why"),
          told(first, "attempts", "status", "why"))
    equal("attempts", {c["attempts"] for r in told(again) for c in r["calls"]}, {0})
    equal("results.csv", untimed(again), untimed(first))
    equal("requests that tools were sent", again.tools["look_up"]["requests"], 0)
    true("the plan does not say it", "NO TOOL IS CALLED" in lines(again, "plan")[0]["policy_note"])
    equal("summary", again.summary.get("tools_recorded"), True)
    true("drift was looked for", "drift" not in again.summary)
    with sqlite3.connect(os.path.join(again.out, "run.db")) as db:
        equal("attempts in run.db", db.execute("SELECT sum(attempts) FROM call").fetchone(), (0,))


@case("6.1", "the replay of a replay of a replay is the same again")
def _():
    first = rehearse(MIXED)
    second = rehearse({"type": "replay", "from": first.out, "tools": "recorded"})
    third = rehearse({"type": "replay", "from": second.out})
    equal("results.csv", untimed(third), untimed(first))


@case("6.1", "scores: recorded asks no grader, and says so")
def _():
    first = rehearse(MIXED)
    grader = {"type": "endpoint", "name": "g", "url": "http://127.0.0.1:1/grade"}
    again = rehearse({"type": "replay", "from": first.out, "scores": "recorded"}, grader=grader)
    for was, now in zip(told(first), told(again), strict=True):
        equal("reward", now["reward"], was["reward"])
        equal("outcome", now["outcome"], was["outcome"])
    equal("summary", again.summary.get("scores_recorded"), True)
    true("the plan does not say it", "NOTHING IS GRADED" in lines(again, "plan")[0]["policy_note"])


@case("6.1", "a rollout that was cut is not played where there are more turns")
def _():
    cut = {"type": "scripted", "turns": SCRIPTS["cut"]}
    first = rehearse(cut)
    equal("outcomes", set(first.outcomes), {"graded_cut"})
    again = rehearse({"type": "replay", "from": first.out}, job_keys={"max_episode_steps": 5})
    equal("outcomes", set(again.outcomes), {"policy_failed"})
    true(f"why: {told(again)[0]['why']}", "was cut at turn 4" in told(again)[0]["why"])
    fewer = rehearse({"type": "replay", "from": first.out}, job_keys={"max_episode_steps": 2})
    equal("outcomes", set(fewer.outcomes), {"graded_cut"})


@case("6.1", "behind a call that was lost then and has an answer now there is nothing to play")
def _():
    lost = {"type": "scripted", "turns": SCRIPTS["lost"]}
    first = rehearse(lost)
    equal("outcomes", set(first.outcomes), {"discarded_tool"})
    again = rehearse({"type": "replay", "from": first.out}, script=["fine"])
    equal("outcomes", set(again.outcomes), {"policy_failed"})
    true(f"why: {told(again)[0]['why']}", "recorded rollout ended" in told(again)[0]["why"])
    one = lines(again, "drift")[1]
    equal("drift", (one["recorded"], one["now"], one["call"]), (None, "fine", 2))


@case("1.4", "rows are found by their content, wherever they stand; others fail, by name")
def _():
    first = rehearse({"type": "scripted", "turns": SCRIPTS["one call"]})
    moved = [ROWS[4], {**ROWS[0], "messages": [*ROWS[0]["messages"]]}, row(want="never seen"), ROWS[1]]
    again = rehearse({"type": "replay", "from": first.out}, train=moved)
    equal("outcomes by line", {(r["line"], r["outcome"]) for r in told(again) if r["phase"] == "train"},
          {(1, "graded"), (2, "graded"), (3, "policy_failed"), (4, "graded")})
    note = lines(again, "plan")[0]["policy_note"]
    true(f"note: {note}", "3 of 4 training rows have an episode, one has none and fails" in note
         and "from number 3 on" in note)
    rewards = {(r["line"], r["reward"]) for r in told(again) if r["phase"] == "train" and r["reward"]}
    equal("rows with another row's reward", len({line for line, _ in rewards}), len(rewards))


@case("1.5", "rows of another content are played by their number, which is said")
def _():
    first = rehearse({"type": "scripted", "turns": SCRIPTS["one call"]})
    changed = [{**r, "extra": 1} for r in ROWS]
    again = rehearse({"type": "replay", "from": first.out}, train=changed)
    equal("outcomes", set(again.outcomes), {"graded"})
    note = lines(again, "plan")[0]["policy_note"]
    true(f"note: {note}", "6 of them BY THEIR NUMBER ALONE" in note)


@case("GAP-51", "an answer with a secret in it is the recorded one, though that is masked")
def _():
    secret = "kEy-2-zebra-lantern-quartz-river"
    told_all = ["it is " + secret]
    first = rehearse({"type": "scripted", "turns": SCRIPTS["one call"]}, script=told_all,
                     headers={"X-Key": secret})
    again = rehearse({"type": "replay", "from": first.out}, script=told_all,
                     headers={"X-Key": secret})
    equal("drift", again.summary["drift"]["differ"], 0)
    other = rehearse({"type": "replay", "from": first.out}, script=["it is not " + secret],
                     headers={"X-Key": secret})
    equal("drift", other.summary["drift"]["differ"], other.summary["drift"]["compared"])
    true("a secret in drift.jsonl", secret not in drift_file(other) and "it is not" in drift_file(other))


@case("EV-11", "of an answer that run.db has only the beginning of, that is compared")
def _():
    first = rehearse({"type": "scripted", "turns": SCRIPTS["one call"]}, script=["x" * 100000])
    again = rehearse({"type": "replay", "from": first.out}, script=["x" * 99999])
    equal("drift", again.summary["drift"]["differ"], 0)
    again = rehearse({"type": "replay", "from": first.out}, script=["x" * 60000 + "y" * 40000])
    equal("drift", again.summary["drift"]["differ"], again.summary["drift"]["compared"])
    true("a long text in drift.jsonl", len(drift_file(again).splitlines()[0]) < 6000)
    equal("bytes", json.loads(drift_file(again).splitlines()[0])["now_bytes"], 100000)


@case("EV-11", "an answer that was too long for run.db is not made up")
def _():
    long = {"type": "scripted", "turns": [{"answer": "z" * 100000}]}
    first = rehearse(long, train=ROWS[:1], valid=ROWS[:1], hyper={}, rollouts=1)
    again = rehearse({"type": "replay", "from": first.out}, train=ROWS[:1], valid=ROWS[:1], hyper={},
                     rollouts=1)
    equal("outcomes", set(again.outcomes), {"policy_failed"})
    true(f"why: {told(again)[0]['why']}", "longer than run.db keeps" in told(again)[0]["why"])


@case("4.2", "an answer with a NUL in it is listed whole")
def _():
    first = rehearse({"type": "scripted", "turns": SCRIPTS["one call"]}, script=["a\0b"])
    again = rehearse({"type": "replay", "from": first.out}, script=["a\0b"])
    equal("drift", again.summary["drift"]["differ"], 0)
    again = rehearse({"type": "replay", "from": first.out}, script=["a\0c"])
    one = json.loads(drift_file(again).splitlines()[0])
    equal("texts", (one["recorded"], one["now"]), ("a\0b", "a\0c"))


@case("6.1", "a run.db whose files say otherwise has the rows that it has")
def _():
    first = rehearse({"type": "scripted", "turns": SCRIPTS["one call"]})
    for n in (-5, 1):
        db = sqlite3.connect(os.path.join(first.out, "run.db"))
        with db:
            db.execute("UPDATE file SET n_rows = ?", (n,))
        db.close()
        again = rehearse({"type": "replay", "from": first.out})
        equal(f"outcomes, n_rows {n}", set(again.outcomes), {"graded"})


# --- Exports --------------------------------------------------------------------------------------

class Item:
    """A sample of an export of our own making, as messages with recipients and what came of them."""

    def __init__(self, want, turns, score, said=""):
        self.row = {"messages": [{"name": None, "role": "user", "content": "Find it."}],
                    "tools": [{"type": "function", "function": {
                        "name": "look_up", "description": "Looks it up.",
                        "parameters": {"type": "object", "properties": {"q": {"type": "string"}}},
                        "strict": False}}],
                    "parallel_tool_calls": True, "want": want}
        self.turns, self.score, self.said = turns, score, said

    def spans(self, upper):
        out = []
        for i, (to, text, *output) in enumerate(self.turns):
            at = f"2026-01-01T00:00:{i:02}.000000+00:00"
            kinds = [{"type": "generation", "input": [], "usage": None, "model": None,
                      "output": [{"role": "assistant", "content": text, "recipient": to}]}]
            if output:
                kinds.append({"type": "function", "name": to, "input": text, "output": output[0],
                              "mcp_data": None})
            for data in kinds:
                data["type"] = data["type"].upper() if upper else data["type"]
                out.append({"id": f"span_{i}", "object": "trace.span", "trace_id": f"trace_{i:032}",
                            "parent_id": None, "started_at": at, "ended_at": at, "error": None,
                            "span_data": data, "created_at": at})
        return {"type": "trace", "spans": out}

    def message(self):
        return {"role": "assistant", "content": self.said, "tool_calls": []}

    def of_api(self, number):
        return {"id": f"outputitem_{number}", "status": "pass" if self.score >= 0.5 else "fail",
                "results": [{"score": self.score, "name": "g"}],
                "sample": {"input": [], "output": [self.message()]},
                "datasource_item": {**self.row, "trace": self.spans(True)}}

    def of_download(self, number):
        return {"run_id": "r", "data_source_idx": number, "item": {**self.row, "trace": self.spans(False)},
                "sample": {"trajectory": [], "outputs": [self.message()], "finish_reason": "stop",
                           "sampled_model_name": ""},
                "grades": {"g": self.score}, "grader_samples": {}, "passes": {"g": self.score >= 0.5}}


def q(text):
    return json.dumps({"q": text})


def batch(*uses):
    return json.dumps({"tool_uses": [{"recipient_name": to, "parameters": {"q": text}}
                                     for to, text in uses]})


ONE = "functions.look_up"
ALL = "multi_tool_use.parallel"
REFUSED = ("content_type='system_error' name='MultiToolParseError' text='multi_tool_use call to "
           "\"look_up\" missing namespace or name'")
TEN_STEPS = {"max_episode_steps": 10}
ITEMS = [
    Item("yes", [(ONE, q("a"), '{"q": "a", "n": 1}'), ("all", "yes")], 1.0, "yes"),
    Item("yes", [(ONE, q("b"), '{"q": "b", "n": 1}'), (ONE, q("a"), '{"n": 1, "q": "a"}'),
                 ("all", "yes, it is")], 0.75, "yes, it is"),
    Item("no", [(ALL, batch((ONE, "a"), (ONE, "b")), '[{"q": "a", "n": 1}, {"q": "b", "n": 1.0}]'),
                ("all", "no")], 0.25, "no"),
    Item("no", [(ALL, batch(("look_up", "a")), REFUSED), (ONE, q("c"), "no JSON"), ("all", "no")], 0.0,
         "no"),
    Item("maybe", [(ONE, q("a"), '{"q": "a", "n": 1}'), ("look_up", q("b"))], 0.0),
    Item("maybe", [(ONE, q(str(i)), json.dumps({"q": str(i), "n": 1})) for i in range(9)], 0.0),
]
N_CALLS = [1, 2, 2, 2, 1, 9]
SCORES = [i.score for i in ITEMS]


def exported(name, items=ITEMS, **more):
    """The file, in the shape that its name tells."""
    path = os.path.join(contract.FOLDER, name)
    with open(path, "w", encoding="utf-8") as f:
        if name.endswith(".json"):
            json.dump({"run_id": "r", "run_name": "Step 3", "status": "completed",
                       "total_items": len(items), "items": [x.of_api(i) for i, x in enumerate(items)],
                       **more}, f)
        else:
            for i, x in reversed(list(enumerate(items))):
                f.write(json.dumps(x.of_download(i)) + "\n")
    return path


SHAPES = ("api.json", "download.jsonl")
EXPORT_ROWS = [row(want=w) for w in ("yes", "no", "maybe")]


def replay_export(path, script, threads=1, **spec):
    return rehearse({"type": "replay", "from": path, **spec}, script=script, train=EXPORT_ROWS,
                    valid=EXPORT_ROWS, hyper={"eval_samples": 2}, job_keys=TEN_STEPS, rollouts=3,
                    threads=threads, concurrency=4 * threads)


def evaluated(run):
    return [r for r in told(run) if r["phase"] == "valid"]


@case("6.6", "an export is played as it was recorded, with its scores, and nothing is called")
def _():
    for name in SHAPES:
        run = replay_export(exported(name), [Answer(500)], tools="recorded", scores="recorded")
        rollouts = evaluated(run)
        equal(f"{name}: rewards", [r["reward"] for r in rollouts], SCORES)
        equal(f"{name}: calls", [len(r["calls"]) for r in rollouts], N_CALLS)
        equal(f"{name}: outcomes", [r["outcome"] for r in rollouts], ["graded"] * 5 + ["graded_cut"])
        equal(f"{name}: mean", run.summary["valid"]["reward_mean"], sum(SCORES) / len(SCORES))
        equal(f"{name}: requests", len(run.requests), 0)
        true(f"{name}: none was misaddressed", "look_up" in str(run.summary["misaddressed"]))
        equal(f"{name}: kinds", run.tools[""]["kinds"], {"no_namespace": 1})


@case("6.6, 4.2", "an export is played against tools that answer the same: nothing drifts")
def _():
    def same(request):
        text = json.loads(request.json["arguments"])["q"]
        if text == "c":
            return proper(request, "no JSON")
        return proper(request, '{"n":1.0,"q":' + json.dumps(text) + "}")
    for name in SHAPES:
        run = replay_export(exported(name), same)
        equal(f"{name}: drift", run.summary["drift"]["differ"], 0)
        true(f"{name}: nothing was graded", run.summary["valid"]["reward_mean"] is not None)
        equal(f"{name}: calls", [len(r["calls"]) for r in evaluated(run)], N_CALLS)


@case("6.6", "every answer that is another is listed, in the same order at any number of threads")
def _():
    def other(request):
        text = json.loads(request.json["arguments"])["q"]
        if text == "c":
            return proper(request, "still no JSON")
        if text == "b":
            return proper(request, '{"q": "b", "n": 2}')
        if text == "5":
            return Answer(404, "gone")
        return proper(request, json.dumps({"q": text, "n": 1}))
    want = [(1, 1, 1, "/n"), (2, 0, 2, "/n"), (2, 1, 2, None), (3, 1, 6, None)]
    for name in SHAPES:
        path = exported(name)
        files = set()
        for threads in (1, 2):
            run = replay_export(path, other, threads=threads)
            drift = lines(run, "drift")
            of_valid = [(d["line"], d["sample"], d["call"], d["at"]) for d in drift
                        if d["phase"] == "valid"]
            equal(f"{name}: drift", of_valid, want)
            valid_calls = sum(N_CALLS)
            train_calls = sum(N_CALLS[::2])  # the first sample of each row
            equal(f"{name}: compared", run.summary["drift"]["compared"], valid_calls + train_calls)
            equal(f"{name}: differ", run.summary["drift"]["differ"], len(drift))
            equal(f"{name}: drift.jsonl", list(map(json.loads, drift_file(run).splitlines())), drift)
            files.add(drift_file(run).replace(run.dir, "DIR"))
        equal(f"{name}: drift.jsonl at 1 and 2 threads", len(files), 1)
        one = next(d for d in drift if d["call"] == 6)
        equal(f"{name}: a drift", {k: one[k] for k in ("tool", "arguments", "recorded", "now", "kind")},
              {"tool": "look_up", "arguments": q("5"), "recorded": '{"q": "5", "n": 1}', "now": "gone",
               "kind": "http_4xx"})


@case("1.5", "rows of an export are found by their messages where other fields have changed")
def _():
    items = [Item(str(i), [("all", f"say {i}")], i / 10, f"say {i}") for i in range(4)]
    for i, x in enumerate(items):
        x.row["messages"][0]["content"] = f"Number {i}"
    path = exported("fields.jsonl", items)
    rows = [{"messages": [{"role": "user", "content": f"Number {i}"}], "added": i, "want": "?"}
            for i in (2, 0, 3, 1)]
    run = rehearse({"type": "replay", "from": path, "scores": "recorded"}, train=rows, valid=rows,
                   hyper={"eval_samples": 1}, rollouts=4)
    equal("rewards", [r["reward"] for r in evaluated(run)], [0.2, 0.0, 0.3, 0.1])
    note = lines(run, "plan")[0]["policy_note"]
    true(f"note: {note}", "4 of them recorded with the same messages and other fields" in note)


@case("1.5", "ten rows of an export that say nothing known are found through its permutation")
def _():
    shuffled = [2, 9, 5, 3, 8, 4, 1, 6, 0, 7]
    items = [Item(str(i), [("all", f"say {i}")], i / 10, f"say {i}") for i in shuffled]
    for x in items:
        x.row["messages"][0]["content"] = "Row " + x.row["want"]
    rows = [{"messages": [{"role": "user", "content": f"Now {i}"}], "want": "?"} for i in range(10)]
    for name, n in (("ten.jsonl", 10), ("nine.jsonl", 9)):
        run = rehearse({"type": "replay", "from": exported(name, items[:n]), "scores": "recorded"},
                       train=rows[:n], valid=rows[:n], hyper={"eval_samples": 1}, rollouts=n)
        if n == 10:
            equal("rewards", [r["reward"] for r in evaluated(run)], [i / 10 for i in range(10)])
        else:
            equal("outcomes of nine", set(run.outcomes), {"policy_failed"})


@case("6.6", "a trace whose generation is missing is a turn all the same")
def _():
    one = Item("yes", [(ONE, q("a"), "1"), (ONE, q("b"), "2"), ("all", "yes")], 1.0, "yes")
    trace = one.spans(True)
    del trace["spans"][2]  # the second generation
    one.spans = lambda upper: trace
    run = rehearse({"type": "replay", "from": exported("missing.json", [one])},
                   script=lambda r: proper(r, {"a": "1", "b": "2"}[json.loads(r.json["arguments"])["q"]]),
                   train=EXPORT_ROWS[:1], valid=EXPORT_ROWS[:1], hyper={"eval_samples": 1}, rollouts=1)
    equal("turns and calls", [(r["turns"], len(r["calls"])) for r in evaluated(run)], [(3, 2)])
    equal("drift", run.summary["drift"]["differ"], 0)


# --- Rows -----------------------------------------------------------------------------------------

def talk(*calls, answer=None, ids=True):
    out = [{"role": "assistant", "content": None, "tool_calls": [
        {"id": f"c{i}", "type": "function", "function": {"name": "look_up", "arguments": q(text)}}
        for i, (text, _) in enumerate(calls)]}] if calls else []
    tools = [{"role": "tool", "tool_call_id": f"c{i}", "content": said}
             for i, (_, said) in enumerate(calls) if said is not None]
    out += tools[::-1] if ids else [{k: v for k, v in t.items() if k != "tool_call_id"} for t in tools]
    return out + ([{"role": "assistant", "content": answer}] if answer is not None else [])


@case("DS-5", "the turns that stand in a row are played, and compared with its tool messages")
def _():
    asks = [{"role": "user", "content": "first"}]
    ends = [{"role": "user", "content": "Find it."}]
    rows = [
        {**row(), "messages": asks + talk(("a", "A"), answer="it is a") + ends},
        {**row(), "messages": asks + talk(("a", "A"), ("b", "other"), answer="both") + ends},
        {**row(), "messages": asks + talk(("a", "A"), ("b", "B"), answer="unnamed", ids=False) + ends},
        {**row(), "messages": asks + talk(("c", None), answer="untold") + ends},
        {**row(), "messages": asks + talk(("d", "D")) + ends},
        row(),
    ]
    for r in rows:
        r["want"] = "it is a"

    def upper(request):
        return proper(request, json.loads(request.json["arguments"])["q"].upper())
    run = rehearse({"type": "replay", "from": "rows"}, script=upper, train=rows, valid=rows,
                   hyper={"eval_samples": 1}, rollouts=6)
    got = [(r["line"], r["outcome"], len(r["calls"])) for r in evaluated(run)]
    equal("rollouts", got, [(1, "graded", 1), (2, "graded", 2), (3, "graded", 2), (4, "graded", 1),
                            (5, "policy_failed", 1), (6, "policy_failed", 0)])
    equal("drift", [(d["line"], d["call"], d["recorded"], d["now"]) for d in lines(run, "drift")
                    if d["phase"] == "valid"], [(2, 2, "other", "B")])
    none = rehearse({"type": "replay", "from": "rows", "tools": "recorded"}, train=rows, valid=rows,
                    hyper={"eval_samples": 1}, rollouts=6)
    equal("requests", len(none.requests), 0)
    equal("without tools", [r["outcome"] for r in evaluated(none)],
          ["graded"] * 3 + ["policy_failed"] * 3)
    true("why", "no answer to call 1" in evaluated(none)[3]["why"])


@case("DS-7", "a conversation may stand in a field of its own")
def _():
    rows = [row(want="yes", gold=talk(("a", "A"), answer="yes"))]
    run = rehearse({"type": "replay", "from": "rows", "field": "gold"}, script=["A"], train=rows,
                   valid=rows, hyper={"eval_samples": 1}, rollouts=1)
    equal("outcomes", run.outcomes, {"graded": 2})
    equal("drift", run.summary["drift"], {"compared": 2, "differ": 0, "first": None})


# --- Going on -------------------------------------------------------------------------------------

@case("6.1", "a replay that was stopped goes on, and lists each answer once")
def _():
    def slow(request):
        time.sleep(0.01)
        return answer(request)

    def other(request):
        return proper(request, "other") if '"a"' in request.json["arguments"] else slow(request)
    hyper = {"batch_size": 1, "n_epochs": 2, "eval_interval": 1, "eval_samples": 2}
    first = rehearse({"type": "scripted", "turns": SCRIPTS["two in one turn"]}, hyper=hyper,
                     concurrency=8)
    whole = rehearse({"type": "replay", "from": first.out}, script=other, hyper=hyper, concurrency=8)
    with Endpoint(other) as outer:
        run = rehearse({"type": "replay", "from": first.out}, hyper=hyper, run_timeout_s=1, status=4,
                       url=outer.origin)
        n_stops = 1
        while run.status == 4 and n_stops < 40:
            clean = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
            done = subprocess.run([contract.PROGRAM, "run", "--resume", run.out, "--json", "-q",
                                   "--concurrency", "3"],
                                  cwd=run.dir, capture_output=True, text=True, timeout=contract.LIMIT,
                                  env=clean, check=False)
            run.status, run.err = done.returncode, done.stderr
            n_stops += run.status == 4
    equal(f"status ({short(run.err)})", run.status, 0)
    true(f"stopped {n_stops} times, so nothing went on", n_stops > 1)
    run.stdout = done.stdout
    run.read()
    equal("results.csv", untimed(run), untimed(whole))
    now, then = drift_file(run).splitlines(), drift_file(whole).splitlines()
    equal("lines that stand twice", len(now), len(set(now)))
    equal("lines that a whole run has not", set(line.replace(run.dir, whole.dir) for line in now)
          - set(then), set())
    true(f"{len(now)} of {len(then)} lines", len(now) > len(then) / 2)


# --- What cannot be played ------------------------------------------------------------------------

@case("2.2", "a spec that cannot be played is refused before anything runs, with its place")
def _():
    results = os.path.join(contract.FOLDER, "results.csv")
    with open(results, "w", encoding="utf-8") as f:
        f.write("step,train_mean_reward\n1,0.5\n")
    for spec, words, status in (
            ({}, "a replay needs a record", 2),
            ({"from": 3}, "from is a run folder", 2),
            ({"from": "nowhere"}, "nowhere", 3),
            ({"from": results}, "no rollouts to play again", 2),
            ({"from": "rows", "scores": "recorded"}, "rows have no recorded scores", 2),
            ({"from": "x", "field": "gold"}, "goes with from: rows", 2),
            ({"from": "rows", "tools": "off"}, "tools is live (the default) or recorded", 2),
            ({"from": "rows", "wanted": 1}, "wanted", 2)):
        try:
            run = rehearse({"type": "replay", **spec}, status=None)
        except Stopped as stopped:
            run = stopped.run
        true(f"{spec}: {short(run.err)}", words in run.err)
        equal(f"{spec}: status ({short(run.err)})", run.status, status)
    mixed = {"type": "mixture", "policies": [
        {"weight": 1, "policy": {"type": "replay", "from": "x", "scores": "recorded"}},
        {"weight": 1, "policy": {"type": "oracle"}}]}
    try:
        run = rehearse(mixed, status=None)
    except Stopped as stopped:
        run = stopped.run
    true(short(run.err), "recorded scores and graded ones" in run.err)


@case("6.1", "parts of a mixture play records, and share them")
def _():
    first = rehearse({"type": "scripted", "turns": SCRIPTS["one call"]})
    part = {"type": "replay", "from": first.out}
    run = rehearse({"type": "mixture", "policies": [{"weight": 1, "policy": part},
                                                    {"weight": 1, "policy": part}]})
    equal("results.csv", untimed(run), untimed(first))


if __name__ == "__main__":
    sys.exit(contract.main())
