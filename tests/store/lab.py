"""What the tests of run.db share: a job whose rewards differ row by row, an endpoint, runs of rftsim."""
import contextlib
import csv
import json
import os
import re
import sqlite3
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = 40
VALID_ROWS = 7

JOB = """\
model: o4-mini-2025-04-16
seed: 7
training_file: train.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    tools:
    - {name: lookup, server_url: "${STORE_URL}", headers: {Authorization: "Bearer ${STORE_KEY:-none}"}}
    max_episode_steps: 4
    grader:
      type: multi
      name: both
      graders:
        exact: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
        near: {type: text_similarity, name: near, evaluation_metric: fuzzy_match, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
      calculate_output: 0.3 * exact + 0.7 * near - 0.1
    hyperparameters: {n_epochs: %d, batch_size: %d, eval_interval: 2, eval_samples: 3}
simulation:
  tool_backoff_ms: 10
  policy: %s
"""
POLICIES = {
    "scripted": """
    type: scripted
    turns:
      - calls:
        - {call: lookup, arguments: {query: "{{item.query}}"}}
        - {call: nowhere, arguments: {}}
      - call: lookup
        arguments: {query: "again"}
      - answer: "{{item.said}}"
""",
    "learner": """
    type: learner
    feature: "{{item.kind}}"
    actions:
      - {name: both, calls: [{call: lookup, arguments: {query: "{{item.query}}"}}, {call: nowhere, arguments: {}}]}
      - {name: look, fill: lookup}
      - {name: say, answer: "{{item.said}}"}
      - {name: say_output, answer: "{{last.output}}"}
      - {name: say_yes, answer: "yes no 3"}
"""}
# Of a summary: what is a time, or hangs on times.
TIMES = re.compile(r"seconds|latency_ms|mean_per_second|peak_per_second|over_advice|^run$")
# Of results.csv likewise.
TIMED = re.compile(r"duration|latency|timestamp")


def row(number):
    said = " ".join(["yes", "no", "perhaps", "later"][: 1 + number % 4]) + f" {number % 5}"
    return {"messages": [{"role": "user", "content": f"question {number}"}], "query": f"order {number}",
            "kind": f"kind {number % 3}", "said": said, "answer": "yes no 3" if number % 3 else said}


def write_job(folder, epochs, batch_size, policy="scripted"):
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    for name, rows in (("train", ROWS), ("valid", VALID_ROWS)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row(i)) + "\n" for i in range(rows)))
    (folder / "job.yaml").write_text(JOB % (epochs, batch_size, POLICIES[policy].rstrip()))
    return folder / "job.yaml"


@contextlib.contextmanager
def serving(endpoint, *arguments):
    with subprocess.Popen([endpoint, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class Rftsim:
    """The program, in a folder, with an endpoint for its job."""

    def __init__(self, program, folder, url):
        self.command = [str(Path(program).resolve()), "run"]
        self.folder = Path(folder)
        self.environment = {**os.environ, "STORE_URL": url}

    def start(self, *arguments, before=(), **more):
        return subprocess.Popen([*before, *self.command, "-q", *map(str, arguments)], cwd=self.folder,
                                env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                **more)

    def run(self, *arguments, timeout=600, **more):
        """Exit status and what it said on standard error."""
        with self.start(*arguments, **more) as process:
            said = process.communicate(timeout=timeout)[1]
        return process.returncode, said


def recorded(folder):
    """Every committed rollout: its id, with what only a repetition would change. None before there are tables."""
    if not (Path(folder) / "results.csv").exists():  # which is made after run.db
        return {}
    with contextlib.closing(sqlite3.connect(f"file:{folder}/run.db?mode=ro", uri=True, timeout=30)) as db:
        return dict(db.execute("SELECT id, trace_id FROM rollout"))


def query(folder, sql):
    with contextlib.closing(sqlite3.connect(f"file:{folder}/run.db?mode=ro", uri=True, timeout=30)) as db:
        return db.execute(sql).fetchall()


def metrics(folder):
    """results.csv as it stands, less the columns that hold times."""
    lines = list(csv.reader((Path(folder) / "results.csv").open(encoding="utf-8", newline="")))
    kept = [i for i, name in enumerate(lines[0]) if not TIMED.search(name)]
    return [[line[i] for i in kept] for line in lines]


def less_times(value):
    if isinstance(value, dict):
        return {key: less_times(inner) for key, inner in value.items() if not TIMES.search(key)}
    return [less_times(inner) for inner in value] if isinstance(value, list) else value


def summary(folder):
    return less_times(json.loads((Path(folder) / "summary.json").read_text(encoding="utf-8")))


def metrics_events(folder):
    """The steps that events.jsonl tells of."""
    lines = (Path(folder) / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [event["data"]["step"] for event in map(json.loads, lines) if event["type"] == "metrics"]


def learned(folder):
    """What a learner left: its files, and what run.db keeps of them."""
    folder = Path(folder)
    files = [folder / "policy.json", *sorted((folder / "checkpoints").glob("*"))]
    return ({path.name: path.read_bytes() for path in files if path.exists()},
            query(folder, "SELECT step, reward, policy FROM checkpoint ORDER BY step"),
            query(folder, "SELECT rollout, actions FROM choice ORDER BY rollout"))


def same_outcome(a, b):
    """What two runs of one job do not agree in: a list of words, empty if they agree."""
    wrong = []
    if metrics(a) != metrics(b):
        wrong.append("results.csv")
    if summary(a) != summary(b):
        wrong.append("summary.json")
    if metrics_events(a) != metrics_events(b):
        wrong.append("events.jsonl")
    if learned(a) != learned(b):
        wrong.append("what was learned")
    for table, key in (("part", "rollout, grader, reward, flags"), ("other", "rollout, reading, reward"),
                       ("call", "rollout, number, turn, tool, kind, arguments, output"), ("turn", "rollout, number, kind"),
                       ("rollout", "id, row, sample, outcome, reward, why, answer"), ("wave", "id, phase, step, ended")):
        if query(a, f"SELECT {key} FROM {table} ORDER BY 1, 2") != query(b, f"SELECT {key} FROM {table} ORDER BY 1, 2"):
            wrong.append(f"table {table}")
    return wrong
