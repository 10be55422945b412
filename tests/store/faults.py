#!/usr/bin/env python3
"""What can be wrong with a run that is to go on, and with the disk: told by name, nothing overwritten.

    tests/store/faults.py PROGRAM ENDPOINT

A run is stopped with Ctrl-C half-way. Each case then spoils a copy of it, tries to go on, and looks at the
exit status, at what is said, and at the files, which must be as they were. Then two processes want one
run, a disk fills up (a small tmpfs; that needs root), and runs go on that are allowed to.
"""
import contextlib
import http.server
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

import lab

EPOCHS, BATCH = 2, 8
NOBODY = 65534
BASE = ["--rollouts-per-step", 160]
failed = []


def check(name, fine, what=""):
    print(f"  {'ok  ' if fine else 'FAIL'}  {name}{'' if fine else ': ' + what}")
    if not fine:
        failed.append(name)


def on_db(folder, script):
    with contextlib.closing(sqlite3.connect(folder / "run.db")) as db:
        db.executescript(script)


def change_text(path, old, new):
    text = path.read_text()
    assert old in text, f"{old} is not in {path}"
    path.write_text(text.replace(old, new))


def garble(folder, at, n):
    with (folder / "run.db").open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * n)


def truncate(folder):
    os.truncate(folder / "run.db", (folder / "run.db").stat().st_size // 3)


def newer(folder):
    """A newer program that was killed: what it did last is in the WAL alone."""
    with contextlib.closing(sqlite3.connect(folder / "run.db")) as db:
        db.execute("PRAGMA user_version = 99")
        kept = {name: (folder / name).read_bytes() for name in ("run.db", "run.db-wal")}
    for name, content in kept.items():
        (folder / name).write_bytes(content)


def foreign(folder):
    (folder / "run.db").unlink()
    on_db(folder, "CREATE TABLE recipes (name TEXT)")


def empty(folder):
    (folder / "run.db").write_bytes(b"")


# name, what is done to the copy (its folder, the folder of the job), options, exit status, words that must be said
CASES = [
    ("a damaged page", lambda run, job: garble(run, 8192, 20000), [], 3, ["run.db: is damaged", "nothing was changed"]),
    ("a damaged head", lambda run, job: garble(run, 0, 100), [], 3, ["run.db: is damaged"]),
    ("half of the file is gone", lambda run, job: truncate(run), [], 3, ["run.db: is damaged"]),
    ("an empty file", lambda run, job: empty(run), [], 3, ["holds no run"]),
    ("a newer schema", lambda run, job: on_db(run, "PRAGMA user_version = 99"), [], 3,
     ["newer rftsim (schema 99, and this one knows 4)"]),
    ("a newer schema, killed", lambda run, job: newer(run), [], 3, ["newer rftsim (schema 99"]),
    ("another program's database", lambda run, job: foreign(run), [], 3, ["another program's"]),
    ("another kind of run.db", lambda run, job: (run / "run.db").write_text("hello " * 1000), [], 3, ["is damaged"]),
    ("no run.db", lambda run, job: (run / "run.db").unlink(), [], 3, ["run.db: is not there"]),
    ("another grader", lambda run, job: change_text(job / "job.yaml", "0.3 * exact", "0.4 * exact"), [], 2,
     ["/method/reinforcement/grader/calculate_output was"]),
    ("another key", lambda run, job: change_text(job / "job.yaml", "  tool_backoff_ms: 10\n", ""), [], 2,
     ["/simulation/tool_backoff_ms was 10, now it is not given"]),
    ("another seed", lambda run, job: change_text(job / "job.yaml", "seed: 7", "seed: 8"), [], 2,
     ["the seed has changed", "it was 7, now it is 8"]),
    ("another row", lambda run, job: change_text(job / "train.jsonl", "question 16", "question 17"), [], 2,
     ["train.jsonl:17: the row has changed"]),
    ("a row more", lambda run, job: change_text(job / "valid.jsonl", lab.json.dumps(lab.row(6)),
                                                lab.json.dumps(lab.row(6)) + "\n" + lab.json.dumps(lab.row(7))), [], 2,
     ["valid.jsonl: has 8 rows, and had 7"]),
    ("other rollouts a step", lambda run, job: None, ["--rollouts-per-step", 80], 2,
     ["the run began with --rollouts-per-step 160"]),
    ("the job is gone", lambda run, job: (job / "job.yaml").unlink(), [], 3,
     ["job.yaml: No such file or directory", "fix: put the job of the run back"]),
    ("a job as well", lambda run, job: None, ["job.yaml"], 2, ["leave away the job"]),
]


def contents(folder):
    """What must stay as it is: the database's content is in both files while it has a WAL."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())
            if path.name in ("run.db", "results.csv", "events.jsonl", "summary.json", "job.yaml")}


def copy_of(scratch, name):
    """A copy of the stopped run beside a copy of its job."""
    folder = scratch / name
    shutil.copytree(scratch / "base", folder)
    on_db(folder / "run", f"UPDATE run SET job_path = '{folder}/job.yaml'")
    return folder


def spoiled(program, scratch, url):
    for i, (name, spoil, options, status, words) in enumerate(CASES):
        folder = copy_of(scratch, f"case{i}")
        spoil(folder / "run", folder)
        before = contents(folder / "run")
        got, said = lab.Rftsim(program, folder, url).run("--resume", "run", *options)
        missing = [word for word in words if word not in said]
        check(name, got == status and not missing, f"exit {got}, not said: {missing}; said: {said}")
        check(f"{name}: nothing is overwritten", contents(folder / "run") == before, "a file has changed")


def read_only(program, scratch, url):
    folder = copy_of(scratch, "read_only")
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    for path in (scratch, folder, folder / "run"):
        path.chmod(0o755)
    for path in (folder / "run").iterdir():
        path.chmod(0o444)
    (folder / "run").chmod(0o555)
    before = contents(folder / "run")
    got, said = lab.Rftsim(program, folder, url).run("--resume", "run", **as_nobody)
    check("a folder that cannot be written", got == 3 and "Permission denied" in said and before == contents(folder / "run"),
          f"exit {got}: {said}")
    (folder / "run").chmod(0o755)


def two_at_once(program, scratch, url):
    folder = copy_of(scratch, "two")
    rftsim = lab.Rftsim(program, folder, url)
    with rftsim.start("--resume", "run", "--max-qps", 20) as first:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and len(lab.query(folder / "run", "SELECT * FROM process")) < 2:
            time.sleep(0.05)
        got, said = rftsim.run("--resume", "run")
        check("a second process is told who is at it", got == 3 and f"process {first.pid} is at it, since 20" in said,
              f"exit {got}: {said}")
        first.kill()
        first.communicate()
    got, said = rftsim.run("--resume", "run")
    check("once the first is gone it may", got == 0, f"exit {got}: {said}")


def nobody_reads(program, scratch, url):
    """Standard output that cannot be written ends a run, and the record says so."""
    folder = copy_of(scratch, "nobody")
    rftsim = lab.Rftsim(program, folder, url)
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([*rftsim.command, "-q", "--resume", "run"], cwd=folder, env=rftsim.environment, check=False,
                              stdout=full, stderr=subprocess.PIPE, text=True)
    check("a full standard output", done.returncode == 3 and "standard output" in done.stderr, done.stderr)
    told = lab.query(folder / "run", "SELECT state, why, ended_at IS NULL FROM run")[0]
    check("the record says what ended the run", told[0] == "failed" and "standard output" in str(told[1]) and not told[2],
          str(told))


def interrupted_reading(program, scratch, url):
    """Ctrl-C while what is recorded is read back: no step more is taken from the record."""
    folder = copy_of(scratch, "reading")
    rftsim = lab.Rftsim(program, folder, url)
    on_db(folder / "run", SLOW)
    with rftsim.start("--resume", "run") as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and "Job resumed." not in (folder / "run" / "events.jsonl").read_text():
            time.sleep(0.01)
        time.sleep(0.1)  # until signals are caught
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1]
    check("Ctrl-C while recorded waves are read back", process.returncode == 4 and "0 of 10 steps done" in said,
          f"exit {process.returncode}: {said}")


def killed_at_once(program, scratch, url):
    """A run that was killed before its first events were committed has them all the same."""
    folder = copy_of(scratch, "at_once")
    on_db(folder / "run", "DELETE FROM event")
    got, said = lab.Rftsim(program, folder, url).run("--resume", "run")
    lines = (folder / "run" / "events.jsonl").read_text().splitlines()
    told = [lab.json.loads(line)["message"] for line in lines]
    check("the first events of a run that was killed at once", got == 0 and told.count("Job started.") == 1
          and told.index("Job started.") < told.index("Job resumed."), f"exit {got}: {said} {told[:6]}")


def no_locks(program, scratch, url):
    """A disk that keeps no locks (NFS without its lock server): a library in between says so."""
    folder = copy_of(scratch, "no_locks")
    (folder / "no_locks.c").write_text(NO_LOCKS)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", "no_locks.so", "no_locks.c"], cwd=folder, check=True)
    rftsim = lab.Rftsim(program, folder, url)
    rftsim.environment["LD_PRELOAD"] = str(folder / "no_locks.so")
    for arguments in (["--resume", "run"], ["job.yaml", "--out", "new"]):
        got, said = rftsim.run(*arguments)
        check(f"no locks: {arguments[0]}", got == 3 and "No locks available" in said and "on a disk of this machine" in said,
              f"exit {got}: {said}")


def allowed(program, scratch, url):
    """What may differ: secrets, and how fast it goes. A database of schema 1 is brought up to date."""
    folder = copy_of(scratch, "allowed")
    on_db(folder / "run", "DROP TABLE search; DROP TABLE indexed; DROP TABLE choice;"
           " DROP TABLE checkpoint; DROP TABLE tokens; PRAGMA user_version = 1")
    rftsim = lab.Rftsim(program, folder, url)
    rftsim.environment["STORE_KEY"] = "another-secret-of-mine"
    change_text(folder / "job.yaml", "simulation:\n", "simulation:\n  concurrency: 3\n  threads: 2\n")
    got, said = rftsim.run("--resume", "run", "--threads", 1)
    wrong = lab.same_outcome(scratch / "whole" / "run", folder / "run") if got == 0 else []
    check("other secrets, threads and concurrency; schema 1", got == 0 and not wrong, f"exit {got}: {said} {wrong}")
    version = lab.query(folder / "run", "PRAGMA user_version")[0][0]
    check("schema 1 is 4 now", version == 4, f"it is {version}")
    secret = any(b"secret-of-mine" in path.read_bytes() for path in (folder / "run").iterdir())
    check("no secret is in the folder", not secret)
    got, said = rftsim.run("--resume", "run")
    check("a run that is done is left alone", got == 0 and not said, f"exit {got}: {said}")


# So that it takes a while to read the first wave: the samples that its graders saw are 16 MiB each.
SLOW = f"UPDATE rollout SET graded_sample = x'{zlib.compress(b' ' * (16 << 20)).hex()}' WHERE id < 2 << 32"


NO_LOCKS = """\
#include <errno.h>
int fcntl(int fd, int what, ...) { (void)fd; (void)what; errno = ENOLCK; return -1; }
int fcntl64(int fd, int what, ...) { (void)fd; (void)what; errno = ENOLCK; return -1; }
"""


class Judge(http.server.BaseHTTPRequestHandler):
    """Says 0.5 of everything, for 120 tokens."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Judge.asked += 1
        said = {"role": "assistant", "content": '{"steps": [], "result": 0.5}'}
        body = lab.json.dumps({
            "id": "x", "object": "chat.completion", "model": "judge",
            "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def tokens(program, scratch, url):
    """What a judge was asked for by two processes is told in one sum."""
    folder = scratch / "judged"
    lab.write_job(folder, 1, BATCH)
    job = (folder / "job.yaml").read_text()
    start, end = job.index("    grader:"), job.index("    hyperparameters:")
    judge = ("    grader: {type: score_model, name: j, model: judge, range: [0, 1],"
             " input: [{role: user, content: 'Is {{sample.output_text}} right?'}]}\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Judge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    models = f"  grader_models: {{judge: {{base_url: 'http://127.0.0.1:{server.server_port}/v1'}}}}\n"
    (folder / "job.yaml").write_text(job[:start] + judge + job[end:] + models)
    rftsim = lab.Rftsim(program, folder, url)
    with rftsim.start("job.yaml", "--out", "run", "--rollouts-per-step", 40, "--max-qps", 200) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(lab.recorded(folder / "run")) < 60:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate()
    first = Judge.asked
    got, said = rftsim.run("--resume", "run")
    server.shutdown()
    told = lab.json.loads((folder / "run" / "summary.json").read_text()) if got == 0 else {}
    used = told.get("model_grader_token_usage_per_model", {}).get("judge", {}).get("total_tokens", 0)
    requests = [end["requests"] for end in told.get("endpoints", []) if end["graders"]]
    stopped = Judge.asked - lab.query(folder / "run", "SELECT count(*) FROM rollout")[0][0]  # asked for nothing
    check("what a judge was asked before is told along with what it is asked now",
          got == 0 and 0 < first < Judge.asked and requests == [Judge.asked]
          and (Judge.asked - stopped) * 120 <= used <= Judge.asked * 120,
          f"exit {got}: {said}; asked {first} and {Judge.asked - first} times, told {requests} and {used} tokens")


FULL = """\
set -e
mount -t tmpfs -o size=600k none "$1"
shift
cp job.yaml train.jsonl valid.jsonl disk/
cd disk
set +e
"$@" -q job.yaml --out run --rollouts-per-step 160 >/dev/null 2>../said1
echo $? >../status1
"$1" run -q --resume run >/dev/null 2>../said2
echo $? >../status2
mount -o remount,size=64m none .
"$1" run -q --resume run >/dev/null 2>../said3
echo $? >../status3
cp -r run ../
"""


def disk_full(program, scratch, url):
    folder = scratch / "full"
    lab.write_job(folder, EPOCHS, BATCH)
    (folder / "disk").mkdir()
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]
    if subprocess.run([*unshare, "mount", "-t", "tmpfs", "none", str(folder / "disk")], check=False,
                      capture_output=True).returncode != 0:
        why = "none can be mounted here (it takes root, or a user namespace)"
        if os.environ.get("CI"):
            check("a full disk", False, why)
        print(f"  --    a full disk: skipped, since {why}")
        return
    done = subprocess.run([*unshare, "sh", "-c", FULL, "sh", str(folder / "disk"), str(program.resolve()), "run"],
                          cwd=folder, env={**os.environ, "STORE_URL": url}, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        check("a full disk", False, done.stderr)
        return
    status = [int((folder / f"status{i}").read_text()) for i in (1, 2, 3)]
    said = [(folder / f"said{i}").read_text() for i in (1, 2, 3)]
    full = [any(word in text for word in ("the disk is full", "No space left")) for text in said]
    check("a full disk ends the run by name", status[0] == 3 and full[0], f"exit {status[0]}: {said[0]}")
    check("while it is full the run cannot go on", status[1] == 3 and full[1], f"exit {status[1]}: {said[1]}")
    wrong = lab.same_outcome(scratch / "whole" / "run", folder / "run") if status[2] == 0 else []
    check("with room again it goes on to the same end", status[2] == 0 and not wrong, f"exit {status[2]}: {said[2]} {wrong}")


def stop_half_way(program, scratch, url):
    folder = scratch / "base"
    lab.write_job(folder, EPOCHS, BATCH)
    rftsim = lab.Rftsim(program, folder, url)
    with rftsim.start("job.yaml", "--out", "run", *BASE, "--max-qps", 900) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.1)
            if (folder / "run" / "results.csv").exists() and len(lab.recorded(folder / "run")) > 500:
                break
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1]
    check("Ctrl-C names the command to go on with", process.returncode == 4 and "rftsim run --resume run" in said,
          f"exit {process.returncode}: {said}")


def main():
    program, endpoint = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as name, lab.serving(endpoint) as url:
        scratch = Path(name)
        lab.write_job(scratch / "whole", EPOCHS, BATCH)
        status, said = lab.Rftsim(program, scratch / "whole", url).run("job.yaml", "--out", "run", *BASE)
        check("the undisturbed run", status == 0, said)
        stop_half_way(program, scratch, url)
        spoiled(program, scratch, url)
        read_only(program, scratch, url)
        two_at_once(program, scratch, url)
        killed_at_once(program, scratch, url)
        if "san" not in str(program):  # a sanitizer's own library wants to be the first
            no_locks(program, scratch, url)
        nobody_reads(program, scratch, url)
        interrupted_reading(program, scratch, url)
        allowed(program, scratch, url)
        tokens(program, scratch, url)
        disk_full(program, scratch, url)
    sys.exit(f"store: {len(failed)} failed" if failed else 0)


if __name__ == "__main__":
    main()
