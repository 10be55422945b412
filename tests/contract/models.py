#!/usr/bin/env python3
"""The policy `model`, looked at from the side of the server that it asks.

    tests/contract/models.py PROGRAM [WORD]...

As run.py, whose means it uses: the endpoint is tool, and model over chat completions and Responses,
at once. Needs Python 3 alone.
"""
import email.utils
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run as contract  # noqa: E402
from endpoint import Answer, proper  # noqa: E402
from run import Run, Stopped, case, equal, row, short, tool_schema, true  # noqa: E402

contract.CASES.clear()  # those of run.py

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
KEY = "kEy-3-zebra-lantern-quartz"


# --- A model that says what a script wants --------------------------------------------------------

def chat(content=None, calls=(), finish=None, usage=(100, 20, 8), **message):
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
    return Answer(body=json.dumps(body))


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


if __name__ == "__main__":
    sys.exit(contract.main())
