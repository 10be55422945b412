#!/usr/bin/env python3
"""Every finding has something that provokes it and a near miss that must not.

    tests/findings/run.py PROGRAM [CODE...]

Under tests/data/findings/CODE stand cases whose names begin with "hit" or "near":
    hit.jsonl   a training file, which may have few rows; the job and the validation file are good
    hit.yaml    a job file (or hit.json); the files it names are good ones
    hit/        a folder with a job.yaml of its own
    hit.sh      a command for what `check` alone cannot show; $RFTSIM is the program,
                the folder it runs in holds the good job and files
Of a hit the output must name the CODE, of a near miss it must not; a near miss has no fault of any
other code either, but for those in a line "allowed: CODE..." of CODE/allowed.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE.parent / "data" / "findings"
JOB = """\
model: o4-mini-2025-04-16
training_file: train.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    tools:
      - {name: lookup, server_url: "https://desk.azurewebsites.net/api/tools"}
    grader: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
    hyperparameters: {n_epochs: 1, eval_interval: 1, eval_samples: 1}
"""
TOOL = {"type": "function", "function": {
    "name": "lookup", "description": "Look a word up.",
    "parameters": {"type": "object", "properties": {"word": {"type": "string"}},
                   "required": ["word"], "additionalProperties": False}}}
WORDS = ("amber basil cedar delta ember fjord grove heron iris jade kelp lilac maple nectar opal "
         "pearl quartz raven sage topaz").split()


def row(word, answer):
    question = f"What does the word {word} stand for in the {answer} list?"
    return {"messages": [{"role": "user", "content": question}], "tools": [TOOL], "answer": answer}


def good_files(folder):
    (folder / "job.yaml").write_text(JOB)
    for name, words in (("train", WORDS[:10]), ("valid", WORDS[10:])):
        rows = [row(w, f"{w}-{i}") for i, w in enumerate(words)]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))


def command(case, program, folder):
    """What to run for a case, with its files in `folder`."""
    if case.is_dir():
        shutil.copytree(case, folder, dirs_exist_ok=True)
    elif case.suffix == ".jsonl":
        shutil.copy(case, folder / "train.jsonl")
        return [program, "check", "job.yaml", "--allow-small"]
    elif case.suffix == ".sh":
        return ["sh", str(case)]
    else:
        job = folder / f"job{case.suffix}"
        shutil.copy(case, job)
        return [program, "check", job.name]
    return [program, "check", "job.yaml"]


def codes_of(case, program):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        good_files(folder)
        done = subprocess.run(command(case, program, folder), cwd=folder, capture_output=True,
                              text=True, timeout=120, env={"RFTSIM": program, "PATH": "/usr/bin:/bin"})
    if done.returncode < 0 or done.returncode >= 70:
        sys.exit(f"{case}: ended with {done.returncode}\n{done.stderr}")
    return set(re.findall(r"\[([A-Z]\d{3})\]", done.stdout + done.stderr)), done


def check_case(code, case, program, allowed):
    found, done = codes_of(case, program)
    hit = case.name.startswith("hit")
    machine = {"N002", "N003"} - {code}  # what is not installed is no fault of a near miss
    wrong = hit and code not in found or not hit and found - allowed - machine
    if wrong:
        print(f"FAIL {case.relative_to(CASES)}: found {' '.join(sorted(found)) or 'nothing'}")
        print(done.stdout[-2000:], done.stderr[-500:])
    return not wrong


def check_code(code, program):
    folder = CASES / code
    cases = sorted(p for p in folder.glob("*") if re.match(r"hit|near", p.name))
    allowed = set((folder / "allowed").read_text().split()) if (folder / "allowed").exists() else set()
    bad = sum(not check_case(code, case, program, allowed) for case in cases)
    for kind in ("hit", "near"):
        if not any(c.name.startswith(kind) for c in cases):
            print(f"FAIL {code}: no {kind} case")
            bad += 1
    return len(cases), bad


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    told = subprocess.run([program, "help", "findings", "--json"], capture_output=True, text=True, check=True)
    codes = [f["code"] for f in json.loads(told.stdout)["findings"]]
    strays = {p.name for p in CASES.iterdir()} - set(codes)
    results = [check_code(code, program) for code in sys.argv[2:] or codes]
    bad = sum(b for _, b in results) + len(strays)
    for stray in sorted(strays):
        print(f"FAIL {stray}: no such code")
    print(f"findings: {len(results)} codes, {sum(n for n, _ in results)} cases, {bad} failed")
    sys.exit(bad > 0)


main()
