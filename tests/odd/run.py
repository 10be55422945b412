#!/usr/bin/env python3
"""Files as nobody should have them: each is told in words, at once, and in little memory.

    tests/odd/run.py [--no-memory] [--patience N] PROGRAM

An odd file takes the place of the training file in turn for four readers: `check`, `check --fix`,
`grade` (which opens it as a run does) and `convert`. An odd job file is read by `check`. Each must
end by itself with an exit status of its own kind, name the file, say what is in `says`, and take no
more memory than MEMORY_KB. Then what must go well or not at all is tried on a full disk. The huge
files are sparse. As root a file's mode hinders nobody, so the unreadable one is read as `nobody`.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

MEMORY_KB = 160 << 10  # a line may be 64 MiB, and is held with room for the next
JOB = """\
model: o4-mini-2025-04-16
training_file: train.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    grader: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
    hyperparameters: {n_epochs: 1, eval_interval: 5, eval_samples: 1}
"""
ROWS = "".join(json.dumps({"messages": [{"role": "user", "content": f"question {i}"}], "answer": str(i)}) + "\n"
               for i in range(10))
USER = b'{"messages":[{"role":"user","content":"%s"}],"answer":"a"}\n'
READERS = {
    "check": ["check", "job.yaml"],
    "fix": ["check", "job.yaml", "--fix", "fixed"],
    "grade": ["grade", "job.yaml", "--row", "1", "--sample", "x"],
    "convert": ["convert", "train.jsonl", "--out", "out.jsonl"],
}


def sparse(size):
    def make(path):
        with open(path, "wb") as file:
            file.truncate(size)
    return make


def long_string(path):
    """One row of 1 GiB whose middle is a hole: it begins and ends as a row. Then one that is none."""
    with open(path, "wb") as file:
        file.write(b'{"messages":[{"role":"user","content":"')
        file.seek(1 << 30)
        file.write(b'"}]}\n{}\n')


def of(data, times=1):
    """Written piece by piece: what this process holds counts as its children's."""
    def make(path):
        with open(path, "wb") as file:
            for _ in range(times):
                file.write(data)
    return make


def too_long(path):
    """A byte more than a line may have."""
    sparse(64 << 20)(path)
    with open(path, "ab") as file:
        file.write(b"1")


def unreadable(path):
    path.write_text(ROWS)
    path.chmod(0)


# name, how the file is made, what must be said; None: all of it goes well
ROW_FILES = [
    ("1 GiB on one line, all NUL", sparse(1 << 30), "more than 64 MiB"),
    ("1 GiB row, and one more", long_string, r"(?s)more than 64 MiB.*train.jsonl:2:1: error\[D004\]"),
    ("64 MiB and a byte", too_long, "more than 64 MiB"),
    ("10,000 nested lists", of(b"[" * 10000 + b"]" * 10000 + b"\n"), "nested too deeply"),
    ("10,000 nested objects", of(b'{"a":' * 10000 + b"1" + b"}" * 10000 + b"\n"), "nested too deeply"),
    ("10,000 nested lists, open", of(b"[" * 10000), "nested too deeply"),
    ("not UTF-8", of(USER % b"\xff\xfe"), "not UTF-8"),
    ("half a character", of(USER % b"\xe2\x82"), "not UTF-8"),
    ("UTF-16", of(ROWS.encode("utf-16")), r"UTF-16|not UTF-8|expected a value"),
    ("a NUL byte", of(USER % b"a\0b"), "NUL byte"),
    ("a million blank lines", of(b"\n" * 1000, 1000), "only blank lines|the file is empty|nothing to convert"),
    ("empty", of(b""), "empty|nothing to convert"),
    ("a directory", lambda path: path.mkdir(), "a directory"),
    ("a FIFO", os.mkfifo, "not a regular file"),
    ("a device", lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    ("a link to itself", lambda path: path.symlink_to(path.name), "symbolic links"),
    ("no such file", lambda path: None, "No such file"),
    ("a read that fails", lambda path: path.symlink_to("/proc/self/mem"), "Input/output error"),
    ("a file without a size", lambda path: path.symlink_to("/proc/version"), "expected a value"),
    ("no permission", unreadable, "Permission denied"),
]
JOB_FILES = [
    ("17 MB of white space", of(b" " * 1000, 17000), "longer than 16777216 bytes"),
    ("1 GiB", sparse(1 << 30), "longer than 16777216 bytes"),
    ("16 MB of rows that are none", of(b"a\n" * 1000, 8000), r"error\[J00"),
    ("binary", of(bytes(range(256)) * 400), "not UTF-8|control character"),
    ("a NUL byte", of(b"model: a\0b\n"), "control character"),
    ("a NUL byte in JSON", of(b'{"model": "a\0b"}'), "control character"),
    ("100,000 nested lists", of(b"[" * 100000), "nested more than 100 deep"),
    ("100,000 nested objects", of(b'{"a":' * 100000), "nested"),
    ("100,000 levels of YAML", of(b"".join(b" " * i + b"a:\n" for i in range(2000))), "nested more than 100 deep"),
    ("an alias bomb", of(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"), "alias|anchor"),
    ("empty", of(b""), "the file is empty"),
    ("a directory", lambda path: path.mkdir(), "Is a directory"),
    ("no such file", lambda path: None, "No such file"),
    ("a read that fails", lambda path: path.symlink_to("/proc/self/mem"), "Input/output error"),
    ("no permission", unreadable, "Permission denied"),
    ("a training file without a name", of(JOB.replace("train.jsonl", '""').encode()), "must not be empty"),
]


class Odd:
    def __init__(self, program, memory, patience):
        self.program, self.memory, self.patience = program, memory, patience
        self.n = self.failed = self.peak_kb = 0

    def run(self, folder, args, **more):
        """Exit status, all that was said, kilobytes at the peak."""
        if os.geteuid() == 0 and folder.name.startswith("no_permission"):
            more |= {"user": 65534, "group": 65534, "extra_groups": []}
        with open(folder / "said", "wb") as said:
            child = subprocess.Popen([self.program, *args], cwd=folder, stdout=said, stderr=said,
                                     stdin=subprocess.DEVNULL, **more)
            end = time.monotonic() + 30 * self.patience
            while (done := os.wait4(child.pid, os.WNOHANG))[0] == 0 and time.monotonic() < end:
                time.sleep(0.002)
            if not done[0]:
                child.kill()
                done = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(done[1])
        return child.returncode, (folder / "said").read_text(errors="replace"), done[2].ru_maxrss

    def expect(self, name, ok, told):
        self.n += 1
        if not ok:
            self.failed += 1
            print(f"FAIL {name}: {told[-1500:]}")

    def folder(self, name):
        path = pathlib.Path(tempfile.mkdtemp(prefix=re.sub(r"\W+", "_", name) + "."))
        path.chmod(0o777)
        (path / "job.yaml").write_text(JOB)
        (path / "train.jsonl").write_text(ROWS)
        (path / "valid.jsonl").write_text(ROWS)
        return path

    def one(self, name, folder, args, file, says, statuses):
        began = time.monotonic()
        status, said, kb = self.run(folder, args)
        self.peak_kb = max(self.peak_kb, kb)
        if os.environ.get("VERBOSE"):
            print(f"{name}, {' '.join(args[:3])}: {time.monotonic() - began:.2f} s, {kb} KB")
        ok = (status in statuses and file in said and re.search(says, said)
              and (kb < MEMORY_KB or not self.memory))
        self.expect(f"{name}, {' '.join(args[:2])}", ok, f"exit {status}, {kb} KB\n{said}")

    def row_file(self, name, make, says):
        folder = self.folder(name)
        (folder / "train.jsonl").unlink()
        make(folder / "train.jsonl")
        huge = folder.joinpath("train.jsonl").is_file() and os.stat(folder / "train.jsonl").st_size >= 1 << 30
        for reader, args in READERS.items():
            if huge and reader == "fix":  # its copy would have no holes
                continue
            self.one(name, folder, args, "train.jsonl", says, (1, 2, 3))
        left = sorted(p.name for p in folder.iterdir())
        self.expect(f"{name}: nothing half-written", not any(".part-" in p or p == "out.jsonl" for p in left), str(left))
        shutil.rmtree(folder)

    def job_file(self, name, make, says):
        folder = self.folder(name)
        make(folder / "odd.yaml")
        self.one(name, folder, ["check", "odd.yaml"], "odd.yaml", says, (1, 2))
        shutil.rmtree(folder)

    def shrinking(self):
        """Truncated when a part of it has been read."""
        folder = self.folder("shrinking")
        sparse(6 << 30)(folder / "train.jsonl")
        with open(folder / "said", "wb") as said:
            child = subprocess.Popen([self.program, "check", "job.yaml", "--threads", "1"], cwd=folder, stdout=said)
            read = 0
            while read < 32 << 20 and child.poll() is None:
                with open(f"/proc/{child.pid}/io") as io:
                    read = int(io.readline().split()[1])
            os.truncate(folder / "train.jsonl", 1 << 20)
            child.wait(timeout=60 * self.patience)
        said = (folder / "said").read_text()
        self.expect("a file that shrinks", child.returncode == 1 and "became shorter while it was read" in said, said)
        shutil.rmtree(folder)

    def full_disk(self):
        """No file may grow over 900 bytes, which is what a full disk comes to; then /dev/full."""
        folder = self.folder("full")
        (folder / "train.jsonl").write_text("".join(f'{{"n": {i}}}\n' for i in range(500)))
        (folder / "chat.jsonl").write_text(
            '{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}\n' * 100)
        before = sorted(p.name for p in folder.iterdir())
        limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))}
        for args, names in ((["check", "job.yaml", "--fix", "fixed"], "fixed/train.jsonl|fixed/valid.jsonl"),
                            (["convert", "chat.jsonl", "--out", "out.jsonl"], "out.jsonl")):
            child = subprocess.run([self.program, *args], cwd=folder, capture_output=True, text=True, **limit)
            left = sorted(p.name for p in folder.iterdir())
            ok = (child.returncode == 3 and re.search(f"(?:{names}): File too large", child.stderr)
                  and "nothing was left behind" in child.stderr and left == before)
            self.expect(f"full disk, {args[0]}", ok, f"exit {child.returncode}: {child.stderr} {left}")
        with open("/dev/full", "wb") as full:
            child = subprocess.run([self.program, "convert", "chat.jsonl"], cwd=folder, stdout=full,
                                   stderr=subprocess.PIPE, text=True)
        self.expect("full standard output", child.returncode == 3 and "No space left" in child.stderr, child.stderr)
        shutil.rmtree(folder)

    def no_name(self):
        folder = self.folder("no name")
        status, said, _ = self.run(folder, ["check", ""])
        self.expect("a job without a name", status == 2 and "JOB is given, but is empty" in said, said)
        shutil.rmtree(folder)


def main():
    args = sys.argv[1:]
    memory = "--no-memory" not in args
    patience = int(args[args.index("--patience") + 1]) if "--patience" in args else 1
    folder = tempfile.mkdtemp(prefix="rftsim-odd.")
    os.chmod(folder, 0o755)
    program = shutil.copy(args[-1], folder)  # where nobody may run it too
    tempfile.tempdir = folder
    odd = Odd(program, memory, patience)
    began = time.monotonic()
    try:
        for case in ROW_FILES:
            odd.row_file(*case)
        for case in JOB_FILES:
            odd.job_file(*case)
        odd.shrinking()
        odd.full_disk()
        odd.no_name()
    finally:
        tempfile.tempdir = None
        shutil.rmtree(folder)
    print(f"odd: {odd.n} checks, {odd.failed} failed, {odd.peak_kb} KB at most, {time.monotonic() - began:.1f} s")
    sys.exit(odd.failed > 0)


main()
