"""Running rftsim on a small job of ours, and reading what it says. For run.py and mixed.py."""
import csv
import json
import os
import subprocess


class Failed(Exception):
    pass


def equal(what, got, want):
    if got != want:
        raise Failed(f"{what}: {short(got)}, should be {short(want)}")


def true(what, holds):
    if not holds:
        raise Failed(what)


def short(value):
    """On one line, and not too much of it."""
    text = " ".join(value.split()) if isinstance(value, str) else repr(value)
    return text if len(text) <= 400 else f"{text[:300]} ... {text[-80:]} [{len(text)}]"


def kinds_of(program):
    """The table of tools/kind.h: id -> row."""
    done = subprocess.run([program, "help", "faults", "--json"], capture_output=True, check=True)
    return {row["id"]: row for row in json.loads(done.stdout)["kinds"]}


def row(n, want, pad=0):
    return {"messages": [{"role": "user", "content": "Find it."}], "n": n, "want": want,
            "pad": "x" * pad}


def job(tools, turns, simulation, grader=None, **hyper):
    """A job over train.jsonl and valid.jsonl; the reward is 1 where the answer is the row's want, or
    what `grader` says."""
    return {
        "model": "o4-mini-2025-04-16", "seed": 1,
        "training_file": "train.jsonl", "validation_file": "valid.jsonl",
        "method": {"type": "reinforcement", "reinforcement": {
            "tools": [{"name": name, "server_url": url} for name, url in tools],
            "grader": grader or {"type": "string_check", "name": "g", "operation": "eq",
                                 "input": "{{sample.output_text}}", "reference": "{{item.want}}"},
            "hyperparameters": {"n_epochs": 1, "eval_samples": 1, "eval_interval": 1000,
                                "compute_multiplier": 1.0, **hyper}}},
        "simulation": {"policy": {"type": "scripted", "turns": turns}, "tool_backoff_ms": 0,
                       "grader_backoff_ms": 0, **simulation},
    }


class Run:
    """One run of `program` in `folder`, which it makes."""

    def __init__(self, program, folder, body, train, valid, limit, authority, threads=1, concurrency=1):
        os.mkdir(folder)
        self.folder = folder
        self.out = os.path.join(folder, "out")
        for name, rows in (("train", train), ("valid", valid)):
            with open(os.path.join(folder, name + ".jsonl"), "w", encoding="utf-8") as f:
                f.writelines(json.dumps(r) + "\n" for r in rows)
        with open(os.path.join(folder, "job.json"), "w", encoding="utf-8") as f:
            json.dump(body, f, indent=1)
        clean = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        command = [program, "run", os.path.join(folder, "job.json"), "--out", self.out, "-q", "--json",
                   "--rollouts", "--threads", str(threads), "--concurrency", str(concurrency)]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=limit, check=False,
                                  env={**clean, "SSL_CERT_FILE": authority})
        except subprocess.TimeoutExpired:
            raise Failed(f"did not end within {limit} s") from None
        self.status = done.returncode
        self.stdout = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def read(self):
        """Of a run that came to its end."""
        if self.status:
            raise Failed(f"exit status {self.status}: {short(self.err)}")
        self.lines = [json.loads(line) for line in self.stdout.splitlines()]
        self.summary = self.lines[-1]
        equal("type of the last line", self.summary["type"], "summary")
        self.rollouts = [o for o in self.lines if o["type"] == "rollout"]
        self.outcomes = {k: n for k, n in self.summary["outcomes"].items() if n}
        self.tools = {t["name"]: t for t in self.summary["tools"]}
        with open(os.path.join(self.out, "results.csv"), encoding="utf-8") as f:
            self.csv = list(csv.DictReader(f))
