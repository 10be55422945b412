"""What the benchmarks share: the job and its rows, the endpoint, and a run of rftsim with what it cost."""
import json
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = '{"sku":"A-1042","in_stock":true}'  # what bench_endpoint answers with
TOOL = "lookup"
N_ROWS = 64
SENTENCE = "The customer asks whether an order that came late may go back, and what the policy says of items on sale. "
PROSE_BYTES = 1700  # which makes a row about 2 KB

JOB = """model: o4-mini-2025-04-16
seed: 7
training_file: train.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    tools: [{name: %s, server_url: "${BENCH_URL}"}]
    max_episode_steps: 4
    grader:
      type: string_check
      name: exact
      operation: eq
      input: "{{sample.output_text}}"
      reference: "{{item.reference_answer}}"
    hyperparameters: {n_epochs: %d, batch_size: %d, eval_interval: 1000000, eval_samples: 1}
simulation:
  policy:
    type: scripted
    turns:
      - call: %s
        arguments: {query: "{{item.query}}", top_k: 3}
      - answer: "{{calls[0].output}}"
"""


def raise_files():
    """As many open files as the system lets this process and its children have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def row(number):
    prose = (SENTENCE * (PROSE_BYTES // len(SENTENCE) + 1))[number:number + PROSE_BYTES]
    return {"messages": [{"role": "developer", "content": prose[:1300]}, {"role": "user", "content": prose[1300:]}],
            "query": f"order {10000 + number}", "reference_answer": OUTPUT,
            "tools": [{"type": "function", "function": {"name": TOOL, "parameters": {"type": "object", "properties": {
                "query": {"type": "string"}, "top_k": {"type": "integer"}}}}}]}


def request_of(item):
    """The body that rftsim sends for a row."""
    return {"type": "function_call", "id": "fc_" + "0" * 24, "call_id": "call_" + "0" * 24, "name": TOOL,
            "arguments": json.dumps({"query": item["query"], "top_k": 3}, separators=(",", ":")),
            "trace_id": "trace_" + "0" * 32, "item": item}


def write_job(folder, epochs=1, batch_size=N_ROWS):
    """A job of one tool call a rollout, and its rows; returns its path."""
    folder = Path(folder)
    rows = [json.dumps(row(i), separators=(",", ":")) + "\n" for i in range(N_ROWS)]
    (folder / "train.jsonl").write_text("".join(rows))
    (folder / "valid.jsonl").write_text(rows[0])
    (folder / "job.yaml").write_text(JOB % (TOOL, epochs, batch_size, TOOL))
    return folder / "job.yaml"


class Endpoint:
    """A server that prints its URL first."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            sys.exit(f"bench: {command[0]} did not start")

    def cpu_s(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(*command):
    endpoint = Endpoint(*command)
    try:
        yield endpoint
    finally:
        endpoint.process.terminate()
        endpoint.process.wait()


@dataclass
class Client:
    """What a client process did, and what the kernel says it cost."""
    rate: float  # requests a second
    requests: int
    cpu_s: float  # user and system
    peak_bytes: int
    endpoint_s: float = 0  # the CPU its endpoint took meanwhile
    wall_s: float = 1

    @property
    def cpu_us(self):
        return self.cpu_s * 1e6 / self.requests

    @property
    def both_us(self):
        return (self.cpu_s + self.endpoint_s) * 1e6 / self.requests

    @property
    def share(self):
        """Of the machine's cores that client and endpoint had; the rest others had, or nobody."""
        return (self.cpu_s + self.endpoint_s) / self.wall_s / os.cpu_count()


def finish(process):
    """Waits; returns what the process used. A benchmark of a client that failed is worth nothing."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {process.args[0]} ended with status {process.returncode}")
    return usage


def client(usage, rate, requests):
    return Client(rate, requests, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


class Rftsim:
    """One program, one job, one endpoint."""

    def __init__(self, program, job, endpoint, variable="BENCH_URL"):
        self.program, self.job, self.endpoint = Path(program).resolve(), job, endpoint
        self.environment = {**os.environ, variable: endpoint.url}

    def start(self, in_flight, rollouts, *options, folder=None):
        folder = tempfile.mkdtemp(dir=folder)
        return subprocess.Popen([self.program, "run", self.job, "--json", "-q", "-c", str(in_flight),
                                 "--rollouts-per-step", str(rollouts), "--out", folder + "/run", *options],
                                cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)

    def run(self, in_flight, rollouts, *options, folder=None):
        """The rate over the training steps, each of which waits for its last rollout."""
        process = self.start(in_flight, rollouts, *options, folder=folder)
        lines = [json.loads(line) for line in process.stdout]
        usage = finish(process)
        waves = [line for line in lines if line["type"] == "wave" and line["phase"] == "train"]
        outcomes = lines[-1]["outcomes"]
        if outcomes["graded"] != sum(outcomes.values()):
            sys.exit(f"bench: not every rollout was graded: {outcomes}")
        calls = sum(wave["tool_calls"] for wave in waves)
        return client(usage, calls / sum(wave["seconds"] for wave in waves), calls)
