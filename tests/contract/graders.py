#!/usr/bin/env python3
"""The rules for graders that call out, looked at from the side of whom they call.

    tests/contract/graders.py PROGRAM [WORD]...

As run.py, whose means it uses: endpoint graders (4.9), and judges over chat completions and
Responses (4.5, 4.6). Needs Python 3 alone.
"""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run as contract  # noqa: E402
from endpoint import Answer, proper  # noqa: E402
from run import MEGABYTE, Failed, Run, Stopped, case, equal, row, short, true  # noqa: E402

contract.CASES.clear()  # those of run.py

SAY = {"answer": "So be it."}
ENDPOINT = {"type": "endpoint", "name": "g", "url": "ENDPOINT/grade"}


def scored(score, status=200, **more):
    return Answer(status, json.dumps({"score": score}), **more)


def graded_by(script, grader=None, turns=(SAY,), tools=(), want=".", **more):
    return Run(script, turns=turns, tools=tools, want=want, grader=grader or ENDPOINT,
               grader_backoff_ms=0, args=more.pop("args", ["--rollouts"]), **more)


def rollouts(run):
    return [o for o in map(json.loads, run.stdout.splitlines()) if o["type"] == "rollout"]


def mean(run, phase="train"):
    return run.summary[phase]["reward_mean"]


# --- endpoint -------------------------------------------------------------------------------------

@case("4.9, 4.2, 1.4", "an endpoint grader is sent sample, item and trace_id, to the byte")
def _():
    line = '{"messages":[{"role":"user","content":"Gr\u00fc\u00dfe"}],"n": [1, 2.50],"want":""}'
    item = ('{"messages":[{"name":null,"role":"user","content":"Gr\u00fc\u00dfe"}],"tools":null,'
            '"parallel_tool_calls":true,"n": [1, 2.50],"want":""}')
    sample = ('{"output_text":"a \\"b\\"","output_json":null,"output_tools":[],"choices":[{"index":0,'
              '"message":{"role":"assistant","content":"a \\"b\\"","tool_calls":[]},'
              '"finish_reason":"stop"}],"output_reasoning_summary":null}')
    run = graded_by([scored(0.25)], turns=({"answer": 'a "b"'},), train=[line])
    equal("outcomes", run.outcomes, {"graded": 2})
    equal("requests", len(run.requests), 2)
    for r in run.requests:
        equal("request line", r.line, "POST /grade HTTP/1.1")
        equal("body", r.body.decode(), '{"sample":' + sample + ',"item":' + item +
              ',"trace_id":"' + r.trace + '"}')
        equal("Content-Type", r.all("Content-Type"), ["application/json"])
    equal("mean", mean(run), 0.25)


@case("4.9", "its trace_id is that of the rollout's tool calls")
def _():
    def script(r):
        return scored(1) if r.path == "/grade" else proper(r, "x")
    run = graded_by(script, turns=(contract.LOOK_UP, SAY), tools=(("look_up", "/tool"),),
                    train=[row(want=".")] * 4, concurrency=4)
    equal("outcomes", run.outcomes, {"graded": 5})
    for trace in run.by_trace():
        equal("paths of a trace", [r.path for r in trace], ["/tool", "/grade"])
    equal("traces", len(run.by_trace()), 5)


@case("4.9", "its headers are sent as they are, and are masked wherever they would be shown")
def _():
    secret = "kEy-1-zebra-lantern-quartz"
    run = graded_by([scored(1)], grader={**ENDPOINT, "headers": {"X-Functions-Key": secret}},
                    args=["-v"])
    for r in run.requests:
        equal("X-Functions-Key", r.all("X-Functions-Key"), [secret])
    places = [run.stdout, run.err]
    for name in os.listdir(run.out):
        with open(os.path.join(run.out, name), encoding="utf-8", errors="replace") as f:
            places.append(f.read())
    true("the key is shown", not any(secret in text for text in places))


@case("GR-4, GAP-40", "a score is any number, as it is; true and false are 1 and 0, and remarked on")
def _():
    for body, reward in (('{"score":7}', 7), ('{"score":-1.5e0,"more":[1]}', -1.5),
                         ('{"score":true}', 1), ('{"score":false}', 0)):
        run = graded_by([Answer(body=body)])
        equal(f"mean with {body}", mean(run), reward)
        equal("why", {r["why"] for r in rollouts(run)}, {None})
        notes = {k: n["grades"] for k, n in run.summary["grade_notes"].items()}
        equal(f"notes with {body}", notes, {"boolean_score": 2} if "e}" in body else {})


def lost(script, words, requests, grader=None, error="endpoint_grader_server_error", **more):
    """Every rollout is discarded, with its reason and no reward."""
    run = graded_by(script, grader=grader, **more)
    equal("outcomes", run.outcomes, {"discarded_grader": 2})
    for r in rollouts(run):
        equal("reward", r["reward"], None)
        equal("errors", r["errors"], [error])
        true(f"why: {r['why']}, should say '{words}'", words in r["why"])
    equal("requests", len(run.requests), 2 * requests)
    equal("mean", mean(run), None)
    equal("penalised", run.summary["train"]["reward_mean_penalised"], -1.0)
    return run


@case("4.9, GAP-27, GAP-40", "any failure is tried three times in all, then the rollout is discarded")
def _():
    for answer, words in ((Answer(404, "{}"), "HTTP 404, answered 4xx, 3 attempts"),
                          (scored(1, 500), "HTTP 500, answered 5xx, 3 attempts"),
                          (Answer(302, headers=[("Location", "/x")]), "redirect"),
                          (Answer(200), "no body"),
                          (Answer(200, "no"), "not JSON"),
                          (Answer(200, '{"score": NaN}'), "NaN or Infinity"),
                          (Answer(200, '{"score": -Infinity}'), "NaN or Infinity"),
                          (Answer(200, "[1]"), "not an object"),
                          (Answer(200, '{"reward":1}'), 'without "score"'),
                          (Answer(200, '{"score":null}'), "a score of null"),
                          (Answer(200, '{"score":"0.5"}'), "not a number"),
                          (Answer.raw(b""), "closed without an answer"),
                          (Answer(200, "x" * (MEGABYTE + 1)), "over its limit")):
        lost([answer], words, 3)


@case("EV-16", "grader_attempts is the number of requests in all")
def _():
    lost([Answer(400)], "1 attempt", 1, grader_attempts=1)
    lost([Answer(400)], "4 attempts", 4, grader_attempts=4)


@case("4.9", "a failure that passes costs an attempt and nothing else")
def _():
    def script(r):
        return [Answer(503), Answer(404), scored(0.5)][r.number % 3]
    run = graded_by(script)
    equal("outcomes", run.outcomes, {"graded": 2})
    equal("mean", mean(run), 0.5)
    equal("requests", len(run.requests), 6)
    equal("why", {r["why"] for r in rollouts(run)}, {None})


@case("4.9", "grader_http_timeout_ms is an attempt's time")
def _():
    def script(r):
        if r.number < 2:
            r.hang()
        return scored(1)
    run = graded_by(script, grader_http_timeout_ms=300, grader_attempts=3)
    equal("outcomes", run.outcomes, {"graded": 2})
    equal("requests", len(run.requests), 4)


@case("4.9", "a request over 1,048,576 bytes is not sent, and its rollout discarded by name")
def _():
    plain = len(graded_by([scored(1)], train=[row(tools=[], want=".", pad="")]).requests[0].body)
    room = MEGABYTE - plain
    run = graded_by([scored(1)], train=[row(tools=[], want=".", pad="p" * room)],
                    valid=[row(tools=[], want=".", pad="p" * (room + 1))])
    equal("outcomes", run.outcomes, {"graded": 1, "discarded_grader": 1})
    equal("requests", [len(r.body) for r in run.requests], [MEGABYTE])
    bad = [r for r in rollouts(run) if r["outcome"] == "discarded_grader"]
    equal("errors", [r["errors"] for r in bad], [["endpoint_grader_internal_error"]])
    true(f"why: {bad[0]['why']}", str(MEGABYTE + 1) in bad[0]["why"])


@case("GAP-26", "rate_limit is kept, over all threads")
def _():
    for threads in (1, 2):
        run = graded_by([scored(1)], grader={**ENDPOINT, "rate_limit": 20}, threads=threads,
                        train=[row(want=".")] * 30, valid=[row(want=".")], concurrency=16)
        equal("outcomes", run.outcomes, {"graded": 31})
        at = sorted(r.at for r in run.requests)[1:]
        took = at[-1] - at[0]
        true(f"30 requests at 20 a second took {took:.2f} s", 1.2 < took < 4)


@case("GAP-26, 4.9", "tools and grader at one host are one line of requests, and max_qps is for both")
def _():
    def script(r):
        return scored(1) if r.path == "/grade" else proper(r, "x")
    run = graded_by(script, turns=(contract.LOOK_UP, SAY), tools=(("look_up", "/tool"),),
                    train=[row(want=".")] * 15, valid=[row(want=".")], concurrency=16, max_qps=20)
    at = sorted(r.at for r in run.requests)[2:]
    true(f"30 requests at 20 a second took {at[-1] - at[0]:.2f} s", 1.2 < at[-1] - at[0] < 4)
    equal("hosts", [(e["tools"], e["graders"], e["requests"]) for e in run.summary["endpoints"]],
          [(1, 1, 32)])


@case("GR-2, MU-3", "an endpoint in a multi is asked beside the others; if it is lost all of it is")
def _():
    def grader(formula):
        return {"type": "multi", "name": "m", "calculate_output": formula, "graders": {
            "far": {**ENDPOINT}, "near": {"type": "string_check", "name": "n", "operation": "eq",
                                          "input": "{{sample.output_text}}", "reference": "So be it."}}}
    run = graded_by([scored(0.5)], grader=grader("(far + near) / 2"))
    equal("mean", mean(run), 0.75)
    equal("sub_rewards", run.summary["train"]["sub_rewards"], {"far": 0.5, "near": 1.0})
    lost([Answer(500)], "far: the grader's endpoint: HTTP 500", 3, grader=grader("near"))


@case("GAP-14", "a rollout ends at rollout_timeout_ms also while it is graded")
def _():
    run = graded_by(lambda r: r.hang() or Answer.raw(b""), rollout_timeout_ms=300)
    equal("outcomes", run.outcomes, {"discarded_grader": 2})
    equal("requests", len(run.requests), 2)
    for r in rollouts(run):
        true(f"why: {r['why']}", "rollout_timeout_ms" in r["why"])


@case("exit 4", "an interrupt while grades are under way ends the run, and quickly")
def _():
    run = graded_by(lambda r: r.hang() or Answer.raw(b""), train=[row(want=".")] * 20,
                    valid=[row(want=".")] * 20, concurrency=8, threads=2, interrupt=8, status=4)
    true(f"took {run.seconds_to_stop:.1f} s to stop", run.seconds_to_stop < 5)
    equal("ended", run.summary["ended"], "stopped")
    equal("graded", run.outcomes.get("graded", 0), 0)


@case("exit 4, GAP-26", "an interrupt while a grade waits for its rate, beside workers of the next part")
def _():
    grader = {"type": "multi", "name": "m", "calculate_output": "far + near", "graders": {
        "far": {**ENDPOINT, "rate_limit": 0.5},
        "near": {"type": "python", "name": "p", "source": "def grade(sample, item): return 1.0"}}}
    run = graded_by([scored(1)], grader=grader, train=[row(want=".")] * 20, valid=[row(want=".")] * 20,
                    concurrency=16, interrupt=1, status=4, sandbox="off", grader_workers=4)
    equal("ended", run.summary["ended"], "stopped")


@case("product 3", "the same job and answers give the same results.csv, whatever the threads")
def _():
    def script(r):
        n = r.item["n"]
        return Answer(500) if n == 3 else scored(n / 7)

    def cells(run):
        with open(os.path.join(run.out, "results.csv"), encoding="utf-8") as f:
            lines = [line.rstrip("\n").split(",") for line in f]
        timed = [i for i, name in enumerate(lines[0]) if name == "timestamp" or "duration" in name or "latency" in name]
        return [[c for i, c in enumerate(line) if i not in timed] for line in lines]
    rows = [row(tools=[], want=".", n=n) for n in range(12)]
    one, two = (graded_by(script, train=rows, valid=rows, threads=t, concurrency=c)
                for t, c in ((1, 1), (2, 12)))
    for a, b in zip(zip(*cells(one)), zip(*cells(two))):
        equal(f"column {a[0]}", a, b)
    equal("outcomes", one.outcomes, {"graded": 22, "discarded_grader": 2})


@case("3.4", "nobody at the grader's endpoint: nothing is run, exit 3, N001")
def _():
    try:
        graded_by([scored(1)], grader={**ENDPOINT, "url": "http://127.0.0.1:9/grade"}, status=None)
    except Stopped as why:
        equal("exit status", why.run.status, 3)
        true(f"N001: {short(why.run.err)}", "N001" in why.run.err and "grader 'g'" in why.run.err)
        true(f"{short(why.run.err)}", "1 grader endpoint is out of reach" in why.run.err)
        true("a run folder was made", not os.path.exists(why.run.out))


@case("product 1", "a grader's endpoint that goes away for good stops the run: exit 3")
def _():
    def script(r):
        if r.number >= 4:
            r.endpoint.leave()
            return Answer.raw(b"", reset=True)
        return scored(1, close=True)
    try:
        graded_by(script, train=[row(want=".")] * 200, valid=[row(want=".")], status=None)
    except Stopped as why:
        equal("exit status", why.run.status, 3)
        true(short(why.run.err), "is gone" in why.run.err and "grades found no connection" in why.run.err)
        equal("discarded by tools", '"discarded_tool":0' in why.run.stdout, True)


def refused(grader, *says, **simulation):
    """A fault in the job: exit 2, nothing is run."""
    try:
        graded_by([scored(1)], grader=grader, status=None, **simulation)
    except Stopped as why:
        equal(f"exit status, with {short(grader)}", why.run.status, 2)
        said = " ".join(why.run.err.split())  # long lines are broken
        for text in says:
            true(f"'{text}' is not in {said}", text in said)
        equal("requests", why.run.requests, [])


# --- Judges ---------------------------------------------------------------------------------------

JUDGE = {"type": "score_model", "name": "j", "model": "o3-mini",
         "input": [{"role": "user", "content": "Is {{sample.output_text}} right?"}]}
MODELS = {"o3-mini": {"base_url": "ENDPOINT/openai/v1/", "api_key": "kEy-2-zebra-lantern"}}


def said(content, finish="stop", **message):
    return Answer(body=json.dumps({
        "id": "x", "object": "chat.completion", "model": "o3-mini-2025-01-31",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content, **message},
                     "finish_reason": finish}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
                  "prompt_tokens_details": {"cached_tokens": 64}}}))


def result(value, **more):
    return said(json.dumps({"steps": [{"description": "d", "conclusion": "c"}], "result": value}),
                **more)


def judged(script, grader=None, models=None, **more):
    return graded_by(script, grader={**JUDGE, **(grader or {})}, grader_models=models or MODELS, **more)


@case("4.5", "a judge over chat completions is sent messages, parameters and the structure of its answer")
def _():
    run = judged([result(0.75)], grader={
        "input": [{"role": "system", "content": [{"type": "input_text", "text": "Be {{ item.want }}"},
                                                 {"type": "output_text", "text": "strict"}]},
                  {"role": "user", "type": "message",
                   "content": {"type": "input_text", "text": "{{sample.output_text}}?"}}],
        "sampling_params": {"seed": 7, "reasoning_effort": "low", "max_completions_tokens": 900}},
        models={"o3-mini": {**MODELS["o3-mini"], "model": "judge-1"}}, want="kind")
    equal("mean", mean(run), 0.75)
    for r in run.requests:
        equal("request line", r.line, "POST /openai/v1/chat/completions HTTP/1.1")
        equal("Authorization", r.all("Authorization"), ["Bearer kEy-2-zebra-lantern"])
        sent = r.json
        schema = sent.pop("response_format")
        equal("request", sent, {
            "model": "judge-1", "seed": 7, "reasoning_effort": "low", "max_completion_tokens": 900,
            "messages": [{"role": "system", "content": [{"type": "text", "text": "Be kind"},
                                                        {"type": "text", "text": "strict"}]},
                         {"role": "user", "content": "So be it.?"}]})
        equal("type", schema["type"], "json_schema")
        equal("strict", schema["json_schema"]["strict"], True)
        equal("result", schema["json_schema"]["schema"]["properties"]["result"], {"type": "number"})
    usage = {"prompt_tokens": 200, "completion_tokens": 40, "total_tokens": 240, "cached_tokens": 128}
    equal("tokens", run.summary["model_grader_token_usage_per_model"], {"o3-mini": usage})
    places = [run.stdout, run.err]
    for name in os.listdir(run.out):
        with open(os.path.join(run.out, name), encoding="utf-8", errors="replace") as f:
            places.append(f.read())
    true("the key is shown", not any("zebra" in text for text in places))


@case("4.5", "a judge over Responses likewise")
def _():
    answer = Answer(body=json.dumps({
        "model": "o3-mini-2025-01-31", "status": "completed", "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "content": [
                {"type": "output_text", "text": '{"steps":[],"result":0.5}'}]}],
        "usage": {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15,
                  "input_tokens_details": {"cached_tokens": 0}}}))
    run = judged([answer], grader={"input": [{"role": "developer", "content": "Be strict"},
                                             {"role": "assistant", "content": [
                                                 {"type": "output_text", "text": "{{sample.output_text}}"}]}],
                                   "sampling_params": {"reasoning_effort": "high", "max_tokens": 50}},
                 models={"o3-mini": {**MODELS["o3-mini"], "api": "responses"}})
    equal("mean", mean(run), 0.5)
    sent = run.requests[0].json
    equal("path", run.requests[0].path, "/openai/v1/responses")
    form = sent.pop("text")["format"]
    equal("format", (form["type"], form["strict"]), ("json_schema", True))
    equal("request", sent, {
        "model": "o3-mini", "reasoning": {"effort": "high"}, "max_output_tokens": 50,
        "input": [{"role": "developer", "content": [{"type": "input_text", "text": "Be strict"}]},
                  {"role": "assistant", "content": [{"type": "output_text", "text": "So be it."}]}]})
    equal("tokens", run.summary["model_grader_token_usage_per_model"]["o3-mini"]["total_tokens"], 30)


@case("4.5, 5.3", "what a judge says, and what comes of it")
def _():
    refusal = "model_grader_refusal_error"
    parse = "model_grader_parse_error"
    for answer, reward, errors in (
            (result(1), 1, []), (result(7), 1, []), (result(-3), 0, []),
            (result("good"), 0, [parse]), (result(None), 0, [parse]),
            (said("I would say 0.5 of 1."), 0.5, []), (said('```json\n{"result": 0.25}\n```'), 0.25, []),
            (said("Good."), 0, [parse]), (said(""), 0, [parse]), (said('{"score": 1}'), 0, [parse]),
            (said(None, refusal="I cannot."), 0, [refusal]),
            (said(None, finish="content_filter"), 0, [refusal]),
            (Answer(400, '{"error":{"code":"content_filter","message":"filtered"}}'), 0, [refusal]),
            (said('{"steps":[', finish="length"), 0, ["model_grader_exceeded_max_tokens_error"])):
        run = judged([answer])
        equal("outcomes", run.outcomes, {"graded": 2})
        equal(f"mean with {short(answer.bytes.decode())}", mean(run), reward)
        for r in rollouts(run):
            equal("errors", r["errors"], errors)
        equal("requests", len(run.requests), 2)


@case("5.3", "what a judge refuses with is told on one line, cut between characters")
def _():
    run = judged([said(None, refusal="N\u00f6\n" + "\u20ac\U0001f600" * 100)])
    for r in rollouts(run):
        true(f"why: {r['why']}", r["why"].startswith("the model 'o3-mini' refuses: N\u00f6 \u20ac"))
        true(f"length {len(r['why'].encode())}", 240 < len(r["why"].encode()) < 256)


@case("4.5, GAP-27", "a judge that cannot be sampled gives no grade: the rollout is discarded")
def _():
    more = {"grader": JUDGE, "error": "model_grader_server_error", "grader_models": MODELS}
    lost([Answer(500, '{"error":{"message":"overloaded"}}')],
         "HTTP 500, answered 5xx, 3 attempts (overloaded)", 3, **more)
    run = lost([Answer(401, '{"error":{"message":"no such key kEy-2-zebra-lantern"}}')],
               "HTTP 401, answered 4xx, 1 attempt (no such key *", 1, **more)
    true("a part of the key is shown", "zebra" not in run.stdout + run.err)
    lost([Answer(429, headers=[("Retry-After", "0")])], "HTTP 429", 3, **more)
    lost([Answer(200, '{"choices":[]}')], "without choices[0].message", 3, **more)
    lost([Answer(200, "<html>")], "not JSON", 3, **more)


@case("4.5", "429 waits as long as Retry-After says")
def _():
    def script(r):
        return Answer(429, headers=[("Retry-After", "1")]) if r.number % 2 == 0 else result(1)
    run = judged(script)
    equal("outcomes", run.outcomes, {"graded": 2})
    at = [r.at for r in run.requests]
    true(f"waits {at[1] - at[0]:.2f} and {at[3] - at[2]:.2f} s",
         all(0.95 < b - a < 5 for a, b in zip(at[::2], at[1::2])))


@case("TP-6", "a path that leads nowhere is 0 with its flag, and nobody is asked")
def _():
    run = judged([result(1)], grader={"input": [{"role": "user", "content": "{{item.nope}}"}]})
    equal("outcomes", run.outcomes, {"graded": 2})
    for r in rollouts(run):
        equal("errors", r["errors"], ["invalid_variable_error"])
        true(r["why"], "input/0/content: {{item.nope}}" in r["why"])
    equal("requests", run.requests, [])


LABEL = {"type": "label_model", "name": "l", "model": "o3-mini", "labels": ["good", "fair", "bad"],
         "passing_labels": ["good", "fair"], "input": JUDGE["input"]}


@case("4.6", "a label_model in a multi: a passing label counts 1, another 0")
def _():
    grader = {"type": "multi", "name": "m", "graders": {"label": LABEL}, "calculate_output": "label * 2"}
    for answer, reward, errors in ((result("fair"), 2, []), (result("bad"), 0, []), (said(" good\n"), 2, []),
                                   (result("Good"), 0, ["model_grader_parse_error"]),
                                   (result(1), 0, ["model_grader_parse_error"])):
        run = graded_by([answer], grader=grader, grader_models=MODELS)
        equal(f"mean with {short(answer.bytes.decode())}", mean(run), reward)
        for r in rollouts(run):
            equal("errors", r["errors"], errors)
    schema = run.requests[0].json["response_format"]["json_schema"]["schema"]
    equal("result", schema["properties"]["result"], {"type": "string", "enum": ["good", "fair", "bad"]})


@case("product 4", "a stub asks nobody, is clamped, and is said to be one wherever it is named")
def _():
    stub = {"o3-mini": {"stub": {"score": 3}}}
    run = judged([result(1)], models=stub, args=["--rollouts"])
    equal("mean", mean(run), 1.0)
    equal("requests", run.requests, [])
    note = "a stub: no model is asked, every grade is 1"
    equal("plan", json.loads(run.stdout.splitlines()[0])["grader_notes"], [note])
    equal("graders", [g["note"] for g in run.summary["graders"]], [note])
    equal("tokens", run.summary["model_grader_token_usage_per_model"], {})
    with open(os.path.join(run.out, "events.jsonl"), encoding="utf-8") as file:
        warned = [e["message"] for e in map(json.loads, file) if e["level"] == "warn"]
    equal("events", warned, [f"j is {note}"])
    done = subprocess.run([contract.PROGRAM, "run", run.path, "--out", run.out + "2"], cwd=run.dir,
                          capture_output=True, check=False, timeout=contract.LIMIT)
    equal("times it is said as text", done.stdout.decode().count(note), 2)
    done = subprocess.run([contract.PROGRAM, "grade", run.path, "--row", "1", "--sample", "x"],
                          cwd=run.dir, capture_output=True, check=False, timeout=contract.LIMIT)
    true(done.stdout.decode(), note in done.stdout.decode())
    grader = {"type": "multi", "name": "m", "graders": {"label": LABEL}, "calculate_output": "label"}
    run = graded_by([result(1)], grader=grader, grader_models={"o3-mini": {"stub": {"label": "fair"}}})
    equal("mean", mean(run), 1.0)


@case("GAP-28", "who is given tool calls and asked once is named, and asked once")
def _():
    def asked(run):
        return run.summary["asked_once"], len(run.requests)
    equal("of an endpoint", asked(graded_by([scored(1)])), (["g"], 2))
    equal("of a judge", asked(judged([result(1)])), ([], 2))
    calls = {"input": [{"role": "user", "content": "{{sample.output_tools}}"}]}
    equal("of a judge that sees calls", asked(judged([result(1)], grader=calls)), (["j"], 2))


@case("4.5", "faults in a judge are found before anything runs")
def _():
    refused(JUDGE, "error[J003]", "grader_models does not say who answers for 'o3-mini'",
            "/method/reinforcement/grader/model", "stub: {score: 0.5}")
    refused(LABEL, "cannot be a job's grader", grader_models=MODELS)
    refused({**JUDGE, "range": [1, 0]}, "the lower first", grader_models=MODELS)
    refused({**JUDGE, "sampling_params": {"temperature": 1}}, "takes no temperature", grader_models=MODELS)
    refused(JUDGE, "has a base_url and a stub", grader_models={
        "o3-mini": {"base_url": "ENDPOINT", "stub": {"score": 1}}})
    refused(JUDGE, "the stub for 'o3-mini'", "has no score", grader_models={
        "o3-mini": {"stub": {"label": "good"}}})


@case("5.2, 5.3", "rftsim grade --json tells the reply, the model's name and its tokens")
def _():
    told = {}

    def script(r):
        if r.number == 0:  # while the run goes on: the endpoint is there
            job = os.path.join(contract.FOLDER, str(Run.count), "job.json")
            done = subprocess.run([contract.PROGRAM, "grade", job, "--row", "1", "--sample", "x", "--json"],
                                  cwd=os.path.dirname(job), capture_output=True, check=False,
                                  timeout=contract.LIMIT)
            told.update(json.loads(done.stdout))
        return result(0.5)
    judged(script)
    grader = told["rftsim"]["graders"][0]
    equal("reward", told["reward"], 0.5)
    equal("model", told["metadata"]["sampled_model_name"], "o3-mini-2025-01-31")
    equal("tokens by model", told["model_grader_token_usage_per_model"],
          {"o3-mini-2025-01-31": grader["token_usage"]})
    equal("name", grader["sampled_model_name"], "o3-mini-2025-01-31")
    equal("tokens", grader["token_usage"], {"prompt_tokens": 100, "completion_tokens": 20,
                                            "total_tokens": 120, "cached_tokens": 64})
    equal("field", grader["fields"], [{"key": "input/0/content", "bytes": 11, "text": "Is x right?",
                                       "template": "Is {{sample.output_text}} right?"}])
    true("no key is shown", "zebra" not in json.dumps(told))


if __name__ == "__main__":
    sys.exit(contract.main())
