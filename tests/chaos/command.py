#!/usr/bin/env python3
"""Every way in which a policy that is a program can misbehave, one run of rftsim each.

    tests/chaos/command.py [--patience N] PROGRAM [WORD]...

In each run one row is bad: on it the policy does what the case says, on the others it answers what is
right. The bad row's rollouts end as the case names, and the others have their rewards, whatever became of
the process that they shared with it; at one thread and at two, with the same results. Then programs that
cannot run at all, and ends of a run in the middle. With WORDs only the cases that have one of them in
their line. `--patience` multiplies time limits (sanitizers).
"""
import csv
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import LIMIT, Special, play_cases  # noqa: E402
from program import Failed, equal, short, true  # noqa: E402

TIMEOUT_MS = 1500  # of a turn that is known to hang
BAD = 4           # which row
ROWS = 10
ROLLOUTS = 2 * 2 * ROWS

HEAD = """#!/usr/bin/env python3
import json, os, random, signal, sys, threading, time

def say(ask, **turn):
    sys.stdout.write(json.dumps({"id": ask["id"], **turn}) + "\\n")

def right(ask):
    say(ask, answer=str(ask["item"]["n"]))

"""

# what is done with `ask` on the bad row, the words of its failure; None: it has its reward
TURNS = (
    ("an exception", "1 / 0", "exit status 1; it said: "),
    ("an exception, whose last line is told", "1 / 0", "ZeroDivisionError: division by zero"),
    ("an exit", "sys.exit(0)", "the program ended: exit status 0"),
    ("an exit with words", "print('out of', 'luck', file=sys.stderr); os._exit(7)",
     "exit status 7; it said: out of luck"),
    ("SIGKILL to itself", "os.kill(os.getpid(), 9)", "signal 9 (Killed)"),
    ("os.abort()", "os.abort()", "signal 6"),
    ("SIGTERM to its session", "os.killpg(0, 15)", "signal 15"),
    ("a busy hang", "while True: pass", "not there after"),
    ("a hang in sleep", "time.sleep(1000)", "not there after"),
    ("a hang that catches signals", "signal.signal(15, signal.SIG_IGN); time.sleep(1000)", "not there after"),
    ("SIGSTOP to itself", "os.kill(os.getpid(), 19)", "not there after"),
    ("a turn that is forgotten", "continue", "not there after"),
    ("standard output closed", "os.close(1); time.sleep(1000)", "not there after"),
    ("standard input closed", "os.close(0); right(ask); continue", None),
    ("no JSON", "print('thinking ...'); right(ask); continue", "no JSON: thinking ..."),
    ("an empty line", "print(); right(ask); continue", "no JSON"),
    ("half a line, and an end", "sys.stdout.write('{\"id\": '); sys.stdout.flush(); os._exit(0)",
     "the program ended: exit status 0"),
    ("a byte that is no UTF-8", "sys.stdout.buffer.write(b'{\"id\": 1, \"answer\": \"\\xff\"}\\n'); "
     "sys.stdout.flush(); continue", "no JSON"),
    ("an id that nobody has", "say({'id': 10 ** 9}, answer='x'); continue",
     "answered id 1000000000, which it was never asked for"),
    # a process that begins with the bad row has no other turn yet whose id this could be
    ("an id that has its answer", "say({'id': 1 if ask['id'] > 1 else 10 ** 9}, answer='x'); continue", "answered id 1"),
    ("no id", "print('{\"answer\": \"x\"}'); continue", "has no \"id\" of a turn"),
    ("a list", "print('[]'); continue", "has no \"id\" of a turn"),
    ("a line without end", "while True: sys.stdout.write('x' * 65536)", "longer than 4 MB"),
    ("a line of 5 MB", "say(ask, answer='x' * 5_000_000); continue", "longer than 4 MB"),
    ("a line nested too deep", "print('[' * 100000); continue", "no JSON"),
    ("neither answer nor calls", "say(ask); continue", "it has no \"answer\", \"calls\""),
    ("answer and calls", "say(ask, answer='x', calls=[]); continue", "it has several of"),
    ("an answer that is no text", "say(ask, answer=5); continue", "its \"answer\" is no text"),
    ("no calls", "say(ask, calls=[]); continue", "at least one call"),
    ("a call without a name", "say(ask, calls=[{'arguments': {}}]); continue", "no \"name\" that is a text"),
    ("a call with a list for arguments", "say(ask, calls=[{'name': 'x', 'arguments': []}]); continue",
     "\"arguments\" are an object"),
    ("200 calls", "say(ask, calls=[{'name': 'x'}] * 200); continue", "more than 128 calls"),
    ("a message to nobody", "say(ask, message={'arguments': {}}); continue", "no \"recipient\""),
    ("a message to all", "say(ask, message={'recipient': 'all'}); continue", "a message to \"all\""),
    ("an error", "say(ask, error='no idea'); continue", "the program says: no idea"),
    ("100 MB on standard error", "for _ in range(100): sys.stderr.write('x' * (1 << 20))\nright(ask); continue", None),
    ("rubbish on standard error", "sys.stderr.buffer.write(b'\\xff\\0\\x1b[31m\\n')\nos._exit(1)",
     "exit status 1; it said: ?"),
    ("an answer of 3 MB", "say(ask, answer=' ' * 3_000_000 + str(ask['item']['n'])); continue", "a wrong answer"),
    ("an answer and an end", "right(ask); sys.stdout.flush(); os._exit(1)", None),
    ("a child that goes on", "if not os.fork():\n    time.sleep(1000)\nright(ask); continue", None),
    ("a late answer to each", "time.sleep(0.05); right(ask); continue", None),
)

# the program's text, or None for no file; the words of the end of the run
HOPELESS = (
    ("a program that is not there", None, "No such file or directory"),
    ("an interpreter that is not there", "#!/usr/bin/no-such-python\n", "first line of a script"),
    ("a script without a first line", "echo hello\n", "a script needs a first line"),
    ("a syntax error", HEAD + "for line in sys.stdin\n", "SyntaxError"),
    ("a module that is not there", HEAD + "import no_such_module\n", "No module named 'no_such_module'"),
    ("an end at once", "#!/bin/sh\nexit 0\n", "the program ended: exit status 0"),
    ("an end at once, by a signal", "#!/bin/sh\nkill -9 $$\n", "signal 9"),
    ("a greeting", "#!/bin/sh\necho Welcome\nexec cat\n", "no JSON: Welcome"),
    ("a program that never reads", "#!/bin/sh\nexec sleep 1000\n", "not there after"),
    ("a program that never writes", "#!/bin/sh\nexec cat >/dev/null\n", "not there after"),
    ("an exception at every turn", HEAD + "for line in sys.stdin: json.loads(line)['nope']\n", "KeyError: 'nope'"),
    ("rubbish at every turn", "#!/bin/sh\nwhile read -r l; do echo \"$l\" | cut -c 1-10; done\n", "no JSON"),
    ("no turn at every turn", "#!/bin/sh\nwhile read -r l; do id=${l#*:}; echo \"{\\\"id\\\":${id%%,*}}\"; done\n",
     "it has no \"answer\""),
)


def loop(body):
    return HEAD + ("for line in sys.stdin:\n    ask = json.loads(line)\n    if ask['item']['bad']:\n" +
                   textwrap.indent(body, " " * 8) + "\n    right(ask)\n")


class Job:
    """A folder with a job, its rows and the program that is its policy."""

    def __init__(self, folder, source, policy=None, rows=ROWS, **simulation):
        os.mkdir(folder)
        self.folder = folder
        with open(os.path.join(folder, "rows.jsonl"), "w", encoding="utf-8") as f:
            for n in range(rows):
                f.write(json.dumps({"messages": [{"role": "user", "content": "Say it."}], "n": n,
                                    "want": str(n), "bad": n == BAD}) + "\n")
        body = {"model": "o4-mini-2025-04-16", "seed": 1,
                "training_file": "rows.jsonl", "validation_file": "rows.jsonl",
                "method": {"type": "reinforcement", "reinforcement": {
                    "grader": {"type": "string_check", "name": "g", "operation": "eq",
                               "input": "{{sample.output_text}}", "reference": "{{item.want}}"},
                    "hyperparameters": {"n_epochs": 1, "eval_samples": 2, "eval_interval": 1000,
                                        "batch_size": rows}}},
                "simulation": {"policy": {"type": "command", "argv": ["./policy"], **(policy or {})},
                               "rollouts_per_step": 2 * rows, **simulation}}
        with open(os.path.join(folder, "job.json"), "w", encoding="utf-8") as f:
            json.dump(body, f)
        if source is not None:
            path = os.path.join(folder, "policy")
            with open(path, "w", encoding="utf-8") as f:
                f.write(source)
            os.chmod(path, 0o755)

    def command(self, program, threads, out, *options):
        # from elsewhere, so that paths are of the job's folder
        return [program, "run", os.path.join(self.folder, "job.json"), "--out", os.path.join(self.folder, out),
                "--json", "--rollouts", "--threads", str(threads), "--concurrency", "16", *options]

    def run(self, program, limit, threads=1, options=()):
        out = f"out{threads}"
        try:
            done = subprocess.run(self.command(program, threads, out, *options), cwd="/", capture_output=True,
                                  timeout=limit, text=True, check=False)
        except subprocess.TimeoutExpired:
            raise Failed(f"did not end within {limit} s") from None
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def results(self, threads):
        """results.csv without what is a time."""
        with open(os.path.join(self.folder, f"out{threads}", "results.csv"), encoding="utf-8") as f:
            rows = list(csv.reader(f))
        kept = [i for i, name in enumerate(rows[0])
                if "duration" not in name and "latency" not in name and name != "timestamp"]
        return [[row[i] for i in kept] for row in rows]


def processes_in(folder):
    """Of those that run there: number and command line."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            where = os.readlink(f"/proc/{pid}/cwd")
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as f:
                words = f.read().replace("\0", " ")
        except OSError:
            continue
        if where == folder:
            yield f"{pid}: {words}"


def no_process_left(folder):
    """What is killed takes a moment to be gone."""
    until = time.monotonic() + 5
    while list(processes_in(folder)) and time.monotonic() < until:
        time.sleep(0.05)
    equal("processes left", list(processes_in(folder)), [])


def ended(status, lines, err, n=ROLLOUTS):
    true(f"exit status {status}: {short(err)}", status == 0)
    rollouts = [line for line in lines if line["type"] == "rollout"]
    equal("rollouts", len(rollouts), n)
    return rollouts


class Turn:
    """A case of TURNS."""

    def __init__(self, case):
        self.sentence, self.body, self.want = case

    def check(self, rollouts):
        for r in rollouts:
            if r["line"] == BAD + 1 and self.want == "a wrong answer":
                equal("outcome and reward", (r["outcome"], r["reward"]), ("graded", 0))
            elif r["line"] == BAD + 1 and self.want:
                equal("outcome", r["outcome"], "policy_failed")
                true(f"why: {short(r['why'])}, should have {self.want}", self.want in r["why"])
            else:
                equal(f"outcome of line {r['line']}: {short(r)}", r["outcome"], "graded")
                equal(f"reward of line {r['line']}", r["reward"], 1)

    def play(self, settings, folder):
        late = self.want and "not there" in self.want
        limits = {"timeout_ms": TIMEOUT_MS * settings.patience} if late else {}
        job = Job(folder, loop(self.body), limits)
        for threads in (1, 2):
            self.check(ended(*job.run(settings.program, LIMIT * settings.patience, threads)))
            no_process_left(folder)
        equal("results.csv", job.results(2), job.results(1))


class Never:
    """A case of HOPELESS."""

    def __init__(self, case):
        words, self.source, self.want = case
        self.sentence = f"the run ends at {words}"

    def play(self, settings, folder):
        limits = {"timeout_ms": 300 * settings.patience} if "not there" in self.want else {}
        job = Job(folder, self.source, limits, rows=60)
        for threads in (1, 2):
            status, lines, err = job.run(settings.program, LIMIT * settings.patience, threads)
            equal(f"exit status ({short(err)})", status, 3)
            true(f"said: {short(err)}, should have {self.want}",
                 "stopped, since the policy's program " in err and self.want in err)
            failed = [line for line in lines if line["type"] == "rollout" and line["outcome"] == "policy_failed"]
            true(f"{len(failed)} rollouts failed", len(failed) <= 20 * threads)
            no_process_left(folder)


class Lasting(Special):
    def play(self, settings, folder):
        super().play(settings, folder)
        no_process_left(folder)


def any_order(settings, folder):
    """A program of threads, of which the slowest answers last; what it draws is of its seeds."""
    job = Job(folder, HEAD + textwrap.dedent("""
        lock = threading.Lock()
        def work(ask):
            draw = random.Random(ask["seed"]).random()
            time.sleep(draw / 20)
            with lock:
                say(ask, answer=str(ask["item"]["n"] if draw < 0.5 else -1))
        for line in sys.stdin:
            threading.Thread(target=work, args=(json.loads(line),)).start()
        """))
    rewards = set()
    for threads in (1, 2, 4):
        for r in ended(*job.run(settings.program, LIMIT * settings.patience, threads)):
            equal("outcome", r["outcome"], "graded")
            rewards.add(r["reward"])
        equal("results.csv", job.results(threads), job.results(1))
    equal("rewards", rewards, {0, 1})


def names(settings, folder):
    """Rollouts, turns and seeds are named alike in every run of the seed."""
    job = Job(folder, HEAD + textwrap.dedent("""
        log = open(f"asked-{os.getpid()}", "w")
        for line in sys.stdin:
            ask = json.loads(line)
            log.write(json.dumps([ask["rollout"], ask["turn"], ask["seed"], ask["item"]["n"]]) + "\\n")
            log.flush()
            right(ask)
        """))
    runs = []
    for threads in (1, 2):
        ended(*job.run(settings.program, LIMIT * settings.patience, threads))
        asked = []
        for name in [n for n in os.listdir(folder) if n.startswith("asked-")]:
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                asked += [json.loads(line) for line in f]
            os.remove(os.path.join(folder, name))
        runs.append(sorted(asked))
    equal("asked", runs[1], runs[0])
    equal("rollouts", len({a[0] for a in runs[0]}), ROLLOUTS)


def one_line_a_process(settings, folder):
    """It answers once and ends, every time."""
    job = Job(folder, HEAD + "right(json.loads(sys.stdin.readline()))\n")
    for r in ended(*job.run(settings.program, LIMIT * settings.patience, 2)):
        equal("reward", r["reward"], 1)


def rollout_deadline(settings, folder):
    """The rollout's time is up first; the program is not to blame, and its late answers are nobody's."""
    ms = 400 * settings.patience
    job = Job(folder, loop(f"threading.Timer({ms / 1000 + 1}, right, [ask]).start(); continue"),
              {"timeout_ms": 60000}, rollout_timeout_ms=ms)
    for r in ended(*job.run(settings.program, LIMIT * settings.patience, 2)):
        if r["line"] != BAD + 1:
            equal("reward", r["reward"], 1)
            continue
        equal("outcome", r["outcome"], "policy_failed")
        true(f"why: {short(r['why'])}", "rollout_timeout_ms" in r["why"])


def interrupted(settings, folder, body):
    job = Job(folder, loop(body), rows=200)
    run = subprocess.Popen(job.command(settings.program, 2, "out"), cwd="/", stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    time.sleep(1.0 * settings.patience)
    true("it still runs", run.poll() is None)
    begun = time.monotonic()
    run.send_signal(signal.SIGINT)
    try:
        _, err = run.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        run.kill()
        raise Failed("SIGINT does not end it") from None
    true(f"took {time.monotonic() - begun:.1f} s to end", time.monotonic() - begun < 5 * settings.patience)
    equal(f"exit status ({short(err)})", run.returncode, 4)


def leaves_by_itself(settings, folder):
    """At the end of its input a program has time to put down what it has."""
    job = Job(folder, loop("pass") + "open(f'left-{os.getpid()}', 'w').write('x')\n")
    ended(*job.run(settings.program, LIMIT * settings.patience, 2))
    true("no process left by itself", [n for n in os.listdir(folder) if n.startswith("left-")])


def does_not_leave(settings, folder):
    """One that stays is killed."""
    job = Job(folder, loop("pass") + "signal.signal(15, signal.SIG_IGN)\ntime.sleep(1000)\n")
    begun = time.monotonic()
    ended(*job.run(settings.program, LIMIT * settings.patience, 2))
    true("it takes long to end", time.monotonic() - begun < 20 * settings.patience)


SPECIALS = (
    ("answers in any order, with draws of its seeds", any_order),
    ("the same names in every run of a seed", names),
    ("one line a process", one_line_a_process),
    ("a rollout's deadline", rollout_deadline),
    ("SIGINT while it answers", lambda s, f: interrupted(s, f, "time.sleep(1000)")),
    ("SIGINT while it works slowly", lambda s, f: interrupted(s, f, "threading.Timer(1000, right, [ask]).start(); continue")),
    ("an end of its own", leaves_by_itself),
    ("no end of its own", does_not_leave),
)


def cases():
    return ([Turn(c) for c in TURNS] + [Never(c) for c in HOPELESS] + [Lasting(*s) for s in SPECIALS])


if __name__ == "__main__":
    sys.exit(play_cases("policies that are programs", cases()))
