#!/usr/bin/env python3
"""Every way in which a python grader can misbehave, one run of the program each.

    tests/chaos/python.py [--patience N] PROGRAM [WORD]...

In each run one row is bad: on it the grader does what the case says, on the others it gives n / 10.
The bad row ends in the error that the case names, and the others have their rewards, whatever became
of the worker that they shared with it. All is tried in bubblewrap and without. With WORDs only the
cases that have one of them in their line. `--patience` multiplies time limits (sanitizers).
"""
import functools
import json
import os
import subprocess
import sys
import textwrap
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import LIMIT, Special, play_cases  # noqa: E402
from program import Failed, equal, short, true  # noqa: E402

TIMEOUT_MS = 1500  # of a grade that is known to hang
BAD = 4            # which row
ROWS = 10

RUNTIME, SERVER = "python_grader_runtime_error", "python_grader_server_error"

# what happens on the bad row, the words of the error; a number in their place is its reward
GRADES = (
    ("an exception", "1 / 0", "ZeroDivisionError: division by zero (line 6)"),
    ("an exception in a library", "import json; json.loads('{')", "JSONDecodeError: Expecting property"),
    ("an exception that cannot be printed",
     "class E(Exception):\n    def __str__(self): raise ValueError\nraise E()", "E: <exception str() failed>"),
    ("an exception with a long text", "raise ValueError('x' * 10_000_000)", "ValueError: xxx"),
    ("a busy hang", "while True: pass", "not there after"),
    ("a hang in sleep", "import time; time.sleep(1000)", "not there after"),
    ("a hang that catches all", "while True:\n    try: time.sleep(1)\n    except BaseException: pass",
     "not there after"),
    ("os._exit(0)", "os._exit(0)", "its process ended while it graded: exit status 0"),
    ("os._exit(7)", "os._exit(7)", "its process ended while it graded: exit status 7"),
    ("os._exit(250)", "os._exit(250)", "exit status 250"),
    ("raise SystemExit", "raise SystemExit(3)", "it asked Python to exit: SystemExit(3)"),
    ("exit()", "exit(1)", ""),
    ("KeyboardInterrupt", "raise KeyboardInterrupt", "KeyboardInterrupt"),
    ("os.abort()", "os.abort()", "signal 6"),
    ("SIGKILL to itself", "os.kill(os.getpid(), 9)", "signal 9"),
    ("SIGSTOP to itself", "os.kill(os.getpid(), 19)", "not there after"),
    ("a signal to its parent", "os.kill(os.getppid(), 9)", "no other processes"),
    ("a signal to all", "os.kill(-1, 9)", "no other processes"),
    ("100 MB of print", "for _ in range(100): print('x' * (1 << 20))", "printed more than 16 MB"),
    ("100 MB of print, caught", "try:\n    for _ in range(100): print('x' * (1 << 20))\n"
     "except BaseException: pass", "printed more than 16 MB"),
    ("print without end or line break", "while True: print('x' * 1000, end='')", "printed more than 16 MB"),
    ("1 MB of print", "print('x' * (1 << 20))", 0.4),
    ("a forged answer on descriptor 1", "os.write(1, b'1.0\\n')", 0.4),
    ("a flood on descriptor 1", "while True: os.write(1, b'x' * 65536)", "wrote more than 16 MB"),
    ("a flood on descriptor 2", "while True: os.write(2, b'x' * 65536)", "wrote more than 16 MB"),
    ("all descriptors closed", "os.closerange(0, 256)", "its process ended while it graded: exit status 3"),
    ("the protocol's descriptors filled with rubbish",
     "for fd in range(3, 10):\n    try: os.write(fd, b'rubbish\\n')\n    except OSError: pass", None),
    ("fork", "os.fork()", "starts no other process"),
    ("a fork bomb", "while True: os.fork()", "starts no other process"),
    ("a fork bomb that does not give up",
     "for _ in range(1000):\n    try: os.fork()\n    except Exception: pass", 0.4),
    ("subprocess", "import subprocess; subprocess.run(['/bin/true'])", "starts no other process"),
    ("the call below subprocess", "import _posixsubprocess as p; p.fork_exec()", "starts no other process"),
    ("os.system", "os.system('true')", "starts no other process"),
    ("exec", "os.execv('/bin/true', ['true'])", "starts no other process"),
    ("multiprocessing", "import multiprocessing as m; m.Process(target=print).start()",
     "starts no other process"),
    ("fork by ctypes", "import ctypes; ctypes.CDLL(None).fork()", "no system call"),
    ("3 GB at once", "bytearray(3 << 30)", "more than the 2 GB"),
    ("3 GB bit by bit", "a = []\nwhile True: a.append(b'x' * (50 << 20) + bytes(len(a)))",
     "more than the 2 GB"),
    ("lifted limits", "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))", "fixed limits"),
    ("a connection", "import socket; socket.create_connection(('127.0.0.1', 9))", "has no network"),
    ("a look-up of a name", "import socket; socket.getaddrinfo('example.org', 80)", "has no network"),
    ("urllib", "import urllib.request as u; u.urlopen('http://127.0.0.1:9/')", "has no network"),
    ("reading a file", "open('/etc/passwd').read()", "no file be read but Python's own: '/etc/passwd'"),
    ("reading a file by descriptor", "os.open('/etc/passwd', os.O_RDONLY)", "no file be read"),
    ("reading a file the long way round", "open('/usr/lib/../../etc/passwd')", "no file be read"),
    ("listing a folder", "os.listdir('/')", "no file be listed"),
    ("writing a file", "open('/usr/lib/x', 'w')", "no file be written"),
    ("removing a file", "os.remove('/etc/passwd')", "no file be changed"),
    ("the environment", "return float(len(os.environ))", 0.0),
    ("NaN", "return float('nan')", "returned nan, which is not finite"),
    ("inf", "return float('inf')", "returned inf, which is not finite"),
    ("an integer that no float can hold", "return 10 ** 400", "no float can hold"),
    ("None", "return None", "returned None, not a number"),
    ("a string", "return '0.5'", "returned '0.5', a str, not a number"),
    ("a dict", "return {'score': 1.0}", "a dict, not a number: the number alone"),
    ("a list", "return [1.0]", "a list, not a number"),
    ("a Decimal", "import decimal; return decimal.Decimal(1)", "a Decimal, not a number"),
    ("an object that has no name", "class C: __module__ = 5\nreturn C()", "a C, not a number"),
    ("an object whose repr() raises", "class C:\n    def __repr__(self): 1 / 0\nreturn C()",
     "whose repr() raises ZeroDivisionError"),
    ("True", "return True", 1.0),
    ("False", "return False", 0.0),
    ("an integer", "return 3", 3.0),
    ("less than nothing", "return -2.5", -2.5),
    ("endless recursion", "f = lambda: f()\nf()", "RecursionError"),
    ("its own item thrown away", "item.clear(); sample.clear(); return 0.25", 0.25),
    ("a name that is not there", "return nope", "NameError: name 'nope' is not defined"),
    ("json taken apart", "import json; json.loads = json.JSONDecoder = None", 0.4),
    ("builtins taken apart", "import builtins; builtins.type = None; return 0.5", "its process ended"),
    ("nested deeper than it prints", "x = []\nfor _ in range(100000): x = [x]\nreturn x", ""),
)

# the whole source, the words of every row's error
LOADS = (
    ("an exception while the source is run", "1 / 0\ndef grade(sample, item): return 1.0",
     "ZeroDivisionError: division by zero (line 1)"),
    ("an exit while the source is run", "import os\nos._exit(5)\ndef grade(sample, item): return 1.0",
     "its process ended while the source was run: exit status 5"),
    ("a hang while the source is run", "while True: pass\ndef grade(sample, item): return 1.0",
     "had not run to its end"),
    ("a grade that is none", "grade = 5", "defines no function grade"),
    ("a module that is opened at the start", "open('/etc/passwd')\ndef grade(sample, item): return 1.0",
     "no file be read"),
)

# the whole source, the code and the words of the fault; None: only a warning
REFUSED = (
    ("a syntax error", "def grade(sample, item)\n    return 1.0", "P001", "line 1 of the source"),
    ("no grade", "def grad(sample, item): return 1.0", "P002", "no function 'grade'"),
    ("one parameter", "def grade(sample): return 1.0", "P002", "grade(sample)"),
    ("three parameters", "def grade(sample, item, x): return 1.0", "P002", "exactly two"),
    ("async", "async def grade(sample, item): return 1.0", "P002", "async"),
    ("import sys", "import sys\ndef grade(sample, item): return 1.0", "P003", "'import sys' fails the job"),
    ("import sys where nobody goes", "def grade(sample, item): return 1.0\nif __name__ == '__main__':\n"
     "    import sys", "P003", "line 3 of the source"),
    ("an import that is nowhere", "import torch\ndef grade(sample, item): return 1.0", "P003",
     "the service does not have 'torch'"),
    ("256 kB", "def grade(sample, item): return 1.0\n#" + "x" * 256000, "J005", "less than 256 kB"),
    ("a source that Python cannot parse", "x = " + "(" * 5000 + "\ndef grade(sample, item): return 1.0",
     "P001", ""),
    ("no text", 5, "J004", "must be a string"),
)

WARNED = (
    ("swapped parameters", "def grade(item, sample): return 1.0", "P006", "the sample comes first"),
    ("parameters used the wrong way round", "def grade(sample, item): return float(item['output_text'])",
     "P006", "is in the sample"),
    ("the answer from item['messages']", "def grade(sample, item): return float(len(item['messages'][-1]))",
     "P007", "never holds the model's answer"),
    ("the answer by an evaluation's key", "def grade(sample, item): return item['sample.output_text']",
     "P007", "evaluations"),
    ("a module that may be refused", "import os\ndef grade(sample, item): return 1.0", "P004", "'os'"),
    ("a bool", "def grade(sample, item): return sample['output_text'] == 'x'", "P008", "a bool"),
    ("a field that no row has", "def grade(sample, item): return item['numbr']", "P007",
     "no row has it: 'numbr'"),
)


def source_of(body):
    """The source whose bad row does `body`, which begins on its line 6."""
    return ("import os\nimport time\n\ndef grade(sample, item):\n    if item['bad']:\n" +
            textwrap.indent(body, "        ") + "\n    return item['n'] / 10\n")


class Job:
    """A folder with a job and its rows."""

    def __init__(self, folder, source, sandbox, **simulation):
        os.mkdir(folder)
        self.folder = folder
        with open(os.path.join(folder, "rows.jsonl"), "w", encoding="utf-8") as f:
            for n in range(ROWS):
                f.write(json.dumps({"messages": [{"role": "user", "content": "Find it."}], "n": n,
                                    "bad": n == BAD}) + "\n")
        body = {"model": "o4-mini-2025-04-16", "seed": 1,
                "training_file": "rows.jsonl", "validation_file": "rows.jsonl",
                "method": {"type": "reinforcement", "reinforcement": {
                    "grader": {"type": "python", "name": "g", "source": source},
                    "hyperparameters": {"n_epochs": 1, "eval_samples": 2, "eval_interval": 1000,
                                        "batch_size": 10}}},
                "simulation": {"policy": {"type": "scripted", "turns": [{"answer": "x"}]},
                               "rollouts_per_step": 20, "sandbox": sandbox, "python_errors_max": 1,
                               **simulation}}
        with open(os.path.join(folder, "job.json"), "w", encoding="utf-8") as f:
            json.dump(body, f)

    def run(self, program, limit, environment=None, options=()):
        command = [program, "run", "job.json", "--out", "out", "--json", "--rollouts", "--threads", "1",
                   "--concurrency", "16", *options]
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=limit, text=True,
                                  check=False, env={**os.environ, **(environment or {})})
        except subprocess.TimeoutExpired:
            raise Failed(f"did not end within {limit} s") from None
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def ended(status, lines, err):
    true(f"exit status {status}: {short(err)}", status == 0)
    rollouts = [line for line in lines if line["type"] == "rollout"]
    equal("rollouts", len(rollouts), 2 * 2 * ROWS)
    return rollouts


def check_error(rollout, error, words):
    equal("errors", rollout["errors"], [error])
    true(f"why: {short(rollout['why'])}, should have {words}", words in rollout["why"])


class Grade:
    """A case of GRADES."""

    def __init__(self, case, sandbox, workers):
        words, self.body, self.want = case
        self.sandbox, self.workers = sandbox, workers
        many = f", {workers} workers" if workers > 1 else ""
        self.sentence = f"sandbox {sandbox}{many}: {words}"

    def play(self, settings, folder):
        late = isinstance(self.want, str) and "not there" in self.want
        limits = {"grader_timeout_ms": TIMEOUT_MS * settings.patience} if late else {}
        job = Job(folder, source_of(self.body), self.sandbox, grader_workers=self.workers, **limits)
        for r in ended(*job.run(settings.program, LIMIT * settings.patience)):
            if r["line"] == BAD + 1 and self.want is None:
                true(f"{r['outcome']} with {r['errors']}", r["errors"] or r["outcome"] != "graded" or
                     r["reward"] == BAD / 10)
                continue
            equal(f"outcome of line {r['line']}", r["outcome"], "graded")
            if r["line"] != BAD + 1:
                equal(f"errors of line {r['line']}", r["errors"], [])
                equal(f"reward of line {r['line']}", r["reward"], (r["line"] - 1) / 10)
            elif isinstance(self.want, str):
                equal("reward", r["reward"], 0)
                check_error(r, RUNTIME, self.want)
            else:
                equal("errors", r["errors"], [])
                equal("reward", r["reward"], self.want)


class Load:
    """A case of LOADS."""

    def __init__(self, case, sandbox):
        words, self.source, self.want = case
        self.sandbox = sandbox
        self.sentence = f"sandbox {sandbox}: {words}"

    def play(self, settings, folder):
        job = Job(folder, self.source, self.sandbox, grader_timeout_ms=TIMEOUT_MS * settings.patience)
        for r in ended(*job.run(settings.program, LIMIT * settings.patience)):
            equal("outcome", r["outcome"], "graded")
            equal("reward", r["reward"], 0)
            check_error(r, RUNTIME, self.want)


class Spoken:
    """A case of REFUSED or WARNED."""

    def __init__(self, case, status):
        words, self.source, self.code, self.want = case
        self.status = status
        self.sentence = f"{'refused' if status else 'warned of'}: {words}"

    def play(self, settings, folder):
        job = Job(folder, self.source, "off")
        status, lines, err = job.run(settings.program, LIMIT * settings.patience)
        equal("exit status", status, self.status)
        kind = "error" if self.status else "warning"
        true(f"no {kind}[{self.code}] with '{self.want}': {short(err)}",
             f"{kind}[{self.code}]" in err and self.want in err)
        equal("lines", bool(lines), not self.status)


GOOD = source_of("pass")


def check_good(run):
    for r in ended(*run):
        equal(f"reward of line {r['line']}", (r["reward"], r["errors"]), ((r["line"] - 1) / 10, []))


def no_interpreter(settings, folder):
    status, _, err = Job(folder, GOOD, "off").run(settings.program, LIMIT, {"RFTSIM_PYTHON": "/nonexistent"})
    equal("exit status", status, 3)
    true(short(err), "/nonexistent" in err and "RFTSIM_PYTHON" in err)


def workers_do_not_start(settings, folder):
    """An interpreter that looks at the source, and then grades nothing."""
    job = Job(folder, GOOD, "off")
    python = os.path.join(folder, "python")
    with open(python, "w", encoding="utf-8") as f:
        f.write('#!/bin/sh\ncase "$*" in *"One warm worker"*) echo "no more" >&2; exit 9;; esac\n'
                'exec /usr/bin/python3 "$@"\n')
    os.chmod(python, 0o755)
    status, lines, err = job.run(settings.program, LIMIT, {"RFTSIM_PYTHON": python})
    true(f"exit status {status}: {short(err)}", status == 0)
    for r in lines:
        if r["type"] == "rollout":
            equal("outcome", r["outcome"], "discarded_grader")
            true(f"why: {short(r['why'])}", "does not start: exit status 9; it said: no more" in r["why"])


def without_bubblewrap(settings, folder):
    job = Job(folder, GOOD, "auto")
    run = job.run(settings.program, LIMIT, {"RFTSIM_BWRAP": "/nonexistent/bwrap"})
    check_good(run)
    equal("warnings N003", run[2].count("warning[N003]"), 1)
    true(short(run[2]), "/nonexistent/bwrap is not installed" in run[2])


def with_broken_bubblewrap(settings, folder):
    run = Job(folder, GOOD, "auto").run(settings.program, LIMIT, {"RFTSIM_BWRAP": "/bin/false"})
    check_good(run)
    equal("warnings N003", run[2].count("warning[N003]"), 1)


def required_and_not_there(settings, folder):
    job = Job(folder, GOOD, "auto")
    status, lines, err = job.run(settings.program, LIMIT, {"RFTSIM_BWRAP": "/nonexistent/bwrap"},
                                 ["--sandbox=require"])
    equal("exit status", status, 3)
    equal("lines", lines, [])
    true(short(err), "no sandbox" in err and "apt-get install bubblewrap" in err)


def no_warning_when_off(settings, folder):
    run = Job(folder, GOOD, "auto").run(settings.program, LIMIT, {"RFTSIM_BWRAP": "/nonexistent/bwrap"},
                                        ["--sandbox=off"])
    check_good(run)
    true(short(run[2]), "N003" not in run[2])


def many_bad_rows(settings, folder):
    """Each grade of some workers may be the last of its worker."""
    source = source_of("pass").replace("return", "if item['n'] % 3 == 0: os._exit(1)\n    return")
    job = Job(folder, source, "auto", grader_workers=3)
    for r in ended(*job.run(settings.program, LIMIT * settings.patience)):
        if (r["line"] - 1) % 3 == 0:
            check_error(r, RUNTIME, "its process ended")
        else:
            equal("reward", (r["reward"], r["errors"]), ((r["line"] - 1) / 10, []))


def nothing_is_left(sandbox, settings, folder):
    """No worker outlives the program, also when it is killed in the middle of a grade."""
    Job(folder, source_of("time.sleep(10000)"), sandbox)
    for kill in ("terminate", "kill"):
        p = subprocess.Popen([settings.program, "run", "job.json", "--out", kill, "-q", "--threads", "1"],
                             cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        workers = wait_for(lambda: workers_of(p.pid))
        time.sleep(settings.patience)  # until it is at the bad row: before, the end of its input ends it
        getattr(p, kill)()
        p.wait(LIMIT)
        wait_for(lambda: not any(alive(w) for w in workers))


def workers_of(pid):
    """Its descendants, once one of them grades."""
    found, todo = [], [str(pid)]
    while todo:
        here = children_of(todo.pop())
        found += here
        todo += here
    return found if any(is_worker(c) for c in found) else []


def children_of(pid):
    try:
        return [c for task in os.listdir(f"/proc/{pid}/task")
                for c in read(f"/proc/{pid}/task/{task}/children").split()]
    except OSError:
        return []


def is_worker(pid):
    try:
        return read(f"/proc/{pid}/comm").startswith("python") and \
            "One warm worker" in read(f"/proc/{pid}/cmdline")
    except OSError:
        return False


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def alive(pid):
    try:
        return read(f"/proc/{pid}/stat").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for(what):
    for _ in range(200):
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise Failed("waited 20 s in vain")


def all_cases():
    cases = []
    for sandbox in ("auto", "off"):
        cases += [Grade(case, sandbox, 1) for case in GRADES]
        cases += [Load(case, sandbox) for case in LOADS]
    cases += [Grade(case, "auto", 2) for case in GRADES if "hang" in case[0] or "exit" in case[0]]
    cases += [Spoken(case, 2) for case in REFUSED]
    cases += [Spoken(case, 0) for case in WARNED]
    cases += [Special(*case) for case in (
        ("there is no interpreter: exit 3", no_interpreter),
        ("no worker starts: every rollout is discarded", workers_do_not_start),
        ("no bubblewrap: one warning, and the grades are right", without_bubblewrap),
        ("a bubblewrap that fails: one warning, and the grades are right", with_broken_bubblewrap),
        ("--sandbox=require and no bubblewrap: exit 3", required_and_not_there),
        ("--sandbox=off: no warning", no_warning_when_off),
        ("workers die all the time", many_bad_rows),
        ("no worker outlives the program", functools.partial(nothing_is_left, "off")),
        ("no worker outlives the program, sandbox auto", functools.partial(nothing_is_left, "auto")),
    )]
    return cases


if __name__ == "__main__":
    sys.exit(play_cases("python graders", all_cases()))
