#!/usr/bin/env python3
"""The rules of the service's tool contract, looked at from the endpoint's side.

    tests/contract/run.py PROGRAM [WORD]...

Runs PROGRAM on small jobs against an endpoint that keeps every byte it receives. One line a case;
with WORDs only the cases that have one of them in their sentence or rule. Needs Python 3 alone.
"""
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from endpoint import Answer, Endpoint, proper  # noqa: E402

MEGABYTE = 1048576
LIMIT = 60  # seconds that any one run may take, sanitizers included

CASES = []
PROGRAM = None
FOLDER = None


class Failed(Exception):
    pass


class Stopped(Exception):
    """A run that was to end before it began."""

    def __init__(self, run):
        super().__init__()
        self.run = run


def case(rule, sentence):
    def add(function):
        CASES.append((f"{sentence} ({rule})", function))
        return function
    return add


def short(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 400 else f"{text[:300]} ... {text[-80:]} [{len(text)}]"


def equal(what, got, want):
    if got == want:
        return
    if isinstance(got, (str, bytes)) and isinstance(want, type(got)):
        at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b),
                  min(len(got), len(want)))
        if at > 100 or len(got) > 300:
            raise Failed(f"{what}: from byte {at} on {short(got[at:at + 200])!r}, "
                         f"should be {short(want[at:at + 200])!r}")
    raise Failed(f"{what}: {short(got)}, should be {short(want)}")


def true(what, holds):
    if not holds:
        raise Failed(what)


# --- Jobs and runs --------------------------------------------------------------------------------

def tool_schema(name):
    return {"type": "function", "function": {
        "name": name, "description": "Looks it up.",
        "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}}}


def row(tools=("look_up",), **more):
    return {"messages": [{"role": "user", "content": "Find it."}],
            "tools": [tool_schema(t) for t in tools], **more}


LOOK_UP = {"call": "look_up", "arguments": {"q": "x"}}
SHOWN = {"answer": "{{calls[0].output}}"}


class Run:
    """One run of the program. What it takes:

    script    of the endpoint
    turns     of the policy, or `policy` for one in place of a scripted one
    train     rows: objects, or lines as they are to stand in the file
    valid     likewise; there is one evaluation, at step 0, before the one step that takes all rows
    tools     [(name, path and query)], all at the endpoint
    grader    in place of string_check on item.want; ENDPOINT in it, and in the simulation block,
              is the endpoint's address
    status    of the exit; None if nothing is to be run: then Stopped is raised
    """

    count = 0

    def __init__(self, script, turns=(LOOK_UP, SHOWN), train=None, valid=None, want=None,
                 tools=(("look_up", "/tool"),), headers=None, concurrency=1, threads=1, args=(),
                 env=None, hyper=None, interrupt=False, rollouts=None, url=None, status=0,
                 job_keys=None, grader=None, policy=None, **simulation):
        Run.count += 1
        self.dir = os.path.join(FOLDER, str(Run.count))
        self.out = os.path.join(self.dir, "out")
        os.mkdir(self.dir)
        more = {} if want is None else {"want": want}
        train = train or [row(tools=[t for t, _ in tools], **more)]
        valid = valid or [train[0]]
        self.write_rows("train.jsonl", train)
        self.write_rows("valid.jsonl", valid)
        with Endpoint(script) as self.endpoint:
            self.job = {
                "model": "o4-mini-2025-04-16", "seed": 1,
                "training_file": "train.jsonl", "validation_file": "valid.jsonl",
                "method": {"type": "reinforcement", "reinforcement": {
                    "tools": [{"name": name, "server_url": (url or self.endpoint.origin) + path,
                               **({"headers": headers} if headers else {})}
                              for name, path in tools],
                    "grader": grader or {
                               "type": "string_check", "name": "g", "operation": "eq",
                               "input": "{{sample.output_text}}",
                               "reference": "{{item.want}}" if "want" in str(train[0]) else ""},
                    "hyperparameters": {"n_epochs": 1, "batch_size": len(train), "eval_samples": 1,
                                        "eval_interval": 1000, "compute_multiplier": 1.0,
                                        **(hyper or {})},
                    **(job_keys or {}),
                }},
                "simulation": {"policy": policy or {"type": "scripted", "turns": list(turns)},
                               "rollouts_per_step": rollouts or len(train),
                               "tool_backoff_ms": 0, "tool_timeout_ms": 20000, **simulation},
            }
            self.path = os.path.join(self.dir, "job.json")
            text = json.dumps(self.job, indent=1).replace("ENDPOINT", self.endpoint.origin)
            with open(self.path, "w", encoding="utf-8") as f:
                f.write(text)
            self.start(concurrency, threads, args, env, interrupt)
        self.requests = self.endpoint.requests
        if status is None:
            raise Stopped(self)
        if status != self.status:
            raise Failed(f"exit status {self.status}, should be {status}: {short(self.err)}")
        if self.endpoint.problems:
            raise Failed(f"the endpoint was sent {self.endpoint.problems[0]}")
        self.read()

    def write_rows(self, name, rows):
        with open(os.path.join(self.dir, name), "w", encoding="utf-8") as f:
            for r in rows:
                f.write((r if isinstance(r, str) else json.dumps(r)) + "\n")

    def start(self, concurrency, threads, args, env, interrupt):
        command = [PROGRAM, "run", self.path, "--out", self.out, "--json",
                   "--threads", str(threads), "--concurrency", str(concurrency), *args]
        if "-v" not in args:
            command.append("-q")
        clean = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        process = subprocess.Popen(command, cwd=self.dir, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env={**clean, **(env or {})})
        self.seconds_to_stop = None
        try:
            if interrupt:
                arrived = self.endpoint.wait_for(lambda: len(self.endpoint.requests) >= interrupt)
                at = time.monotonic()
                process.send_signal(signal.SIGINT)
                process.wait(LIMIT)
                self.seconds_to_stop = time.monotonic() - at
                true("no request came before the interrupt", arrived)
            out, err = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failed(f"did not end within {LIMIT} s") from None
        self.status = process.returncode
        self.stdout, self.err = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def read(self):
        lines = [json.loads(line) for line in self.stdout.splitlines()]
        self.summary = lines[-1] if lines else {}
        equal("type of the last line", self.summary.get("type"), "summary")
        self.outcomes = {k: n for k, n in self.summary["outcomes"].items() if n}
        self.tools = {t["name"]: t for t in self.summary["tools"]}
        with open(os.path.join(self.out, "results.csv"), encoding="utf-8") as f:
            self.header, *self.cells = csv.reader(f)
        self.csv = [dict(zip(self.header, cells)) for cells in self.cells]

    @property
    def kinds(self):
        return self.tools["look_up"]["kinds"]

    def by_trace(self):
        traces = {}
        for r in self.requests:
            traces.setdefault(r.trace, []).append(r)
        return list(traces.values())

    def requests_for(self, tool):
        """How many each rollout made."""
        return [sum(r.json["name"] == tool for r in t) for t in self.by_trace()]


def graded(run, n=2):
    equal("outcomes", run.outcomes, {"graded": n})


def shown(script, want, requests=1, **more):
    """Both rollouts are graded, and the model saw `want`: it repeats what it saw."""
    run = Run(script, want=want, **more)
    graded(run)
    if run.summary["train"]["reward_mean"] != 1.0:
        again = Run(script, turns=(LOOK_UP, {"call": "look_up", "arguments": "{{calls[0].output}}"},
                                   {"answer": "."}), want=want, **more)
        seen = [r.json["arguments"] for r in again.requests]
        raise Failed(f"the model was shown {short(seen[-1])}, should be {short(want)}")
    equal("requests", len(run.requests), 2 * requests)
    return run


def discarded(script, kind, requests=3, turns=(LOOK_UP, SHOWN), **more):
    """Both rollouts are thrown away after `requests` requests each."""
    run = Run(script, turns=turns, want="", **more)
    equal("outcomes", run.outcomes, {"discarded_tool": 2})
    equal("requests of each rollout", run.requests_for("look_up"), [requests] * 2)
    equal("kinds", run.kinds, {kind: 2})
    equal("requests in the summary", run.tools["look_up"]["requests"], 2 * requests)
    return run


def lost(answer, kind, keep=False, **more):
    """Likewise, of answers that are none. As a run in which nothing is ever answered is given up,
    another tool is called first, and answered; its connection is kept for the second only if so
    wished."""
    def script(r):
        if r.json["name"] == "greet":
            return proper(r, "x", close=not keep, headers=() if keep else [("Connection", "close")])
        return answer(r) if callable(answer) else answer
    return discarded(script, kind, turns=({"call": "greet", "arguments": {}}, LOOK_UP, SHOWN),
                     tools=(("greet", "/greet"), ("look_up", "/look_up")), **more)


def refused(script, url, says):
    """Nothing is run, for the endpoint is out of reach: N001, exit 3, no folder."""
    try:
        Run(script, url=url, status=None)
    except Stopped as why:
        equal("exit status", why.run.status, 3)
        true(f"N001, {says}: {short(why.run.err)}", "N001" in why.run.err and says in why.run.err)
        true("a run folder was made", not os.path.exists(why.run.out))
        equal("requests", why.run.requests, [])


# --- The request ----------------------------------------------------------------------------------

@case("3.2, 1.4", "the body of a request is the contract's, to the byte")
def _():
    line = ('{"messages": [{"role": "developer", "content": "Be brief."},'
            '{"content":"Gr\u00fc\u00dfe \\u00e9 \\/ \U0001f600","role":"user","name":"kim"}],'
            ' "price": 1.50, "big":1e3, "want":"","nested":{"a":[1, 2,null]},'
            '"tools":[{"type":"function","function":{"name":"look_up","parameters":{}}},'
            '{"type":"function","function":{"name":"other","strict":true}}]}')
    item = ('{"messages":[{"name":null,"role": "developer","content": "Be brief."},'
            '{"name":"kim","content":"Gr\u00fc\u00dfe \\u00e9 \\/ \U0001f600","role":"user"}],'
            '"tools":[{"type":"function","function":{"name":"look_up","parameters":{},'
            '"strict":false}},'
            '{"type":"function","function":{"name":"other","strict":true}}],'
            '"parallel_tool_calls":true,'
            '"price": 1.50,"big":1e3,"want":"","nested":{"a":[1, 2,null]}}')
    turn = {"call": "look_up", "arguments": {"q": "a \"b\" {{item.nested.a[1]}}",
                                             "price": "{{item.price}}", "deep": {"list": [True]}}}
    run = Run(["x"], turns=(turn, SHOWN), train=[line])
    for r in run.requests:
        sent = r.json
        equal("body", r.body.decode(),
              '{"type":"function_call","id":"' + sent["id"] + '","call_id":"' + sent["call_id"] +
              '","name":"look_up",'
              '"arguments":"{\\"q\\":\\"a \\\\\\"b\\\\\\" 2\\",\\"price\\":1.50,'
              '\\"deep\\":{\\"list\\":[true]}}",'
              '"trace_id":"' + sent["trace_id"] + '","item":' + item + '}')


@case("1.4, DS-8", "a row without tools has tools null, and parallel_tool_calls as the row says")
def _():
    line = '{"parallel_tool_calls":false,"messages":[{"role":"user","content":"q"}],"want":""}'
    run = Run(["x"], train=[line])
    equal("item", run.requests[0].body.decode().partition(',"item":')[2],
          '{"messages":[{"name":null,"role":"user","content":"q"}],"tools":null,'
          '"parallel_tool_calls":false,"want":""}}')


@case("3.2", "arguments that are not JSON are sent as they are")
def _():
    for text in ('{"q": "cut off', ""):
        run = Run(["x"], turns=({"call": "look_up", "arguments": text}, SHOWN), want="x")
        graded(run)
        equal("arguments", run.requests[0].json["arguments"], text)


@case("3.2", "trace_id is trace_ and 32 hex digits, one a rollout; id and call_id are never repeated")
def _():
    turns = (LOOK_UP, {"calls": [LOOK_UP, LOOK_UP]}, {"answer": "."})
    run = Run(["x"], turns=turns, train=[row(want=".")] * 3, concurrency=4, rollouts=6)
    graded(run, 7)
    equal("calls of each trace", [len(t) for t in run.by_trace()], [3] * 7)
    calls = [r.json for r in run.requests]
    for call in calls:
        true(f"trace_id {call['trace_id']}", re.fullmatch("trace_[0-9a-f]{32}", call["trace_id"]))
        true(f"id {call['id']}", re.fullmatch("fc_[0-9A-Za-z]+", call["id"]))
        true(f"call_id {call['call_id']}", re.fullmatch("call_[0-9A-Za-z]+", call["call_id"]))
    equal("different ids", len({c["id"] for c in calls}), len(calls))
    equal("different call_ids", len({c["call_id"] for c in calls}), len(calls))


@case("3.2", "two runs of one job do not use the same trace_ids")
def _():
    one, two = (Run(["x"], want="x") for _ in range(2))
    equal("trace_ids in both", {r.trace for r in one.requests} & {r.trace for r in two.requests},
          set())


@case("GAP-49, GAP-50", "HTTP/1.1 with our headers, nothing of curl's own")
def _():
    run = Run(["x"], want="x")
    for r in run.requests:
        equal("request line", r.line, "POST /tool HTTP/1.1")
        agent = r.all("User-Agent")
        true(f"User-Agent {agent}", len(agent) == 1 and agent[0].startswith("rftsim/"))
        equal("headers", sorted(r.headers), sorted([
            ("Host", f"127.0.0.1:{run.endpoint.port}"), ("Content-Type", "application/json"),
            ("Accept", "application/json"), ("User-Agent", agent[0]),
            ("Content-Length", str(len(r.body)))]))


@case("GAP-49", "the job's headers are sent as they are and win over ours")
def _():
    headers = {"X-Functions-Key": "a:b; c=\"d\", e  f==", "x-lower": "1", "X-Empty": "",
               "content-type": "application/json; charset=utf-8", "ACCEPT": "*/*",
               "User-Agent": "mine/1"}
    run = Run(["x"], want="x", headers=headers)
    for r in run.requests:
        sent = dict(r.headers)
        for name, value in headers.items():
            equal(f"values of {name}", r.all(name), [value])
            true(f"{name} is spelled otherwise: {list(sent)}", name in sent)


@case("GAP-50", "at concurrency 1 every call goes over one connection")
def _():
    def script(r):
        return [Answer(400, "{}"), Answer(500, "{}"), "x"][r.number % 3]
    run = Run(script, train=[row(want="")] * 8)
    true(f"only {len(run.requests)} requests", len(run.requests) > 8)
    equal("connections that carried a request", len({r.connection for r in run.requests}), 1)


@case("GAP-19, GAP-20", "a request of 1,048,576 bytes is sent, one byte more is not")
def _():
    plain = len(Run(["x"], train=[row(want="x", pad="")]).requests[0].body)
    room = MEGABYTE - plain
    over = ('{"error":{"code":413,"message":'
            '"the request to the tool is larger than 1048576 bytes"}}')
    run = Run(["x"], train=[row(want="x", pad="p" * room)],
              valid=[row(want=over, pad="p" * (room + 1))])
    graded(run)
    equal("requests", len(run.requests), 1)
    equal("bytes sent", len(run.requests[0].body), MEGABYTE)
    equal("Expect with a large body", run.requests[0].all("Expect"), [])
    equal("kinds", run.kinds, {"ok": 1, "request_too_large": 1})
    equal("reward of what was sent", run.summary["train"]["reward_mean"], 1.0)
    equal("reward of what was not", run.summary["valid"]["reward_mean"], 1.0)


@case("EV-13", "tool_url append_name puts /NAME after the path, before any query")
def _():
    tools = (("look_up", "/base?key=v"), ("other", "/base/"), ("third", ""))
    turn = {"calls": [{"call": name, "arguments": {}} for name, _ in tools]}
    for form, paths in (("append_name", ["/base/look_up?key=v", "/base/other", "/third"]),
                        ("exact", ["/base?key=v", "/base/", "/"])):
        run = Run(["x"], turns=(turn, SHOWN), tools=tools, tool_url=form, want="x")
        equal(f"paths with {form}", sorted({r.path for r in run.requests}), sorted(paths))
        equal("names", sorted({r.json["name"] for r in run.requests}), ["look_up", "other", "third"])


# --- Errors that the model is shown ---------------------------------------------------------------

@case("3.5, GAP-17", "4xx without output: the body as it came is shown, after one request")
def _():
    for body in ('{ "error" : {"code": "no_such_sku", "n":1.50} }', "Not here.", '["a", 1]',
                 '{"error":"Gr\u00fc\u00dfe"}'):
        run = shown([Answer(404, body)], body)
        equal("kinds", run.kinds, {"http_4xx": 2})


@case("3.5", "4xx with output: the output is shown")
def _():
    shown([Answer(400, '{"error":"x","output":"no \\"q\\" given"}')], 'no "q" given')
    shown([Answer(422, '{"output":{"why": [1, 2]}}')], '{"why":[1,2]}')


@case("GAP-17", "4xx with an empty body: the status is shown")
def _():
    shown([Answer(404)], '{"error":{"status":404}}')


@case("GAP-17", "4xx with bytes that are not UTF-8: they are shown as U+FFFD")
def _():
    shown([Answer(400, b"a\xffb\xc3")], "a\ufffdb\ufffd")


@case("3.5", "after 4xx the rollout goes on to its next call")
def _():
    turns = (LOOK_UP, {"call": "look_up", "arguments": "{{calls[0].output}}"},
             {"answer": "{{calls[1].output}}"})
    run = Run([Answer(403, "go away"), "in"] * 2, turns=turns, want="in")
    graded(run)
    equal("arguments of the second call", run.requests[1].json["arguments"], "go away")
    equal("mean reward", run.summary["train"]["reward_mean"], 1.0)
    equal("errors", run.tools["look_up"]["errors"], 2)


@case("GAP-16", "429 is shown, after one request, whatever Retry-After says")
def _():
    from_ = time.monotonic()
    run = shown([Answer(429, '{"error":"slow"}', headers=[("Retry-After", "30")])],
                '{"error":"slow"}')
    equal("kinds", run.kinds, {"http_429": 2})
    true("waited for Retry-After", time.monotonic() - from_ < 25)


@case("GAP-15", "a redirect is shown and never followed")
def _():
    for status in (301, 302, 303, 307, 308):
        run = shown([Answer(status, '{"moved":1}', headers=[("Location", "/elsewhere")])],
                    '{"moved":1}')
        equal("paths", {r.path for r in run.requests}, {"/tool"})
        equal("kinds", run.kinds, {"redirect": 2})


@case("3.4, GAP-18, GAP-19", "an answer over 1,048,576 bytes is shown as a 413, after one request")
def _():
    want = '{"error":{"code":413,"message":"the tool\'s answer is larger than 1048576 bytes"}}'
    for chunked in (False, True):
        def script(r):
            frame = len(json.dumps({"output": ""}))
            return Answer(body=json.dumps({"output": "x" * (MEGABYTE + 1 - frame)}),
                          chunked=chunked)
        run = shown(script, want)
        equal("kinds", run.kinds, {"answer_too_large": 2})


@case("GAP-19", "an answer of exactly 1,048,576 bytes is accepted")
def _():
    frame = len(json.dumps({"output": ""}))
    output = "x" * (MEGABYTE - frame)
    for chunked in (False, True):
        answer = Answer(body=json.dumps({"output": output}), chunked=chunked)
        run = Run([answer], turns=(LOOK_UP, {"answer": "."}), want=".")
        graded(run)
        equal("kinds", run.kinds, {"ok": 2})
        equal("requests", len(run.requests), 2)


@case("GAP-24", "a tool that the job does not have: nothing is sent, the model is told")
def _():
    turn = {"call": "nosuch", "arguments": {}}
    run = shown(["x"], "unknown tool: nosuch", requests=0, turns=(turn, SHOWN))
    equal("kinds", run.tools[""]["kinds"], {"unknown_tool": 2})


# --- Answers that are accepted --------------------------------------------------------------------

@case("3.3", "the output is shown without its JSON quoting")
def _():
    shown(['a "b" \\ \n\t\u00fc \U0001f600'], 'a "b" \\ \n\t\u00fc \U0001f600')


@case("GAP-21", "an output that is not a string is shown as compact JSON")
def _():
    for given, want in (('{ "a" : [ 1, 2.50, "x y" ] }', '{"a":[1,2.50,"x y"]}'),
                        ("[ ]", "[]"), (" 7 ", "7"), ("true", "true")):
        shown([Answer(body='{"output":' + given + "}")], want)


@case("GAP-22", "an answer with another's call_id, or with none, is accepted")
def _():
    shown([Answer(body='{"call_id":"call_1","id":"fc_1","output":"x"}')], "x")
    shown([Answer(body='{"output":"x"}')], "x")


@case("3.3", "an answer in chunks, after a 100 Continue, or ended by closing, is accepted")
def _():
    shown(lambda r: proper(r, "x", chunked=True), "x")
    bare = b'HTTP/1.1 200 OK\r\n\r\n{"output":"x"}'
    shown([Answer.raw(b"HTTP/1.1 100 Continue\r\n\r\n" + bare)], "x")
    shown([Answer.raw(b'HTTP/1.0 201 Made\r\nConnection: close\r\n\r\n{"output":"x"}')], "x")


# --- Errors that cost the rollout -----------------------------------------------------------------

@case("3.5, EV-16", "5xx three times: the rollout is discarded and sends nothing more")
def _():
    turns = (LOOK_UP, {"call": "other", "arguments": {}}, {"answer": "."})
    for status in (500, 502, 503, 599):
        run = discarded([Answer(status, '{"output":"not shown"}')], "http_5xx", turns=turns,
                        tools=(("look_up", "/a"), ("other", "/b")))
        equal("names", {r.json["name"] for r in run.requests}, {"look_up"})


@case("GAP-13", "tool_attempts 4 makes four requests; 1 makes one")
def _():
    discarded([Answer(500)], "http_5xx", requests=4, tool_attempts=4)
    discarded([Answer(500)], "http_5xx", requests=1, tool_attempts=1)


@case("3.5", "every attempt of a call is the same request")
def _():
    run = discarded([Answer(500)], "http_5xx")
    for attempts in run.by_trace():
        equal("different bodies", len({r.body for r in attempts}), 1)


@case("3.5", "5xx twice and then an answer: graded")
def _():
    run = shown([Answer(500), Answer(503), "third"] * 2, "third", requests=3)
    equal("kinds", run.kinds, {"ok": 2})
    equal("requests in the summary", run.tools["look_up"]["requests"], 6)


@case("GAP-13", "the wait between attempts doubles")
def _():
    run = discarded([Answer(500)], "http_5xx", tool_backoff_ms=60)
    for a, b, c in run.by_trace():
        true(f"{b.at - a.at:.3f} s before the second attempt", b.at - a.at >= 0.055)
        true(f"{c.at - b.at:.3f} s before the third", c.at - b.at >= 0.115)


@case("EV-4", "a discarded rollout leaves the graded mean alone and counts -1 in train_mean_reward")
def _():
    def script(r):
        return Answer(500) if r.item["n"] == 2 else "x"
    run = Run(script, train=[row(n=n, want="x") for n in range(4)], concurrency=4)
    equal("outcomes", run.outcomes, {"graded": 4, "discarded_tool": 1})
    train = run.summary["train"]
    equal("mean over the graded", train["reward_mean"], 1.0)
    equal("penalised mean", train["reward_mean_penalised"], 0.5)
    cells = run.csv[0]
    equal("train_mean_reward", float(cells["train_mean_reward"]), 0.5)
    equal("train_reward_mean", float(cells["scores/graders/string_check/g/train_reward_mean"]), 1.0)
    equal("graded observations",
          cells["errors/graders/string_check/g/errors/train_other_error_count"], "3")


@case("GAP-14", "2xx with a body that is not a JSON object: as 5xx, named for what it is")
def _():
    for answer in (Answer(body="<html><body>Hello</body></html>"), Answer(body='{"output":"cut off'),
                   Answer(body='{"output":"x"} trailing'), Answer(body=b'{"output":"\xff"}')):
        discarded([answer], "malformed")
    for body in ('"text"', "[1]", "null", "17"):
        discarded([Answer(body=body)], "not_object")
    discarded([Answer(204)], "no_body")
    discarded([Answer()], "no_body")


@case("GAP-14", "2xx without output: as 5xx, named no_output")
def _():
    for body in ("{}", '{"result":"x"}', '{"Output":"x"}'):
        discarded([Answer(body=body)], "no_output")


@case("GAP-14", "malformed twice and then an answer: graded")
def _():
    shown([Answer(body="<html>"), Answer(body="{}"), "x"] * 2, "x", requests=3)


@case("GAP-14", "the connection closed without an answer: as 5xx, named empty")
def _():
    lost(Answer.raw(b""), "empty")
    lost(Answer.raw(b"", reset=True), "empty")


@case("GAP-14", "a kept connection closed without an answer: three requests, no hidden fourth")
def _():
    lost(Answer.raw(b""), "empty", keep=True)


@case("GAP-14", "an endpoint that closes after every answer, without saying so, costs no rollout")
def _():
    def script(r):
        return proper(r, "x", close=True)
    rows = [row(want="x")] * 4
    graded(Run(script, turns=(LOOK_UP, LOOK_UP, LOOK_UP, SHOWN), train=rows, concurrency=4), 5)


@case("GAP-14", "the connection closed in the middle of an answer: as 5xx, named cut")
def _():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    lost(Answer.raw(head + b'Content-Length: 100\r\n\r\n{"output":'), "cut")
    lost(Answer.raw(head + b'Transfer-Encoding: chunked\r\n\r\ne\r\n{"output":"x"}\r\n'),
         "cut")


@case("GAP-14", "the connection closed in the middle of the headers: as 5xx, named cut")
def _():
    lost(Answer.raw(b"HTTP/1.1 200 OK\r\nContent-Ty"), "cut")


@case("GAP-14", "an answer that is not HTTP: as 5xx, named not_http")
def _():
    lost(Answer.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "not_http")


@case("GAP-14", "no answer in time: as 5xx, named timeout")
def _():
    def script(r):
        r.hang()
        return Answer.raw(b"")
    lost(script, "timeout", tool_timeout_ms=150)


@case("GAP-14", "half an answer and then nothing: as 5xx, named timeout")
def _():
    half = Answer.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"output":')
    half.close = False
    lost(half, "timeout", tool_timeout_ms=150)


@case("run", "when no call got any answer the run ends with status 3 and keeps its summary")
def _():
    run = Run([Answer.raw(b"")], want="", status=3)
    equal("ended", run.summary["ended"], "failed")
    equal("outcomes", run.outcomes, {"discarded_tool": 1})
    equal("requests", len(run.requests), 3)


@case("GAP-14", "timed out once and then an answer: graded")
def _():
    def script(r):
        if r.number % 2 == 0:
            r.hang()
            return Answer.raw(b"")
        return "x"
    shown(script, "x", requests=2, tool_timeout_ms=500)


# --- Turns ----------------------------------------------------------------------------------------

@case("GAP-23", "calls of one turn are in flight together; their outputs keep the order of the calls")
def _():
    together = []
    answered = {}

    def script(r):
        same = [x for x in r.endpoint.requests if x.trace == r.trace]
        both = r.endpoint.wait_for(
            lambda: sum(x.trace == r.trace for x in r.endpoint.requests) == 3, 5)
        together.append(both)
        n = int(r.json["arguments"])
        # the last call is answered first
        r.endpoint.wait_for(lambda: answered.get(r.trace, 3) == n + 1, 5)
        if n < 2:
            time.sleep(0.02)  # the answer before this one is on its way
        answered[r.trace] = n
        r.endpoint.told()
        return f"output {n}" if same else ""
    turn = {"calls": [{"call": "look_up", "arguments": str(n)} for n in range(3)]}
    answer = {"answer": "{{calls[0].output}}, {{calls[1].output}}, {{calls[2].output}}"}
    run = Run(script, turns=(turn, answer), want="output 0, output 1, output 2")
    equal("three arrived before any was answered", together, [True] * 6)
    graded(run)
    equal("mean reward", run.summary["train"]["reward_mean"], 1.0)
    equal("turns", run.summary["train"]["turns"], 2)


@case("GAP-23, 3.5", "one call of a turn fails for good: the rollout is discarded, the other is not repeated")
def _():
    def script(r):
        return Answer(500) if r.json["arguments"] == "0" else "x"
    turn = {"calls": [{"call": "look_up", "arguments": str(n)} for n in range(2)]}
    run = Run(script, turns=(turn, LOOK_UP, SHOWN), want="")
    equal("outcomes", run.outcomes, {"discarded_tool": 2})
    for trace in run.by_trace():
        equal("arguments", sorted(r.json["arguments"] for r in trace), ["0", "0", "0", "1"])


@case("GAP-12", "calls in turn max_episode_steps are dropped, the rollout is graded on an empty answer")
def _():
    turns = [{"call": "look_up", "arguments": str(n)} for n in range(3)] + [{"answer": "done"}]
    run = Run(["x"], turns=turns, want="", job_keys={"max_episode_steps": 3})
    equal("outcomes", run.outcomes, {"graded_cut": 2})
    equal("arguments of each rollout", [[r.json["arguments"] for r in t] for t in run.by_trace()],
          [["0", "1"]] * 2)
    equal("mean reward", run.summary["train"]["reward_mean"], 1.0)
    run = Run(["x"], turns=turns, want="done", job_keys={"max_episode_steps": 4})
    graded(run)
    equal("requests", len(run.requests), 6)


@case("GAP-12, 3.6", "max_episode_steps is 10 unless the job says otherwise")
def _():
    run = Run(["x"], turns=[LOOK_UP] * 10 + [{"answer": "done"}], want="")
    equal("outcomes", run.outcomes, {"graded_cut": 2})
    equal("requests", len(run.requests), 18)
    run = Run(["x"], turns=[LOOK_UP] * 9 + [{"answer": "done"}], want="done")
    graded(run)


@case("GAP-12", "a turn of several calls is one turn")
def _():
    turns = [{"calls": [LOOK_UP] * 4}, {"answer": "done"}]
    run = Run(["x"], turns=turns, want="done", job_keys={"max_episode_steps": 2})
    graded(run)
    equal("requests", len(run.requests), 8)


@case("fidelity", "a template that resolves nowhere fails the policy and is named with its file and line")
def _():
    run = Run(['{"a":1}'], turns=(LOOK_UP, {"answer": "{{calls[0].output.nosuch}}"}), want="")
    equal("outcomes", run.outcomes, {"policy_failed": 2})
    first = run.summary["first"].get("policy_failed", "")
    true(f"the template is not named: {first}", "calls[0].output.nosuch" in first)
    true(f"no file and line: {first}", re.search(r"\.jsonl?:\d+", first))


@case("3.8", "validation rollouts call the tools too, and first")
def _():
    run = Run(["x"], train=[row(want="x", n="train")], valid=[row(want="x", n="valid")])
    equal("items", [r.item["n"] for r in run.requests], ["valid", "train"])


# --- What the model literally writes --------------------------------------------------------------

PARALLEL = "multi_tool_use.parallel"
NO_NAMESPACE = ("content_type='system_error' name='MultiToolParseError' "
                "text='multi_tool_use call to \"{}\" missing namespace or name'")
RESULT = {"answer": "{{turns[0].output}}"}


def uses(*pairs):
    return {"tool_uses": [{"recipient_name": name, "parameters": parameters}
                          for name, parameters in pairs]}


def message(recipient, arguments):
    return {"recipient": recipient, "arguments": arguments}


def told(turn, want, requests=0, script=("x",), **more):
    """What the model gets of `turn`, at its end, is `want`; returns the run."""
    return shown(list(script), want, requests=requests, turns=(turn, RESULT), **more)


def tools_seen(turns, want, **more):
    """Graders see `want` as sample.output_tools."""
    grader = {"type": "string_check", "name": "g", "operation": "eq",
              "input": "{{sample.output_tools}}",
              "reference": json.dumps(want, separators=(",", ":"), ensure_ascii=False)}
    run = Run(["x"], turns=turns, want=".", job_keys={"grader": grader, **more.pop("job_keys", {})},
              **more)
    if run.summary["train"]["reward_mean"] != 1.0:
        raise Failed(f"sample.output_tools is not {short(grader['reference'])}")
    return run


def entry(number, name, arguments):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


@case("3.7, 6.6", "a message to functions.NAME is a call of the tool, under its bare name")
def _():
    for arguments, sent in (({"q": ["x"]}, '{"q":["x"]}'), ("{broken", "{broken"), ("", "")):
        run = told(message("functions.look_up", arguments), "x", requests=1)
        equal("names", {r.json["name"] for r in run.requests}, {"look_up"})
        equal("arguments", {r.json["arguments"] for r in run.requests}, {sent})
    tools_seen((message("functions.look_up", '{"q":1}'), {"answer": "."}),
               [entry("", "look_up", '{"q":1}')])


@case("3.7, GAP-23, 4.2", "a batch that the model wrote has every effect of a turn written as calls")
def _():
    calls = [("look_up", {"q": "x", "n": [1, 2]}), ("other", {})]
    batch = uses(*((f"functions.{name}", parameters) for name, parameters in calls))
    turns = [message(PARALLEL, batch), message(PARALLEL, json.dumps(batch, indent=2)),
             {"calls": [{"call": name, "arguments": p} for name, p in calls]}]
    seen = []
    for turn in turns:
        run = tools_seen((turn, {"answer": "."}),
                         [entry(str(i), f"functions.{name}", json.dumps(p))
                          for i, (name, p) in enumerate(calls)],
                         tools=(("look_up", "/a"), ("other", "/b")),
                         job_keys={"max_episode_steps": 2})
        graded(run)
        equal("turns", run.summary["train"]["turns"], 2)
        sent = [[(r.path, r.json["name"], r.json["arguments"]) for r in t] for t in run.by_trace()]
        cells = [[c[h] for h in run.header if not re.match(".*(duration|latency)|timestamp", h)]
                 for c in run.csv]
        seen.append((sorted(map(sorted, sent)), cells, run.summary["cut_if_steps_were_calls"]))
    equal("requests", seen[0][0][0], [("/a", "look_up", '{"q": "x", "n": [1, 2]}'),
                                      ("/b", "other", "{}")])
    equal("as text", seen[1], seen[0])
    equal("as calls", seen[2], seen[0])


@case("3.7, GAP-23", "calls of a batch are in flight together; the model gets the array of their outputs")
def _():
    together = []

    def script(r):
        together.append(r.endpoint.wait_for(
            lambda: sum(x.trace == r.trace for x in r.endpoint.requests) == 3, 5))
        if r.json["arguments"] == '{"n": 0}':
            time.sleep(0.02)  # the first call is answered last
        return ['{"eligible": true, "n": 1.50}', "plain \"text\"", "[]"][
            json.loads(r.json["arguments"])["n"]]
    batch = uses(*(("functions.look_up", {"n": n}) for n in range(3)))
    run = Run(script, turns=(message(PARALLEL, batch), RESULT),
              want='[{"eligible": true, "n": 1.50}, "plain \\"text\\"", []]')
    graded(run)
    equal("all three arrived before any was answered", together, [True] * 6)
    equal("mean reward", run.summary["train"]["reward_mean"], 1.0)


@case("3.7, 4.2", "a batch of one is a batch: an array of one output, and a number for an id")
def _():
    for turn in (message(PARALLEL, uses(("functions.look_up", {"q": "x"}))), {"calls": [LOOK_UP]}):
        told(turn, '["x"]', requests=1)
        tools_seen((turn, {"answer": "."}), [entry("0", "functions.look_up", '{"q": "x"}')])
    told(LOOK_UP, "x", requests=1)


@case("3.7, GAP-52", "a call of a batch without functions.: nothing is sent, the recorded text, and on it goes")
def _():
    batch = uses(("functions.look_up", {}), ("calculate", {"q": 1}), ("other", {}))
    run = told(message(PARALLEL, batch), NO_NAMESPACE.format("calculate"), args=["-v"])
    equal("kinds", run.tools[""]["kinds"], {"no_namespace": 2})
    equal("tool calls", run.summary["train"]["tool_calls"], 1)
    true("-v does not say whose text it is",
         re.search(r"^< no_namespace .*\(text: recorded\) content_type=", run.err, re.M))
    told(message(PARALLEL, uses(("functions.", {}))), NO_NAMESPACE.format("functions."))
    again = Run(["x"], turns=(message(PARALLEL, batch), LOOK_UP, {"answer": "{{calls[1].output}}"}),
                want="x")
    graded(again)
    equal("requests", len(again.requests), 2)
    equal("mean reward", again.summary["train"]["reward_mean"], 1.0)


@case("3.7", "arguments of a batch that are none: nothing is sent, N validation errors, and on it goes")
def _():
    one = "1 validation error for _MultiToolCallParam\n"
    missing = ("2 validation errors for _MultiToolCallParam\ntool_uses.0.recipient_name\n"
               "  Field required\ntool_uses.0.parameters\n  Field required")
    for arguments, text in (
            ("", one + "  Input should be JSON"), ('{"tool_uses":[', one + "  Input should be JSON"),
            ("[]", one + "  Input should be an object"), ({}, one + "tool_uses\n  Field required"),
            ({"tool_uses": [{"name": "look_up", "arguments": {}}]}, missing),
            ({"tool_uses": [{"recipient_name": "functions.look_up", "parameters": "{}"}]},
             one + "tool_uses.0.parameters\n  Input should be an object")):
        run = told(message(PARALLEL, arguments), text, args=["-v"])
        equal("kinds", run.tools[""]["kinds"], {"bad_batch": 2})
        true("-v does not say whose text it is",
             re.search(r"^< bad_batch .*\(text: partly\) \d validation", run.err, re.M))


@case("GAP-24", "an unknown tool in a batch or among calls: that one is told, the others are made")
def _():
    for first in ("functions.nosuch", "browser.nosuch"):
        name = first.replace("functions.", "")
        batch = message(PARALLEL, uses((first, {}), ("functions.look_up", {})))
        run = told(batch, f'["unknown tool: {name}", "x"]', requests=1, args=["-v"])
        equal("kinds", (run.kinds, run.tools[""]["kinds"]), ({"ok": 2}, {"unknown_tool": 2}))
        true("-v does not say whose text it is", re.search(
            r"^< unknown_tool 0.00 ms \(text: ours\) unknown tool: " + name, run.err, re.M))
    told({"calls": [{"call": "nosuch"}, LOOK_UP]}, '["unknown tool: nosuch", "x"]', requests=1)
    tools_seen((message(PARALLEL, uses(("browser.nosuch", {}))), {"answer": "."}),
               [entry("0", "browser.nosuch", "{}")])


@case("GAP-24", "an unknown tool after an answer has no status of that, and in the last turn is dropped")
def _():
    turns = (LOOK_UP, {"call": "nosuch"}, {"answer": "{{calls[1].output}}"})
    run = Run(["x"], turns=turns, want="unknown tool: nosuch", args=["-v"])
    graded(run)
    equal("mean reward", run.summary["train"]["reward_mean"], 1.0)
    equal("lines", re.findall(r"^< (?:\d+ )?unknown_tool", run.err, re.M), ["< unknown_tool"] * 2)
    run = Run(["x"], turns=turns, want="", job_keys={"max_episode_steps": 2})
    equal("outcomes", run.outcomes, {"graded_cut": 2})
    true("an unknown tool was told", "" not in run.tools)


@case("3.7", "a batch of no calls: a turn, no request, and an empty array")
def _():
    for turn in (message(PARALLEL, {"tool_uses": []}), message(PARALLEL, ' {"tool_uses":[]}')):
        run = told(turn, "[]")
        equal("tool calls", run.summary["train"]["tool_calls"], 0)
        equal("turns", run.summary["train"]["turns"], 2)
    tools_seen((LOOK_UP, turn, {"answer": "."}), [entry("", "look_up", '{"q":"x"}')])
    run = Run(["x"], turns=[turn] * 10 + [{"answer": "."}], want="")
    equal("outcomes", run.outcomes, {"graded_cut": 2})


@case("3.7, GAP-52", "a call addressed to anything else: not executed, the rollout ends empty and is graded")
def _():
    for recipient in ("look_up", "", "functions.", "functions", "browser.look_up",
                      "Functions.look_up", "multi_tool_use"):
        turns = (LOOK_UP, message(recipient, '{"q":1}'), {"answer": "never"})
        run = Run(["x"], turns=turns, want="", args=["-v"])
        graded(run)
        equal("requests", len(run.requests), 2)
        equal("mean reward", run.summary["train"]["reward_mean"], 1.0)
        equal("tool calls", run.summary["train"]["tool_calls"], 1)
        wrong = run.summary["misaddressed"]
        equal("counted", wrong["rollouts"], 2)
        true(f"not told: {wrong}", f'turn 2, a call addressed to "{recipient}"' in wrong["first"]
             and re.search(r"\.jsonl:1:", wrong["first"]))
        equal("told by -v", run.err.count(f"> {recipient} {{\"q\":1}}  row 1 "), 2)
        true("-v does not say so", "< not executed: addressed wrongly" in run.err)
    equal("none else", Run(["x"], want="x").summary["misaddressed"], {"rollouts": 0})


SPEAKS = """
import json, sys
turns = [
    {"calls": [{"name": "look_up", "arguments": {"q": "x"}}]},
    {"calls": [{"name": "look_up", "arguments": "{broken"}, {"name": "none"}]},
    {"message": {"recipient": "multi_tool_use.parallel",
                 "arguments": {"tool_uses": [{"recipient_name": "look_up", "parameters": {}}]}}},
    {"message": {"recipient": "functions.look_up", "arguments": {"q": "y"}}},
    {"message": {"recipient": "look_up", "arguments": ""}}]
log = open("asked", "a")
for line in sys.stdin:
    ask = json.loads(line)
    if ask["item"]["n"] == "train":
        log.write(line)
        log.flush()
    print(json.dumps({"id": ask["id"], **turns[ask["turn"]]}))
"""


@case("3.7, 4.2, GAP-23", "a policy that is a program does what a model can, and is shown what one is")
def _():
    run = Run(["x"], train=[row(n="train", want="")], valid=[row(n="valid", want="")], want="",
              policy={"type": "command", "argv": [sys.executable, "-c", SPEAKS]})
    graded(run)
    equal("arguments", sorted(r.json["arguments"] for r in run.requests),
          sorted(['{"q":"x"}', "{broken", '{"q":"y"}'] * 2))
    equal("addressed wrongly", run.summary["misaddressed"]["rollouts"], 2)
    with open(os.path.join(run.dir, "asked"), encoding="utf-8") as f:
        asked = [json.loads(line) for line in f]
    equal("turns", [a["turn"] for a in asked], [0, 1, 2, 3, 4])
    equal("rollouts", len({a["rollout"] for a in asked}), 1)
    equal("seeds", len({a["seed"] for a in asked}), 5)
    last = asked[-1]
    equal("item", last["item"], {"n": "train", "want": ""})
    equal("messages", [m["content"] for m in last["messages"]], ["Find it."])
    equal("tools", [t["function"]["name"] for t in last["tools"]], ["look_up"])
    equal("turns taken", last["turns"],
          [{"calls": [0], "batch": False}, {"calls": [1, 2], "batch": True},
           {"calls": [3], "batch": False}, {"calls": [4], "batch": False}])
    equal("calls", [(c["name"], c["arguments"]) for c in last["calls"]],
          [("look_up", '{"q":"x"}'), ("look_up", "{broken"), ("none", "{}"),
           (PARALLEL, '{"tool_uses":[{"recipient_name":"look_up","parameters":{}}]}'),
           ("look_up", '{"q":"y"}')])
    equal("outputs", [c["output"] for c in last["calls"]][:2] + [last["calls"][4]["output"]], ["x"] * 3)
    equal("of a refused batch", last["calls"][3]["output"], NO_NAMESPACE.format("look_up"))


@case("3.7, 4.2", "the call that was addressed wrongly is what graders see, as it was written")
def _():
    run = tools_seen((LOOK_UP, message("find", '{"q":1}')), [entry("", "find", '{"q":1}')])
    equal("requests", len(run.requests), 2)
    run = tools_seen((message("find", "{broken"),), [entry("", "find", "{broken")])
    equal("requests", len(run.requests), 0)
    equal("unresponsive", run.csv[0]["mean_unresponsive_rewards"], "0")


@case("GAP-12, GAP-52", "in turn max_episode_steps a wrong address is dropped as any other call")
def _():
    run = Run(["x"], turns=(LOOK_UP, message("look_up", {})), want="",
              job_keys={"max_episode_steps": 2})
    equal("outcomes", run.outcomes, {"graded_cut": 2})
    equal("counted", run.summary["misaddressed"]["rollouts"], 0)


@case("3.2", "arguments that are not JSON or empty: graders see them, a path into them fails by name")
def _():
    for text in ("{broken \u00fc", ""):
        turn = {"call": "look_up", "arguments": text}
        tools_seen((turn, {"answer": "."}), [entry("", "look_up", text)], args=["-v"])
        run = Run(["x"], turns=(turn, {"answer": "{{calls[0].arguments.x}}"}), want="")
        equal("outcomes", run.outcomes, {"policy_failed": 2})
        first = run.summary["first"]["policy_failed"]
        true(first, "{{calls[0].arguments.x}} resolves nowhere: arguments is text, not JSON" in first)
        run = Run(["x"], turns=(turn, {"answer": "<{{calls[0].arguments}}>"}), want=f"<{text}>")
        equal("mean reward", run.summary["train"]["reward_mean"], 1.0)


@case("3.5", "-v marks the words that are not the endpoint's")
def _():
    for answer, mark in ((Answer(404, "no"), "404 http_4xx T no"),
                         (Answer(404), "404 http_4xx T (text: ours) {"),
                         (Answer(200, "y" * (MEGABYTE + 1)), "200 answer_too_large T (text: ours) {"),
                         ("x", "200 ok T x")):
        run = Run([answer], turns=(LOOK_UP, {"answer": "."}), want=".", args=["-v"])
        line = re.search("^< (.*)", run.err, re.M).group(1)
        line = re.sub(r"[0-9.]+ ms", "T", line)
        true(f"-v says {short(line)}, should begin with {mark}", line.startswith(mark))


@case("EV-11", "batches, good and bad, come to the same at one thread and one rollout as at two and 64")
def _():
    texts = [json.dumps(uses(("functions.look_up", {"n": 1}), ("functions.look_up", {"n": 2}))),
             json.dumps(uses(("look_up", {}))), "{", json.dumps(uses()),
             json.dumps(uses(("functions.nosuch", {}), ("functions.look_up", {})))]
    rows = [row(text=texts[i % 5], want="[]") for i in range(20)]
    turns = (message(PARALLEL, "{{item.text}}"), message(PARALLEL, "{{item.text}}"), RESULT)
    found = []
    for threads, concurrency in ((1, 1), (2, 64)):
        run = Run(["x"], turns=turns, train=rows, threads=threads, concurrency=concurrency)
        cells = [[c[h] for h in run.header if not TIMES.fullmatch(h)] for c in run.csv]
        found.append((cells, run.outcomes, [(t["name"], t["kinds"]) for t in run.summary["tools"]],
                      len(run.requests)))
    equal("two threads", found[1], found[0])
    equal("requests", found[0][3], (20 // 5 * 3 + 2) * 2)


# --- What is written ------------------------------------------------------------------------------

HEADER = """
step
train_mean_reward
full_valid_mean_reward
full_valid_mean_parse_error
completion_tokens_mean
mean_unresponsive_rewards
usage/samples/train_reasoning_tokens_mean
usage/samples/valid_reasoning_tokens_mean
usage/samples/train_reasoning_tokens_count
usage/samples/valid_reasoning_tokens_count
sampling_duration
training_duration
eval_duration
total_duration
reasoning_tokens_mean
errors/graders/string_check/g/errors/train_sample_parse_error_mean
errors/graders/string_check/g/errors/train_sample_parse_error_count
errors/graders/string_check/g/errors/train_invalid_variable_error_mean
errors/graders/string_check/g/errors/train_invalid_variable_error_count
errors/graders/string_check/g/errors/train_other_error_mean
errors/graders/string_check/g/errors/train_other_error_count
errors/graders/string_check/g/errors/valid_sample_parse_error_mean
errors/graders/string_check/g/errors/valid_sample_parse_error_count
errors/graders/string_check/g/errors/valid_invalid_variable_error_mean
errors/graders/string_check/g/errors/valid_invalid_variable_error_count
errors/graders/string_check/g/errors/valid_other_error_mean
errors/graders/string_check/g/errors/valid_other_error_count
scores/graders/string_check/g/train_reward_mean
scores/graders/string_check/g/valid_reward_mean
timing/graders/string_check/g/timing/train_execution_latency_mean
timing/graders/string_check/g/timing/train_execution_latency_count
timing/graders/string_check/g/timing/valid_execution_latency_mean
timing/graders/string_check/g/timing/valid_execution_latency_count
train_tool_calls_to_look_up
train_token_usage_mean_look_up
train_latency_look_up
train_error_count_look_up
valid_tool_calls_to_look_up
valid_token_usage_mean_look_up
valid_latency_look_up
valid_error_count_look_up
timestamp
""".split()

TIMES = re.compile("(sampling|eval|total|training)_duration|timing/.*_latency_mean"
                   "|(train|valid)_latency_.*|timestamp")


@case("EV-11", "results.csv has the service's columns in the service's order")
def _():
    equal("header", Run(["x"], want="x").header, HEADER)


@case("EV-6, EV-7, EV-8", "results.csv: calls, error rates, observations, and where evaluations stand")
def _():
    def script(r):
        return Answer(400, "no") if r.item["n"] == 1 else "x"
    rows = [row(n=n, want="x") for n in range(4)]
    names = ("step", "train_mean_reward", "full_valid_mean_reward", "mean_unresponsive_rewards",
             "train_tool_calls_to_look_up", "train_error_count_look_up",
             "valid_tool_calls_to_look_up", "valid_error_count_look_up",
             "errors/graders/string_check/g/errors/train_other_error_mean",
             "errors/graders/string_check/g/errors/valid_other_error_count",
             "train_token_usage_mean_look_up", "training_duration")
    run = Run(script, train=rows, valid=rows[:2], rollouts=2,
              hyper={"batch_size": 2, "eval_interval": 3, "n_epochs": 2})
    equal("cells", [[c[n] for n in names] for c in run.csv], [
        ["1", "0.5", "0.5", "0", "1", "0.5", "1", "0.5", "0", "2", "", ""],
        ["2", "1", "", "0", "2", "0", "", "", "0", "", "", ""],
        ["3", "0.5", "0.5", "0", "1", "0.5", "1", "0.5", "0", "2", "", ""],
        ["4", "1", "", "0", "2", "0", "", "", "0", "", "", ""]])


@case("EV-11", "results.csv is the same at one thread and one rollout as at two and 256, but for times")
def _():
    def script(r):
        n = r.item["n"]
        if n % 7 == 3:
            return Answer(400, '{"error":"no"}')
        if n % 5 == 4:
            return Answer(503)
        return "other" if n % 3 == 0 else "x"
    rows = [row(n=n, want="x") for n in range(20)]
    both = [Run(script, train=rows, valid=rows[3:9], threads=threads, concurrency=concurrency,
                rollouts=12, hyper={"batch_size": 4, "eval_interval": 2, "eval_samples": 2})
            for threads, concurrency in ((1, 1), (2, 256))]
    for run in both:
        equal("steps", len(run.csv), 5)
        true("nothing was discarded", run.outcomes.get("discarded_tool"))
    for i, (a, b) in enumerate(zip(*(run.csv for run in both))):
        for name in HEADER:
            if not TIMES.fullmatch(name):
                equal(f"row {i + 1}, {name}", b[name], a[name])
    equal("requests", len(both[1].requests), len(both[0].requests))


@case("run", "an interrupt while the endpoint hangs ends the run within 5 s, in order")
def _():
    def script(r):
        r.hang()
        return Answer.raw(b"")
    rows = [row(n=n, want="x") for n in range(8)]
    run = Run(script, train=rows, valid=rows, concurrency=8, threads=2, interrupt=8, status=4)
    true(f"took {run.seconds_to_stop:.1f} s to stop", run.seconds_to_stop < 5)
    with open(os.path.join(run.out, "summary.json"), encoding="utf-8") as f:
        equal("ended in summary.json", json.load(f)["ended"], "stopped")
    equal("ended", run.summary["ended"], "stopped")


def hangs_for(bad):
    """An endpoint that hangs where `bad` holds and answers the rest."""
    def script(r):
        if not bad(r):
            return "x"
        r.hang()
        return Answer.raw(b"")
    return script


@case("GAP-14", "a call ends at call_timeout_ms, whatever attempts are left, and costs its rollout only")
def _():
    rows = [row(n=n, want="x") for n in range(6)]
    run = Run(hangs_for(lambda r: r.item["n"] == 2), train=rows, valid=rows[:1], concurrency=8,
              tool_timeout_ms=300, call_timeout_ms=450)
    equal("outcomes", run.outcomes, {"graded": 6, "discarded_tool": 1})
    equal("kinds", run.kinds, {"ok": 6, "call_deadline": 1})
    equal("requests of the row", sum(r.item["n"] == 2 for r in run.requests), 2)
    true("the cause is named", "call_timeout_ms, 2 attempts" in run.summary["first"]["discarded_tool"])


@case("GAP-14", "a rollout ends at rollout_timeout_ms with every call that it waits for")
def _():
    rows = [row(n=n, tools=("look_up", "other"), want="x") for n in range(4)]
    turn = {"calls": [LOOK_UP, {"call": "other", "arguments": {}}, LOOK_UP]}
    run = Run(hangs_for(lambda r: r.item["n"] == 2 and r.json["name"] == "look_up"), train=rows,
              valid=rows[:1], turns=(turn, SHOWN), concurrency=8, threads=2,
              tools=(("look_up", "/a"), ("other", "/b")), rollout_timeout_ms=400)
    equal("outcomes", run.outcomes, {"graded": 4, "discarded_tool": 1})
    equal("kinds", run.kinds, {"ok": 8, "rollout_deadline": 2})
    equal("kinds of the other tool", run.tools["other"]["kinds"], {"ok": 5})


@case("GAP-14", "after a rollout's deadline its place is taken by a rollout with a time of its own")
def _():
    rows = [row(n=n, want="x") for n in range(12)]
    turn = {"calls": [LOOK_UP, LOOK_UP]}
    run = Run(hangs_for(lambda r: r.item["n"] % 2), train=rows, valid=rows[:1], turns=(turn, SHOWN),
              concurrency=2, rollout_timeout_ms=150)
    equal("outcomes", run.outcomes, {"graded": 7, "discarded_tool": 6})
    equal("kinds", run.kinds, {"ok": 14, "rollout_deadline": 12})


@case("run", "run_timeout_s stops the run in order: exit 4, what was done is kept, the limit is named")
def _():
    rows = [row(n=n, want="x") for n in range(4)]
    run = Run(hangs_for(lambda r: r.item["n"] == 3), train=rows, valid=rows[:1], concurrency=8,
              run_timeout_s=1, status=4)
    equal("ended", run.summary["ended"], "stopped")
    equal("outcomes", run.outcomes, {"graded": 4, "cancelled": 1})
    true("the limit is named", "simulation.run_timeout_s: 1 is over" in run.err)


@case("GAP-25", "max_qps spaces the requests to a host, over all threads; the rest of the run is not slowed")
def _():
    rows = [row(n=n, want="x") for n in range(40)]
    run = Run(["x"], train=rows, valid=rows[:1], concurrency=40, threads=2, max_qps=100)
    graded(run, 41)
    at = sorted(r.at for r in run.requests if r.number > 0)
    true(f"40 requests took {at[-1] - at[0]:.3f} s", at[-1] - at[0] > 0.33)
    host = run.summary["endpoints"][0]
    equal("requests", host["requests"], 41)
    true(f"mean {host['mean_per_second']:.0f}", host["mean_per_second"] < 130)


@case("run", "a host that is gone for good stops the run early: exit 3, and says who and how")
def _():
    rows = [row(n=n, want="x") for n in range(200)]

    def script(r):
        if r.number == 8:
            r.endpoint.leave()
        return proper(r, "x", close=True, headers=[("Connection", "close")])
    run = Run(script, train=rows, valid=rows[:4], concurrency=4, status=3)
    equal("ended", run.summary["ended"], "failed")
    true("who and how", "is gone: the last 16 tool calls found no connection (connection refused)"
         in run.err)
    true(f"lost {run.outcomes}", 16 <= run.outcomes["discarded_tool"] < 100)


@case("3.1", "link-local addresses are never called, however they are written")
def _():
    for host in ("169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]",
                 "[fe80::1%25lo]"):
        refused("x", url=f"http://{host}", says="the address is link-local, which is never called")


@case("3.1", "secrets reach the endpoint and appear nowhere else")
def _():
    written, given, in_url = "kEy-1-zebra-lantern", "t0ken\"2/q\\uartz-river", "pAth3marble"
    echo = f'saw {written} and {given} and {in_url}'

    def script(r):
        return [Answer(400, json.dumps({"error": echo})), Answer(400, echo), echo,
                Answer(500, echo)][r.number % 4]
    headers = {"X-Key": written, "Authorization": "Bearer ${CONTRACT_TOKEN}"}
    turns = ({"call": "look_up", "arguments": {"q": given}}, {"answer": "{{calls[0].output.x}}"})
    run = Run(script, headers=headers, tools=(("look_up", "/t/${CONTRACT_PATH}"),), turns=turns,
              env={"CONTRACT_TOKEN": given, "CONTRACT_PATH": in_url}, args=["-v"], want="x",
              train=[row(want="x")] * 4)
    for r in run.requests:
        equal("X-Key", r.all("X-Key"), [written])
        equal("Authorization", r.all("Authorization"), ["Bearer " + given])
        equal("path", r.path, "/t/" + in_url)
    true("-v printed nothing", "look_up" in run.err)
    places = {"standard output": run.stdout, "standard error": run.err}
    for name in os.listdir(run.out):
        with open(os.path.join(run.out, name), encoding="utf-8", errors="replace") as f:  # run.db is no text
            places[name] = f.read()
    for name, text in places.items():
        for secret in (written, given, json.dumps(given)[1:-1],
                       json.dumps(json.dumps(given))[3:-3], in_url):
            if secret in text:
                at = text.index(secret)
                raise Failed(f"{name} has {secret!r}: {short(text[max(at - 60, 0):at + 60])!r}")


@case("3.1", "-v cuts long outputs short and shows no part of a secret at the cut")
def _():
    secret = "kEy-1-zebra-lantern-quartz-river"
    for before in range(370, 402, 6):
        run = Run(["p" * before + secret + "p" * 100], headers={"X-Key": secret}, args=["-v"],
                  turns=(LOOK_UP, {"answer": "."}), want=".")
        true("-v printed nothing", "ppp" in run.err)
        if "pk" in run.err:
            at = run.err.index("pk")
            raise Failed(f"standard error: {run.err[at - 10:at + 50]!r}")


# --- All of them ----------------------------------------------------------------------------------

def main():
    global PROGRAM, FOLDER
    if len(sys.argv) < 2:
        sys.exit(__doc__.strip())
    PROGRAM = os.path.abspath(sys.argv[1])
    words = sys.argv[2:]
    FOLDER = tempfile.mkdtemp(prefix="contract.")
    n_passed = n_failed = 0
    for sentence, function in CASES:
        if words and not any(word in sentence for word in words):
            continue
        from_ = time.monotonic()
        try:
            function()
            n_passed += 1
            print(f"ok - {sentence}")
        except Failed as why:
            n_failed += 1
            print(f"not ok - {sentence}: {why}")
        except Exception as why:  # a case that stumbles has failed; the others still count
            n_failed += 1
            print(f"not ok - {sentence}: {type(why).__name__}: {why}")
        if os.environ.get("CONTRACT_TIMES"):
            print(f"     {time.monotonic() - from_:.2f} s")
        sys.stdout.flush()
    shutil.rmtree(FOLDER, ignore_errors=True)
    print(f"{n_passed} passed, {n_failed} failed")
    return 1 if n_failed or not n_passed else 0


if __name__ == "__main__":
    sys.exit(main())
