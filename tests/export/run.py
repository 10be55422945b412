#!/usr/bin/env python3
"""The exports of a run hold what its run.db holds, as other programs read both.

    tests/export/run.py PROGRAM

A job with awkward texts, batches, faults and two graders in one runs against `tools catalog`. Its
CSV and JSONL are compared with the database, table by table, row by row, cell by cell, through
Python's own sqlite3, csv, json and zlib; the event file through protoc (events.py) with sums worked
out anew from the database. Then the service's files in the same way, and what must be refused.
"""
import csv
import datetime
import io
import json
import math
import os
import pathlib
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zlib

import events

KEY = "shop-key-5f1e77aa90"
SAYS = ["=HYPERLINK(\"x\")", "+1", "-2,5", "@a", "two\nlines", "two\r\nlines", "a \"quote\"", ",", "", " blank ",
        "caf\u00e9 \u4e2d \U0001f600", "tab\there", "nul\x00inside", "null", "\u2028", "'"]
NEVER_FILLED = {"choice", "spent", "tokens"}  # no learner, no model grader, no model here


class Failed(Exception):
    pass


def equal(what, got, want):
    if got != want:
        raise Failed(f"{what}: {str(got)[:300]!r}, should be {str(want)[:300]!r}")


def rows(n, first):
    for i in range(n):
        say = SAYS[(first + i) % len(SAYS)]
        yield {"messages": [{"role": "user", "content": f"Say {say}"}], "say": say, "nums": [1, i], "want": say if i % 3 else "other",
               "query": "clock" * 20000 if i == 1 else f"quiet clock {i}, \"dear\"\n"}


def job(url):
    said = "{{sample.output_text}}"
    graders = {
        "exact": {"type": "string_check", "name": "g", "operation": "like", "input": said, "reference": "{{item.want}}"},
        "near": {"type": "text_similarity", "name": "g", "evaluation_metric": "bleu", "input": said,
                 "reference": "{{item.want}} {{item.nums}}"}}
    return {
        "model": "o4-mini-2025-04-16", "seed": 3, "training_file": "train.jsonl", "validation_file": "valid.jsonl",
        "method": {"type": "reinforcement", "reinforcement": {
            "tools": [{"name": n, "server_url": url, "headers": {"X-Key": "${EXPORT_KEY}"}}
                      for n in ("search_catalog", "get_by_id")],
            "grader": {"type": "multi", "name": "both", "graders": graders,
                       "calculate_output": "0.75 * exact + near / 8"},
            "hyperparameters": {"n_epochs": 1, "batch_size": 4, "eval_interval": 2, "eval_samples": 2}}},
        "simulation": {"policy": {"type": "scripted", "turns": [
            {"calls": [{"call": "search_catalog", "arguments": {"query": "{{item.query}}", "top_k": 9}},
                       {"call": "get_by_id", "arguments": {"sku": "{{item.say}}"}}]},
            {"call": "search_catalog", "arguments": {"query": "${EXPORT_KEY}", "top_k": 1}},
            {"recipient": "functions.nobody", "arguments": {"a": 1}},
            {"answer": "{{item.say}}"}]},
            "tool_attempts": 2, "tool_backoff_ms": 0, "rollouts_per_step": 12}}


def command(program, folder, *words, status=None):
    env = {**os.environ, "EXPORT_KEY": KEY}
    done = subprocess.run([program, *map(str, words)], cwd=folder, env=env, capture_output=True, timeout=300, check=False)
    if status is not None and done.returncode != status:
        raise Failed(f"{words}: exit status {done.returncode}, should be {status}: {done.stderr.decode()[:500]}")
    if done.returncode not in (0, 1, 2, 3) or b"Sanitizer" in done.stderr:
        raise Failed(f"{words}: exit status {done.returncode}: {done.stderr.decode()[:2000]}")
    return done.stderr.decode()


def make_run(program, folder):
    endpoint = subprocess.Popen([program, "tools", "catalog", "--fault", "search_catalog:503@0.2", "--fault",
                                 "get_by_id:404@0.3"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        url = endpoint.stdout.readline().decode().strip()
        for name, first, n in (("train", 0, 12), ("valid", 5, 10)):
            text = "".join(json.dumps(r) + "\n" for r in rows(n, first))
            (folder / f"{name}.jsonl").write_text(text)
        (folder / "job.json").write_text(json.dumps(job(url)))
        command(program, folder, "run", "job.json", "--out", "run", "-q", "--threads", 2, status=0)
    finally:
        endpoint.terminate()
        endpoint.communicate()


# --- The database as Python reads it

def body(value):
    return zlib.decompress(value).decode() if isinstance(value, bytes) else value


def tables_of(path):
    """{name: (columns, rows as they are to be exported)}"""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    names = [n for n, sql in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
             if not n.startswith(("sqlite_", "search")) and n != "indexed"]
    out = {}
    for name in names:
        info = list(db.execute(f'PRAGMA table_info("{name}")'))
        key = ", ".join(f'"{c[1]}"' for c in sorted(info, key=lambda c: c[5]) if c[5])
        found = db.execute(f'SELECT * FROM "{name}" ORDER BY {key}')
        out[name] = [c[1] for c in info], [[body(v) for v in row] for row in found]
    db.close()
    return out


# --- Tables

def number(text):
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def same(cell, value):
    """Whether a CSV cell says this value."""
    if value is None or isinstance(value, str):
        return cell == (value or "")
    return number(cell) == value


def quoted(cell, value):
    """The cell as RFC 4180 and sheet.h have it; a number as it was found."""
    if value is None or not isinstance(value, str):
        return cell
    return '"' + cell.replace('"', '""') + '"' if not cell or re.search('[,"\r\n]', cell) else cell


def check_csv(path, columns, want):
    text = path.read_bytes().decode()
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    equal(f"{path.name}: columns", lines[0], columns)
    equal(f"{path.name}: rows", len(lines) - 1, len(want))
    made = ",".join(columns) + "\r\n"
    for i, (line, row) in enumerate(zip(lines[1:], want)):
        equal(f"{path.name}: cells of row {i}", len(line), len(row))
        for cell, value, column in zip(line, row, columns):
            if not same(cell, value):
                raise Failed(f"{path.name}: row {i}, {column}: {cell[:200]!r}, should be {str(value)[:200]!r}")
        made += ",".join(map(quoted, line, row)) + "\r\n"
    equal(f"{path.name}: bytes", text, made)


def objects(path):
    """Of a JSONL file. Texts may hold what other ways of splitting take for the end of a line."""
    lines = path.read_bytes().decode().split("\n")
    equal(f"{path.name}: its end", lines.pop(), "")
    return [json.loads(line) for line in lines]


def check_jsonl(path, columns, want):
    lines = objects(path)
    equal(f"{path.name}: rows", len(lines), len(want))
    for i, (got, row) in enumerate(zip(lines, want)):
        equal(f"{path.name}: keys of row {i}", list(got), columns)
        for column, value in zip(columns, row):
            cell = got[column]
            fits = cell is None if value is None else isinstance(cell, str) == isinstance(value, str)
            if not fits or cell != value or isinstance(cell, bool):
                raise Failed(f"{path.name}: row {i}, {column}: {str(cell)[:200]!r}, should be {str(value)[:200]!r}")


def check_tables(folder, tables):
    equal("files of --csv", sorted(os.listdir(folder / "csv")), sorted(n + ".csv" for n in tables))
    equal("files of --jsonl", sorted(os.listdir(folder / "jsonl")),
          sorted(n + ".jsonl" for n in [*tables, "transcripts"]))
    for name, (columns, want) in tables.items():
        check_csv(folder / "csv" / f"{name}.csv", columns, want)
        check_jsonl(folder / "jsonl" / f"{name}.jsonl", columns, want)
    empty = {n for n, (_, found) in tables.items() if not found}
    equal("tables that this run leaves empty", empty, NEVER_FILLED)
    said = {r[tables["rollout"][0].index("answer")] for r in tables["rollout"][1]}
    if len(said & set(SAYS)) < 8:
        raise Failed(f"the awkward answers did not come through: {said}")


def dicts(tables, name):
    columns, found = tables[name]
    return [dict(zip(columns, row)) for row in found]


def check_transcripts(path, tables):
    lines = objects(path)
    calls = {}
    for call in dicts(tables, "call"):
        calls.setdefault(call["rollout"], []).append(call)
    equal("ids of transcripts", [d["id"] for d in lines], [r["id"] for r in dicts(tables, "rollout")])
    for doc, r in zip(lines, dicts(tables, "rollout")):
        equal("answer", doc.get("answer"), r["answer"])
        equal("reward", doc["reward"], r["reward"])
        got = [(c.get("arguments"), c.get("output"), c["kind"]) for t in doc["turns"] for c in t["calls"]]
        equal("calls", got, [(c["arguments"], c["output"], c["kind"]) for c in calls.get(r["id"], [])])


# --- Curves

def mean(values):
    return math.fsum(values) / len(values) if values else math.nan


def ratio(a, b):
    return a / b if b else math.nan


def curves_of(tables):
    """[(step, {tag: value})] of the waves that ended."""
    rollouts = dicts(tables, "rollout")
    tools = {t["id"]: t["name"] for t in dicts(tables, "tool")}
    keys = {g["id"]: g["key"] for g in dicts(tables, "grader") if g["id"]}
    steps = {s["number"] for s in dicts(tables, "step")}
    for wave in dicts(tables, "wave"):
        mine = {r["id"]: r for r in rollouts if r["id"] >> 32 == wave["id"]}
        rewards = [r["reward"] for r in mine.values() if r["reward"] is not None]
        phase = wave["phase"]
        want = {"reward_mean": mean(rewards), "rollouts": len(mine), "graded": len(rewards),
                "discarded_share": 1 - len(rewards) / len(mine)}
        if phase == "train":
            want["reward_penalised"] = (math.fsum(rewards) - (len(mine) - len(rewards))) / len(mine)
        if (wave["step"] or 1) in steps:
            calls = [c for c in dicts(tables, "call") if c["rollout"] in mine]
            for tool, name in tools.items():
                of = [c for c in calls if c["tool"] == tool]
                sent = [c["latency_ns"] * 1e-9 for c in of if c["attempts"]]
                want[f"tool_calls/{name}"] = len(of)
                want[f"tool_error_rate/{name}"] = ratio(sum(c["kind"] != "ok" for c in of), len(of))
                want[f"tool_seconds/{name}"] = mean(sent)
            for grader, key in keys.items():
                want[f"grader/{key}"] = mean([p["reward"] for p in dicts(tables, "part")
                                              if p["rollout"] in mine and p["grader"] == grader])
        yield wave["step"], {f"{phase}/{tag}": v for tag, v in want.items() if not math.isnan(v)}


def close(got, want):
    single, = struct.unpack("<f", struct.pack("<f", want))
    return abs(got - single) <= 1e-6 * max(1, abs(single))


def check_events(found, curves):
    equal("steps", [step for _, step, _ in found], [step for step, _ in curves])
    for (_, step, values), (_, want) in zip(found, curves):
        for tag, value in want.items():
            if tag not in values or not close(values[tag], value):
                raise Failed(f"step {step}, {tag}: {values.get(tag)}, should be {value}")
    times = [time for time, _, _ in found]
    equal("order of times", times, sorted(times))


def event_file(folder):
    names = os.listdir(folder)
    equal("event files", len(names), 1)
    if not re.fullmatch(r"events\.out\.tfevents\.\d{10}\.rftsim", names[0]):
        raise Failed(f"an event file that is called {names[0]}")
    return folder / names[0]


def check_curves(folder, tables):
    path = event_file(folder / "tb")
    version, found = events.read(path)
    equal("file_version", version, "brain.Event:2")
    check_events(found, list(curves_of(tables)))
    started = dicts(tables, "run")[0]["started_at"]
    equal("time in the name", path.name.split(".")[3], f"{started // 10**9:010d}")
    ended = {s["number"]: datetime.datetime.fromisoformat(s["ended_at"][:26] + "+00:00").timestamp()
             for s in dicts(tables, "step")}
    for time, step, _ in found:
        want = ended[step] if step else started * 1e-9
        if abs(time - want) > 1e-5:
            raise Failed(f"an event of step {step} is of {time}, should be {want}")
    said = {tag for _, _, values in found for tag in values}
    for tag in ("train/tool_calls/(no tool of the job)", "train/reward_low", "valid/reward_high", "time/total"):
        if tag not in said:
            raise Failed(f"no tag {tag} in {sorted(said)}")


# --- All of it

def all_bytes(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


EXPORTS = ("--csv", "csv", "--jsonl", "jsonl", "--tensorboard", "tb")


def export(program, folder, source, where):
    """To folder/where; the report's own verdict does not matter here."""
    os.mkdir(folder / where)
    words = [w if w.startswith("-") else f"{where}/{w}" for w in EXPORTS]
    told = command(program, folder, "report", source, *words)
    equal(f"folders of {source}: {told}", sorted(os.listdir(folder / where)), ["csv", "jsonl", "tb"])
    return folder / where


def test_run(program, folder):
    out = export(program, folder, "run", "one")
    tables = tables_of(folder / "run" / "run.db")
    check_tables(out, tables)
    check_transcripts(out / "jsonl" / "transcripts.jsonl", tables)
    check_curves(out, tables)
    equal("a second export", all_bytes(export(program, folder, "run/run.db", "two")) == all_bytes(out), True)
    for path, data in all_bytes(out).items():
        if KEY.encode() in data:
            raise Failed(f"{path} shows a secret")


def test_result_file(program, folder):
    """The same curve from results.csv as from run.db, and its numbers as tables."""
    out = export(program, folder, "run/results.csv", "results")
    with open(folder / "run" / "results.csv", encoding="utf-8", newline="") as file:
        want = list(csv.DictReader(file))
    with open(out / "csv" / "steps.csv", encoding="utf-8", newline="") as file:
        got = list(csv.DictReader(file))
    equal("steps", [s["step"] for s in got], [s["step"] for s in want])
    for a, b in zip(got, want):
        for ours, theirs in (("train_penalised_mean", "train_mean_reward"), ("valid_mean", "full_valid_mean_reward"),
                             ("total_seconds", "total_duration"), ("ended_at", "timestamp")):
            x, y = a[ours], b[theirs]
            if x != y and not (x and y and ours != "ended_at" and float(x) == float(y)):
                raise Failed(f"step {b['step']}, {ours}: {x}, should be {y}")
    equal("tables", sorted(os.listdir(out / "csv")),
          [f"{n}.csv" for n in ("graders", "step_graders", "step_tools", "steps", "tools")])
    _, ours = events.read(event_file(folder / "one" / "tb"))
    _, theirs = events.read(event_file(out / "tb"))
    for tag in ("train/reward_penalised", "valid/reward_mean", "train/tool_error_rate/search_catalog",
                "valid/grader/exact"):
        theirs_tag = tag.replace("grader/exact", "grader/g")
        a = [(step, v[tag]) for _, step, v in ours if tag in v]
        b = [(step, v[theirs_tag]) for _, step, v in theirs if theirs_tag in v]
        if not a or len(a) != len(b) or any(x[0] != y[0] or not close(x[1], y[1]) for x, y in zip(a, b)):
            raise Failed(f"{tag}: {b} from results.csv, {a} from run.db")


def test_exported_evaluation(program, folder):
    items = [{"data_source_idx": i, "item": {"messages": [{"role": "user", "content": "q"}], "n": i},
              "sample": {"outputs": [{"role": "assistant", "content": text}]}, "grades": {"g": reward},
              "passes": {"g": reward > 0.5}} for i, (text, reward) in enumerate([("=1+1", 1.0), ("b,\nc", 0.25)])]
    (folder / "eval.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
    out = export(program, folder, "eval.jsonl", "eval")
    got = objects(out / "jsonl" / "rollouts.jsonl")
    equal("rewards", [r["reward"] for r in got], [1.0, 0.25])
    equal("recorded", [r["recorded"] for r in got], ["passed", "failed"])
    equal("phase", {r["phase"] for r in got}, {"valid"})
    docs = objects(out / "jsonl" / "transcripts.jsonl")
    equal("answers", [d["answer"] for d in docs], ["=1+1", "b,\nc"])
    _, found = events.read(event_file(out / "tb"))
    equal("curve", [(step, v["valid/reward_mean"]) for _, step, v in found], [(0, 0.625)])


def test_refusals(program, folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("mine")
    for option in EXPORTS[::2]:
        told = command(program, folder, "report", "run", option, "mine", status=2)
        if "nothing is ever overwritten" not in told:
            raise Failed(f"{option}: {told}")
        equal("what was there", os.listdir(folder / "mine"), ["notes.txt"])
    command(program, folder, "report", "run", "--csv", "part", "--outcome", "graded", status=2)
    shutil.copytree(folder / "run", folder / "broken")
    db = sqlite3.connect(folder / "broken" / "run.db")
    db.execute("UPDATE call SET output = x'00112233' WHERE number = 1")
    db.commit()
    db.close()
    for option in ("--csv", "--jsonl"):
        told = command(program, folder, "report", "broken", option, "part", status=3)
        if "is damaged" not in told:
            raise Failed(f"a damaged text: {told}")
    db = sqlite3.connect(folder / "broken" / "run.db")
    db.execute("UPDATE call SET output = NULL")
    db.execute('CREATE TABLE "../x" (a)')
    db.commit()
    db.close()
    command(program, folder, "report", "broken", "--csv", "part", status=2)
    left = [n for n in os.listdir(folder) if n.startswith("part") or n.startswith("x") or ".part-" in n]
    equal("what a failure leaves behind", left, [])


def test_full_disk(program, folder):
    """/dev/full cannot be a folder: a limit on the size of files does the same."""
    done = subprocess.run(["sh", "-c", 'ulimit -f 8; trap "" XFSZ; exec "$0" report run --jsonl full', program],
                          cwd=folder, capture_output=True, timeout=300, check=False)
    equal("exit status when there is no room", done.returncode, 3)
    equal("what is left behind", [n for n in os.listdir(folder) if n.startswith("full")], [])


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    tests = [test_run, test_result_file, test_exported_evaluation, test_refusals, test_full_disk]
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_run(program, folder)
        for test in tests:
            try:
                test(program, folder)
            except (Failed, ValueError, csv.Error) as why:
                bad += 1
                print(f"exports: {test.__name__[5:]}: {why}")
    if bad:
        sys.exit(1)
    print(f"exports: {len(tests)} of {len(tests)} as other programs read them")


if __name__ == "__main__":
    main()
