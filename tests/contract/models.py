#!/usr/bin/env python3
"""The policy `model`, looked at from the side of the server that it asks.

    tests/contract/models.py PROGRAM [WORD]...

As run.py, whose means it uses: the endpoint is tool, and model over chat completions and Responses,
at once. Needs Python 3 alone.
"""
import email.utils
import json
import os
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run as contract  # noqa: E402
from endpoint import Answer, Endpoint, proper  # noqa: E402
from run import Run, Stopped, case, equal, row, short, tool_schema, true  # noqa: E402

contract.CASES.clear()  # those of run.py

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
KEY = "kEy-3-zebra-lantern-quartz"


# --- A model that says what a script wants --------------------------------------------------------

def chat(content=None, calls=(), finish=None, usage=(100, 20, 8), close=False, **message):
    """A completion; `calls` are (name, arguments as literally written)."""
    tool_calls = [{"id": f"call_{i}", "type": "function", "function": {"name": n, "arguments": a}}
                  for i, (n, a) in enumerate(calls)]
    message = {"role": "assistant", "content": content, **({"tool_calls": tool_calls} if calls else {}),
               **message}
    body = {"id": "x", "object": "chat.completion", "model": "m-2", "choices": [
        {"index": 0, "message": message, "finish_reason": finish or ("tool_calls" if calls else "stop")}]}
    if usage:
        prompt, completion, reasoning = usage
        body["usage"] = {"prompt_tokens": prompt, "completion_tokens": completion,
                         "total_tokens": prompt + completion,
                         "completion_tokens_details": {"reasoning_tokens": reasoning}}
    return Answer(body=json.dumps(body), close=close)


def items(*output, usage=(100, 20, 8), **more):
    body = {"id": "x", "object": "response", "status": "completed", "output": list(output), **more}
    if usage:
        prompt, completion, reasoning = usage
        body["usage"] = {"input_tokens": prompt, "output_tokens": completion,
                         "output_tokens_details": {"reasoning_tokens": reasoning}}
    return Answer(body=json.dumps(body))


def text(said, kind="output_text"):
    return {"type": "message", "role": "assistant", "content": [
        {"type": kind, "text" if kind == "output_text" else kind: said}]}


def call_item(name, arguments, call_id="call_0"):
    return {"type": "function_call", "id": "fc_0", "call_id": call_id, "name": name, "arguments": arguments}


def is_model(request):
    return "look_up" not in request.path


def turn_of(request):
    """Number of the turn that a model is asked for, from the calls that it sees."""
    body = request.json
    if "messages" in body:
        return sum("tool_calls" in m for m in body["messages"])
    return sum(i.get("type") == "function_call" for i in body["input"])


def speaks(*turns, output="out"):
    """A script: the model takes these turns in each rollout; tools answer `output`."""
    def script(r):
        if not is_model(r):
            return proper(r, output(r) if callable(output) else output)
        answer = turns[min(turn_of(r), len(turns) - 1)]
        return answer(r) if callable(answer) else answer
    return script


TOOLS = (("look_up", "/look_up"), ("look_up_2", "/look_up_2"))


def asked(script, policy=None, tools=TOOLS, want="So be it.", **more):
    policy = {"type": "model", "url": "ENDPOINT/v1", "model": "m-1", "backoff_ms": 0, **(policy or {})}
    policy = {key: value for key, value in policy.items() if value is not None}
    return Run(script, tools=tools, want=want, policy=policy, args=more.pop("args", ["--rollouts"]), **more)


def of_model(run):
    return [r for r in run.requests if is_model(r)]


def rollouts(run):
    return [o for o in map(json.loads, run.stdout.splitlines()) if o["type"] == "rollout"]


def outcomes(run, **want):
    equal("outcomes", run.outcomes, want)


def why(run, words):
    for r in rollouts(run):
        true(f"why: {r['why']}, should say '{words}'", words in (r["why"] or ""))


SAY = chat("So be it.")


# --- The request ----------------------------------------------------------------------------------

@case("1.4, DS-24", "chat completions: the row's messages and the tools that row and job have, a seed")
def _():
    line = row(tools=["look_up", "nobody"], want="So be it.")
    line["messages"].insert(0, {"role": "developer", "content": "Be brief."})
    run = asked([SAY], train=[line], policy={"api_key": KEY, "headers": {"X-Team": "blue"},
                                             "parameters": {"temperature": 0.7, "stop": ["."]}})
    outcomes(run, graded=2)
    equal("mean", run.summary["train"]["reward_mean"], 1.0)
    for r in of_model(run):
        equal("request line", r.line, f"POST {CHAT} HTTP/1.1")
        equal("Authorization", r.all("Authorization"), ["Bearer " + KEY])
        equal("X-Team", r.all("X-Team"), ["blue"])
        sent = r.json
        seed = sent.pop("seed")
        true(f"seed {seed}", isinstance(seed, int) and 0 <= seed < 2 ** 31)
        tool = tool_schema("look_up")
        tool["function"]["strict"] = False
        equal("request", sent, {
            "model": "m-1", "temperature": 0.7, "stop": ["."], "tools": [tool],
            "messages": [{"role": "developer", "content": "Be brief."},
                         {"role": "user", "content": "Find it."}]})
    places = [run.stdout, run.err]
    for name in os.listdir(run.out):
        with open(os.path.join(run.out, name), encoding="utf-8", errors="replace") as f:
            places.append(f.read())
    true("the key is shown", not any("zebra" in t for t in places))



@case("1.4, DS-24", "Responses: likewise as items and tools of its own form, without a seed")
def _():
    line = row(tools=["look_up"], want="So be it.", parallel_tool_calls=False)
    line["messages"].insert(0, {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]})
    run = asked([items(text("So be it."))], train=[line],
                policy={"api": "responses", "url": "ENDPOINT/v1/", "developer_role": "system",
                        "parameters": {"max_output_tokens": 50}})
    outcomes(run, graded=2)
    equal("mean", run.summary["train"]["reward_mean"], 1.0)
    schema = tool_schema("look_up")["function"]
    for r in of_model(run):
        equal("request line", r.line, f"POST {RESPONSES} HTTP/1.1")
        equal("request", r.json, {
            "model": "m-1", "max_output_tokens": 50, "parallel_tool_calls": False,
            "tools": [{"type": "function", **schema, "strict": False}],
            "input": [{"role": "system", "content": [{"type": "input_text", "text": "Be brief."}]},
                      {"role": "user", "content": "Find it."}]})


@case("DS-23, GAP-24", "a row without tools leaves the job's own, by bare name; one with none has none")
def _():
    bare = {"messages": [{"role": "user", "content": "Find it."}], "want": "So be it."}
    anything = {"type": "object", "properties": {}, "additionalProperties": True}
    run = asked([SAY], train=[bare])
    for r in of_model(run):
        equal("tools", r.json["tools"], [{"type": "function", "function": {"name": n, "parameters": anything}}
                                         for n, _ in TOOLS])
    run = asked([items(text("."))], train=[bare], policy={"api": "responses"})
    equal("tools", of_model(run)[0].json["tools"][0], {"type": "function", "name": "look_up",
                                                       "parameters": anything, "strict": False})
    run = asked([SAY], train=[{**bare, "tools": []}])
    for r in of_model(run):
        true(f"no tools: {short(r.json)}", "tools" not in r.json)


@case("DS-5", "turns that stand in the row are those of the episode, in either API")
def _():
    call = {"id": "call_9", "type": "function", "function": {"name": "look_up", "arguments": "{\"q\": 1}"}}
    line = row(want="So be it.")
    line["messages"] = [{"role": "user", "content": "Find it."},
                        {"role": "assistant", "content": None, "tool_calls": [call]},
                        {"role": "tool", "tool_call_id": "call_9", "content": "nine"},
                        {"role": "assistant", "content": "Nine."},
                        {"role": "user", "content": "Sure?"}]
    run = asked([SAY], train=[line])
    equal("messages", of_model(run)[0].json["messages"], line["messages"])
    run = asked([items(text("So be it."))], train=[line], policy={"api": "responses"})
    equal("input", of_model(run)[0].json["input"], [
        {"role": "user", "content": "Find it."},
        {"type": "function_call", "call_id": "call_9", "name": "look_up", "arguments": "{\"q\": 1}"},
        {"type": "function_call_output", "call_id": "call_9", "output": "nine"},
        {"role": "assistant", "content": "Nine."},
        {"role": "user", "content": "Sure?"}])


@case("GAP-36", "the job's response_format is asked for, in the form of the API; parameters win")
def _():
    schema = {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"],
              "additionalProperties": False}
    keys = {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": True, "schema": schema}}}
    run = asked([chat('{"a":1}')], job_keys=keys)
    outcomes(run, graded=2)
    equal("response_format", of_model(run)[0].json["response_format"], keys["response_format"])
    run = asked([items(text('{"a":1}'))], job_keys=keys, policy={"api": "responses"})
    equal("text", of_model(run)[0].json["text"],
          {"format": {"type": "json_schema", "name": "n", "strict": True, "schema": schema}})
    run = asked([chat('{"a":1}')], job_keys=keys, policy={"parameters": {"response_format": None, "seed": 3}})
    sent = of_model(run)[0].json
    equal("response_format and seed", ("response_format" in sent, sent["seed"]), (False, 3))


@case("ours", "the URL may be the whole of it, with an Azure deployment's api-version")
def _():
    path = "/openai/deployments/d-1/chat/completions?api-version=2025-04-01-preview"
    run = asked([SAY], policy={"url": "ENDPOINT" + path, "headers": {"api-key": KEY}})
    outcomes(run, graded=2)
    for r in of_model(run):
        equal("path", r.path, path)
        equal("api-key", r.all("api-key"), [KEY])
    run = asked([items(text("So be it."))], policy={"url": "ENDPOINT/openai/v1/responses?api-version=preview"})
    equal("path", of_model(run)[0].path, "/openai/v1/responses?api-version=preview")
    run = asked([SAY], policy={"url": "ENDPOINT/openai/deployments/d-1?api-version=1"})
    equal("path", of_model(run)[0].path, "/openai/deployments/d-1/chat/completions?api-version=1")


@case("3.2, 3.7", "the seed is the rollout's: the same in each run, another in each rollout and turn")
def _():
    def seeds():
        run = asked(speaks(chat(calls=[("look_up", "{}")]), SAY), train=[row(want="So be it.")] * 3, rollouts=6)
        return [r.json["seed"] for r in of_model(run)]
    one = seeds()
    equal("seeds of two runs", one, seeds())
    equal("different seeds", len(set(one)), len(one))


# --- Turns ----------------------------------------------------------------------------------------

@case("3.2, 3.7", "a call reaches the tool as written; the model is shown its output, and its own words")
def _():
    arguments = '{ "q" : "x" }'
    run = asked(speaks(chat("Let me see.", calls=[("look_up", arguments)], reasoning_content="Hm."), SAY,
                       output="an \"output\""))
    outcomes(run, graded=2)
    equal("tool calls", run.summary["train"]["tool_calls"], 1)
    equal("turns", run.summary["train"]["turns"], 2)
    for r in run.requests:
        if not is_model(r):
            equal("arguments", r.json["arguments"], arguments)
    last = of_model(run)[-1].json["messages"]
    equal("messages", last, [
        {"role": "user", "content": "Find it."},
        {"role": "assistant", "content": "Let me see.", "reasoning_content": "Hm.", "tool_calls": [
            {"id": "call_0", "type": "function", "function": {"name": "look_up", "arguments": arguments}}]},
        {"role": "tool", "tool_call_id": "call_0", "content": "an \"output\""}])
    with sqlite3.connect(os.path.join(run.out, "run.db")) as db:
        equal("what was said beside calls, as recorded", db.execute("SELECT number, kind, text FROM turn").fetchall(),
              [(0, "text", "Let me see.")] * 2)
        equal("tokens, as recorded", db.execute("SELECT DISTINCT n_turns, n_reasoning, prompt, completion, reasoning"
                                                " FROM tokens").fetchall(), [(2, 2, 200, 40, 16)])


@case("3.2, 3.7", "Responses: all that the model put out is shown to it again, reasoning too")
def _():
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "xyz"}
    calls = [call_item("look_up", '{"q":1}', "c1"), call_item("look_up_2", '{"q":2}', "c2")]
    run = asked(speaks(items(thought, text("Let me see."), *calls), items(text("So be it.")),
                       output=lambda r: "of " + r.json["name"]), policy={"api": "responses"})
    outcomes(run, graded=2)
    equal("input", of_model(run)[-1].json["input"][1:], [
        thought, text("Let me see."), *calls,
        {"type": "function_call_output", "call_id": "c1", "output": "of look_up"},
        {"type": "function_call_output", "call_id": "c2", "output": "of look_up_2"}])


@case("GAP-23", "several calls of one turn are parallel, their outputs in the order of the calls")
def _():
    calls = [("look_up", '{"q":1}'), ("look_up_2", '{"q":2}'), ("nobody", "{}")]
    run = asked(speaks(chat(calls=calls), SAY, output=lambda r: "of " + r.json["name"]),
                train=[row(tools=["look_up", "look_up_2"], want="So be it.")])
    outcomes(run, graded=2)
    equal("turns", run.summary["train"]["turns"], 2)
    equal("tool calls", run.summary["train"]["tool_calls"], 3)
    messages = of_model(run)[-1].json["messages"]
    equal("outputs", [(m["tool_call_id"], m["content"]) for m in messages[2:]],
          [("call_0", "of look_up"), ("call_1", "of look_up_2"), ("call_2", "unknown tool: nobody")])


@case("3.7", "a call to multi_tool_use.parallel is the message that it is; functions.NAME is the tool")
def _():
    uses = {"tool_uses": [{"recipient_name": "functions.look_up", "parameters": {"q": 1}},
                          {"recipient_name": "functions.look_up_2", "parameters": {"q": 2}}]}
    run = asked(speaks(chat(calls=[("multi_tool_use.parallel", json.dumps(uses))]), SAY,
                       output=lambda r: "of " + r.json["name"]))
    outcomes(run, graded=2)
    equal("tool calls", run.summary["train"]["tool_calls"], 2)
    equal("output", of_model(run)[-1].json["messages"][2:],
          [{"role": "tool", "tool_call_id": "call_0", "content": '["of look_up", "of look_up_2"]'}])
    run = asked(speaks(chat(calls=[("multi_tool_use.parallel", '{"tool_uses":[{"recipient_name":"x"}]}')]), SAY))
    outcomes(run, graded=2)
    equal("requests to tools", [r for r in run.requests if not is_model(r)], [])
    true("the refusal is shown", len(of_model(run)[-1].json["messages"]) == 3)
    run = asked(speaks(chat(calls=[("functions.look_up", "{}")]), SAY))
    equal("tool", [r.json["name"] for r in run.requests if not is_model(r)], ["look_up"] * 2)


@case("3.2", "malformed, empty and missing arguments go to the tool as they are; an object as its JSON")
def _():
    for written, sent in (('{"q": ', '{"q": '), ("", ""), (None, ""), ({"q": [1, 2.50]}, '{"q":[1,2.5]}')):
        run = asked(speaks(chat(calls=[("look_up", written)]), SAY))
        outcomes(run, graded=2)
        equal("arguments", [r.json["arguments"] for r in run.requests if not is_model(r)], [sent] * 2)


@case("3.2", "calls without an id, as some servers make them, get one of nine letters and digits")
def _():
    calls = [{"function": {"name": "look_up", "arguments": "{}"}}, {"id": "", "function": {"name": "look_up_2"}}]
    run = asked(speaks(chat(tool_calls=calls), SAY))
    messages = of_model(run)[-1].json["messages"]
    ids = [c["id"] for c in messages[1]["tool_calls"]]
    equal("ids", ids, ["c00000000", "c00000001"])
    equal("outputs", [m["tool_call_id"] for m in messages[2:]], ids)


@case("GAP-12", "calls at the last of max_episode_steps are dropped, and the rollout graded")
def _():
    run = asked(speaks(chat(calls=[("look_up", "{}")])), job_keys={"max_episode_steps": 3})
    outcomes(run, graded_cut=2)
    equal("requests of the model", len(of_model(run)), 6)
    equal("requests of tools", len(run.requests), 10)


@case("GAP-48", "cut at its token limit: graded 0 with truncated_observation_error, calls not made")
def _():
    for answer in (chat("So be it.", finish="length"), chat(calls=[("look_up", '{"q"')], finish="length"),
                   items(text("So be it."), status="incomplete",
                         incomplete_details={"reason": "max_output_tokens"})):
        api = "chat" if b"choices" in answer.bytes else "responses"
        run = asked([answer], policy={"api": api})
        outcomes(run, graded=2)
        equal("mean", run.summary["train"]["reward_mean"], 0.0)
        for r in rollouts(run):
            equal("errors", r["errors"], ["truncated_observation_error"])
        why(run, "the answer was cut off at the model's token limit (GAP-48)")
        equal("requests", len(run.requests), 2)


@case("4.2", "a refusal is an answer without words, graded, and told")
def _():
    for answer in (chat(None, refusal="I cannot."), items(text("I cannot.", kind="refusal"))):
        run = asked([answer], policy={"api": "chat" if b"choices" in answer.bytes else "responses"})
        outcomes(run, graded=2)
        equal("mean", run.summary["train"]["reward_mean"], 0.0)
        why(run, "the model refuses: I cannot.")
        equal("requests", len(run.requests), 2)


@case("4.2", "an answer of nothing is graded too")
def _():
    for answer in (chat(""), chat(None), items()):
        run = asked([answer], policy={"api": "chat" if b"choices" in answer.bytes else "responses"})
        outcomes(run, graded=2)
        equal("mean", run.summary["train"]["reward_mean"], 0.0)


# --- Failures -------------------------------------------------------------------------------------

def answered_first(answer):
    """The first request is answered, so that the rest is no reason to stop."""
    def script(r):
        if r.number == 0:
            return SAY if r.path == CHAT else items(text("So be it."))
        return answer(r) if callable(answer) else answer
    return script


def failed(answer, words, requests, **more):
    """The evaluation is graded; the step's rollout fails, with its reason and no reward."""
    run = asked(answered_first(answer), policy={"attempts": 3, **more.pop("policy", {})}, **more)
    outcomes(run, graded=1, policy_failed=1)
    equal("requests", len(run.requests), 1 + requests)
    bad = [r for r in rollouts(run) if r["outcome"] == "policy_failed"]
    equal("reward", [r["reward"] for r in bad], [None])
    true(f"why: {bad[0]['why']}, should say '{words}'", words in bad[0]["why"])
    equal("penalised", run.summary["train"]["reward_mean_penalised"], -1.0)
    return run


@case("GAP-14", "what may pass is tried again; then the rollout fails, in the server's words")
def _():
    for answer, words in ((Answer(500, '{"error":{"message":"no more memory"}}'),
                           "the model 'm-1': HTTP 500, answered 5xx, 3 attempts (no more memory)"),
                          (Answer(503, '{"error":"loading"}'), "(loading)"),
                          (Answer(429, '{"detail":"slow down"}'), "HTTP 429, answered 4xx, 3 attempts (slow down)"),
                          (Answer(200, "<html>"), "not JSON"),
                          (Answer(200, ""), "no body"),
                          (Answer(200, "[]"), "not an object"),
                          (Answer(200, '{"choices":[]}'), "without choices[0].message"),
                          (Answer(200, '{"error":{"message":"too many at once"}}'),
                           "without choices[0].message, 3 attempts (too many at once)"),
                          (chat("So be", finish="error"), "broke the model's answer off"),
                          (Answer(200, '{"choices":[{"message":"x"}]}'), "without choices[0].message"),
                          (chat(calls=[("", "{}")]), "a tool call that has no name"),
                          (chat(tool_calls=["x"]), "a tool call that has no name"),
                          (Answer.raw(b""), "closed without an answer"),
                          (Answer.raw(SAY.bytes[:-40]), "the connection broke before the answer was whole"),
                          (Answer(200, "x" * (4 * contract.MEGABYTE + 1)), "over its limit")):
        failed(answer, words, 3)
    for answer, words in ((items(text("."), status="failed", error={"message": "lost"}), "(lost)"),
                          (items(status="queued"), "a response that is not completed")):
        failed(answer, words, 3, policy={"api": "responses"})


@case("ours", "what will not pass is not tried again: the rollout fails, in the server's words")
def _():
    failed(Answer(400, '{"error":{"message":"context too long"}}'),
           "HTTP 400, answered 4xx, 1 attempt (context too long)", 1)
    failed(Answer(401, '{"error":{"message":"expired: %s"}}' % KEY), "(expired: *", 1, policy={"api_key": KEY})
    failed(Answer(302, headers=[("Location", "/x")]), "answered with a redirect, which is not followed, 1 attempt", 1)
    failed(Answer(422, '{"object":"error","message":"no such role"}'), "(no such role)", 1)
    failed(Answer(400, '{"error":{"code":"content_filter","message":"filtered"}}'),
           "content filter did not let the request pass", 1)
    failed(chat("So be", finish="content_filter"), "content filter stopped the model", 1)
    failed(items(status="incomplete", incomplete_details={"reason": "content_filter"}),
           "content filter stopped the model", 1, policy={"api": "responses"})


@case("3.2", "more than 128 calls in one turn are not made")
def _():
    failed(chat(calls=[("look_up", "{}")] * 129), "made 129 tool calls in one turn, and 128 are the most", 1)


@case("ours", "a failure that passes costs an attempt and nothing else")
def _():
    def script(r):
        return [Answer(429), Answer(503), Answer.raw(b""), SAY][r.number % 4]
    run = asked(script)
    outcomes(run, graded=2)
    equal("mean", run.summary["train"]["reward_mean"], 1.0)
    equal("requests", len(run.requests), 8)
    why(run, "")


@case("ours", "it waits as long as Retry-After says, in seconds or as a date")
def _():
    def dated(r):
        return email.utils.formatdate(time.time() + 2, usegmt=True)
    for value in (lambda r: "1", dated):
        def script(r):
            return Answer(429, headers=[("Retry-After", value(r))]) if r.number == 0 else SAY
        run = asked(script)
        outcomes(run, graded=2)
        waited = run.requests[1].at - run.requests[0].at
        true(f"waited {waited:.2f} s", 0.9 <= waited < 5)


@case("GAP-14", "a server that hangs costs an attempt's timeout_ms; rollout_timeout_ms ends its turn")
def _():
    def hang(r):
        r.hang()
        return Answer.raw(b"")
    failed(hang, "no complete answer in time, 2 attempts", 2, policy={"timeout_ms": 200, "attempts": 2})
    failed(hang, "rollout_timeout_ms", 1, rollout_timeout_ms=400)


@case("exit 4", "an interrupt while turns are on their way ends the run, and quickly")
def _():
    run = asked(lambda r: r.hang() or Answer.raw(b""), train=[row(want=".")] * 20,
                valid=[row(want=".")] * 20, concurrency=8, threads=2, interrupt=8, status=4)
    true(f"took {run.seconds_to_stop:.1f} s to stop", run.seconds_to_stop < 5)
    equal("ended", run.summary["ended"], "stopped")


def stopped(answer, *says, requests=None, **more):
    """What would fail every rollout ends the run: exit 3."""
    rows = [row(want=".")] * 100
    try:
        asked([answer], train=rows, valid=rows, status=None, **more)
    except Stopped as stop:
        equal("exit status", stop.run.status, 3)
        said = " ".join(stop.run.err.split())
        for words in says:
            true(f"'{words}' is not in {said}", words in said)
        if requests:
            equal("requests", len(stop.run.requests), requests)
        true("the key is shown", "zebra" not in stop.run.err + stop.run.stdout)


@case("ours", "a key, URL or model that the server does not take stops the run at once: exit 3")
def _():
    stopped(Answer(401, '{"error":{"message":"Incorrect API key provided: %s"}}' % KEY),
            "stopped: the model 'm-1': HTTP 401, answered 4xx, 1 attempt (Incorrect API key provided: *",
            "fix: is it the right key?", requests=1, policy={"api_key": KEY})
    stopped(Answer(403), "HTTP 403", requests=1)
    stopped(Answer(404, '{"error":{"message":"The model `m-1` does not exist"}}'),
            "HTTP 404", "(The model `m-1` does not exist)",
            "is there a model 'm-1', and is it asked at", "/v1/chat/completions", requests=1)
    stopped(Answer(301, headers=[("Location", "/x")]), "redirect", requests=1)


@case("ours", "when not one of sixteen turns was answered the run stops, whatever it was: exit 3")
def _():
    stopped(Answer(400, '{"error":{"message":"Unsupported value: temperature"}}'),
            "stopped: no turn was answered, last the model 'm-1': HTTP 400",
            "(Unsupported value: temperature)", requests=16)


@case("ours", "no rollout ends for a stop that --resume makes good: what failed before it is asked again")
def _():
    rows = [row(tools=[], want="So be it.")] * 20
    for bad, status, words in ((Answer(401), 8, "right key"), (Answer(503), 16, "no turn was answered"),
                               (Answer(429, headers=[("Retry-After", "1")]), 16, "no turn was answered")):
        mended = []
        with Endpoint(lambda r: SAY if mended else bad) as server:
            try:
                asked([SAY], tools=(), train=rows, valid=rows, concurrency=status, threads=1, status=None,
                      policy={"url": server.origin + "/v1", "attempts": 2 if status == 16 else 1,
                              "backoff_ms": 0})
            except Stopped as stop:
                run = stop.run
            equal("exit status", run.status, 3)
            true(short(run.err), words in run.err)
            equal("rollouts that ended", [r for r in rollouts(run) if r["outcome"] != "cancelled"], [])
            mended.append(True)
            done = subprocess.run([contract.PROGRAM, "run", "--resume", run.out, "--json", "-q"], cwd=run.dir,
                                  capture_output=True, check=False, timeout=contract.LIMIT)
        summary = json.loads(done.stdout.splitlines()[-1])
        equal("outcomes", {k: n for k, n in summary["outcomes"].items() if n}, {"graded": 40})


@case("ours", "turns that fail before any is answered fail their rollouts once one is, or nothing else comes")
def _():
    rows = [{**row(tools=[], want="So be it."), "messages": [{"role": "user", "content": f"row {n}."}]}
            for n in range(6)]

    for concurrency in (1, 6):
        late = [Answer(429, headers=[("Retry-After", "1")])]

        def script(r):
            if "row 5." in str(r.json["messages"]):
                return late.pop() if late else SAY
            return Answer(400, '{"error":{"message":"no"}}')
        run = asked(script, tools=(), train=rows, valid=rows, concurrency=concurrency, policy={"attempts": 2})
        outcomes(run, graded=2, policy_failed=10)
        for r in rollouts(run):
            true(f"why: {r['why']}", r["outcome"] == "graded" or "(no)" in r["why"])
    run = asked([Answer(400)], tools=(), train=rows, valid=rows[:1], concurrency=6)
    outcomes(run, policy_failed=7)

    def hangs(r):
        if "row 5." in str(r.json["messages"]):
            r.hang()
        return Answer(400)
    run = asked(hangs, tools=(), train=rows, valid=rows[:1], concurrency=6, rollout_timeout_ms=500)
    outcomes(run, policy_failed=7)


@case("3.4", "nobody there: nothing is run, exit 3, N001; somebody who goes away stops the run")
def _():
    try:
        asked([SAY], policy={"url": "http://127.0.0.1:9/v1"}, status=None)
    except Stopped as stop:
        equal("exit status", stop.run.status, 3)
        said = " ".join(stop.run.err.split())
        true(said, "N001" in said and "the model 'm-1'" in said and "1 policy endpoint is out of reach" in said)
        equal("requests", stop.run.requests, [])

    def script(r):
        if r.number >= 4:
            r.endpoint.leave()
            return Answer.raw(b"", reset=True)
        return chat(".", close=True)
    try:
        asked(script, tools=(), train=[row(tools=[], want=".")] * 200, status=None, policy={"attempts": 2})
    except Stopped as stop:
        equal("exit status", stop.run.status, 3)
        true(short(stop.run.err), "is gone" in stop.run.err and "turns found no connection" in stop.run.err)


@case("GAP-25", "max_qps is the policy's own, over all threads; the summary tells of the requests")
def _():
    run = asked([SAY], train=[row(want=".")] * 30, valid=[row(want=".")], concurrency=16, threads=2,
                policy={"max_qps": 20})
    at = sorted(r.at for r in run.requests)[1:]
    true(f"30 requests at 20 a second took {at[-1] - at[0]:.2f} s", 1.2 < at[-1] - at[0] < 4)
    equal("endpoints", [(e["tools"], e["policies"], e["requests"]) for e in run.summary["endpoints"]],
          [(2, 1, 31)])


# --- Tokens ---------------------------------------------------------------------------------------

@case("EV-10", "tokens are means over turns, in results.csv, events.jsonl and the summary")
def _():
    def script(r):
        if not is_model(r):
            return proper(r, "x")
        return chat("So be it.", usage=(200, 50, 10)) if turn_of(r) else \
            chat(calls=[("look_up", "{}")], usage=(100, 20, 5))
    run = asked(script, train=[row(want="So be it.")] * 4, valid=[row(want=".")], concurrency=4)
    cells = run.csv[0]
    equal("completion_tokens_mean", cells["completion_tokens_mean"], "35")
    for name in ("reasoning_tokens_mean", "usage/samples/train_reasoning_tokens_mean",
                 "usage/samples/valid_reasoning_tokens_mean"):
        equal(name, cells[name], "7.5")
    equal("counts", [cells[f"usage/samples/{p}_reasoning_tokens_count"] for p in ("train", "valid")], ["8", "2"])
    equal("summary", run.summary["train"]["policy_tokens"], {
        "turns": 8, "prompt_tokens": 1200, "completion_tokens": 280, "completion_tokens_mean": 35.0,
        "reasoning_tokens": 60, "reasoning_tokens_mean": 7.5})
    with open(os.path.join(run.out, "events.jsonl"), encoding="utf-8") as f:
        data = [e["data"] for e in map(json.loads, f) if e["type"] == "metrics"][0]
    equal("usage", data["usage"], {"samples": {
        "train_reasoning_tokens_mean": 7.5, "train_reasoning_tokens_count": 8.0,
        "valid_reasoning_tokens_mean": 7.5, "valid_reasoning_tokens_count": 2.0}})


@case("EV-10", "a server that does not tell leaves blanks, as a stub does")
def _():
    run = asked([chat("So be it.", usage=None)])
    outcomes(run, graded=2)
    for name, cell in run.csv[0].items():
        if "tokens" in name and "token_usage" not in name:
            equal(name, cell, "")
    true("no tokens are told", "policy_tokens" not in run.summary["train"])


@case("product 3", "of answers that are the same the results are, whatever the threads")
def _():
    def script(r):
        if not is_model(r):
            return proper(r, str(r.item["n"]))
        said = json.dumps(r.json["messages"])
        n = int(said.split("row ")[1].split(".")[0])
        if n == 3:
            return Answer(400, "{}")
        return chat(str(n % 2), usage=(n, n * 2, n)) if turn_of(r) else chat(calls=[("look_up", "{}")], usage=(1, n, 0))

    def cells(run):
        timed = [i for i, name in enumerate(run.header) if name == "timestamp" or "duration" in name or "latency" in name]
        return [[c for i, c in enumerate(line) if i not in timed] for line in run.cells]
    rows = [{**row(want="1", n=n), "messages": [{"role": "user", "content": f"row {n}."}]} for n in range(12)]
    one, two = (asked(script, train=rows, valid=rows, threads=t, concurrency=c) for t, c in ((1, 1), (2, 12)))
    equal("cells", cells(one), cells(two))
    equal("outcomes", one.outcomes, {"graded": 22, "policy_failed": 2})


# --- The spec -------------------------------------------------------------------------------------

def refused(policy, *says):
    try:
        asked([SAY], policy=policy, status=None)
    except Stopped as stop:
        equal(f"exit status, with {short(policy)}", stop.run.status, 2)
        said = " ".join(stop.run.err.split())
        for words in says:
            true(f"'{words}' is not in {said}", words in said)
        equal("requests", stop.run.requests, [])


@case("2.2", "faults in the policy are found before anything runs")
def _():
    refused({"url": None}, "error[J003]", "'url' is missing")
    refused({"url": "ftp://x/v1"}, "error[J005]", "must be an http or https URL with a host")
    refused({"url": "ENDPOINT/v1/responses", "api": "chat"}, "the URL is that of the other API")
    refused({"parameters": {"stream": True}}, "'stream' cannot be a parameter", "answers are read whole")
    refused({"parameters": {"model": "x"}}, "'model' cannot be a parameter")
    refused({"temperature": 1}, "unknown key 'temperature'")
    refused({"attempts": 0}, "attempts must be a whole number from 1 to 10")
    refused({"api_key": KEY, "headers": {"authorization": "x"}}, "api_key is sent as the header Authorization")
    refused({"headers": {"X": 1}}, "a header's value must be text")


@case("docs/policies.md", "every example of a model in the manual is one that is taken")
def _():
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "docs", "policies.md"), encoding="utf-8") as f:
        section = f.read().split("\n## model\n")[1]
    examples = [part.split("```")[0] for part in section.split("```yaml\n")[1:]]
    true(f"{len(examples)} examples", len(examples) >= 6)
    run = asked([SAY])
    names = {**os.environ, "MODEL_KEY": "k1", "AZURE_OPENAI_API_KEY": "k2", "ENTRA_TOKEN": "k3"}
    for example in examples:
        policy = "".join("  " + line for line in example.splitlines(keepends=True))
        with open(os.path.join(run.dir, "example.yaml"), "w", encoding="utf-8") as f:
            f.write("model: m\ntraining_file: train.jsonl\nvalidation_file: valid.jsonl\nmethod:\n"
                    "  type: reinforcement\n  reinforcement:\n    grader: {type: string_check, name: g, "
                    "operation: eq, input: '{{sample.output_text}}', reference: x}\nsimulation:\n" + policy)
        done = subprocess.run([contract.PROGRAM, "check", "example.yaml", "--json"], cwd=run.dir, env=names,
                              capture_output=True, check=False, timeout=contract.LIMIT)
        found = [o for o in json.loads(done.stdout)["findings"] if "/simulation" in str(o["pointer"])]
        equal(f"faults in {example}", found, [])


@case("ours", "a model may be a part of a mixture")
def _():
    run = asked(speaks(chat(calls=[("look_up", "{}")]), SAY), train=[row(want="So be it.")] * 20,
                policy={"type": "mixture", "url": None, "model": None, "backoff_ms": None, "policies": [
                    {"weight": 1, "policy": {"type": "model", "url": "ENDPOINT/v1", "backoff_ms": 0}},
                    {"weight": 1, "policy": {"type": "scripted", "turns": [{"answer": "So be it."}]}}]})
    equal("mean", run.summary["train"]["reward_mean"], 1.0)
    turns = run.summary["train"]["policy_tokens"]["turns"]
    true(f"{turns} turns of the model", 4 <= turns <= 36)
    equal("model", of_model(run)[0].json["model"], "o4-mini-2025-04-16")


if __name__ == "__main__":
    sys.exit(contract.main())
