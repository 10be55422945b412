#!/usr/bin/env python3
"""docs/faults.md: the table of tools/kind.h, and what each of its kinds was tried with.

    tests/chaos/document.py PROGRAM             print it
    tests/chaos/document.py PROGRAM FILE        fail if FILE is another text
"""
import difflib
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faults import FAULTS, UNTRIED  # noqa: E402

HEAD = """# What can come of a tool call

Made by `make docs` from the tables that the code and the tests use (`rftsim help faults --json`,
`tests/chaos/faults.py`); `make check` fails when it is stale. Rules are those of [fidelity.md](fidelity.md).

Every call ends as one of {n_kinds} kinds. {n_tried} of them are brought about on purpose, on real sockets, by {n_faults} ways
in which an endpoint can misbehave, or be odd and yet proper; {n_mixed} of these are also mixed into a run of 10,000
rollouts. No kind gives a reward; only the grader does.

| follows | |
|---|---|
{fates}

A kind with a `!` breaks the contract: a bug of the endpoint, not a bad day.

| kind | follows | what happened | rule | faults tried |
|---|---|---|---|---|
{kinds}
"""


def line_of(kind):
    mark = " !" if kind["violation"] else ""
    return (f"| [`{kind['id']}`](#{kind['id']}){mark} | {kind['follows']} | {kind['words']} | {kind['rule']} "
            f"| {sum(f.kind == kind['id'] for f in FAULTS)} |")


def fault_line(fault):
    both = "; also at the first connection, where the run does not start" if fault.says and fault.during else \
        "; at the first connection, where the run does not start" if fault.says else ""
    return f"- `{fault.name}`: {fault.words}{both}"


def section(kind, shown):
    yield f"\n## {kind['id']}\n"
    yield f"{kind['words'][0].upper()}{kind['words'][1:]} ({kind['rule']})."
    if kind["shown"] != "nothing" and kind["follows"] != "ok":
        yield f"The model is shown {shown[kind['shown']]}."
    if kind["fix"]:
        yield f"\n**Fix:** {kind['fix']}."
    yield ""
    faults = [fault_line(f) for f in FAULTS if f.kind == kind["id"]]
    yield "\n".join(faults) if faults else f"Tried with nothing: {UNTRIED[kind['id']]}."


def document(table):
    kinds = table["kinds"]
    shown = {t["id"]: t["words"] for t in table["shown"]}
    shown["ours"] = "a text of ours, since the service's is not published"
    shown["recorded"] = "the text that was recorded from the service"
    text = [HEAD.format(
        n_kinds=len(kinds), n_tried=len({f.kind for f in FAULTS}), n_faults=len(FAULTS),
        n_mixed=sum(f.mixed for f in FAULTS),
        fates="\n".join(f"| {f['id']} | {f['words']} |" for f in table["follows"]),
        kinds="\n".join(line_of(k) for k in kinds)).rstrip("\n")]
    for kind in kinds:
        text += section(kind, shown)
    return "\n".join(text) + "\n"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.strip())
    done = subprocess.run([sys.argv[1], "help", "faults", "--json"], capture_output=True, check=True)
    text = document(json.loads(done.stdout))
    if len(sys.argv) == 2:
        sys.stdout.write(text)
        return 0
    with open(sys.argv[2], encoding="utf-8") as f:
        kept = f.read()
    if kept == text:
        print(f"{sys.argv[2]}: as the tables have it")
        return 0
    sys.stdout.writelines(difflib.unified_diff(kept.splitlines(True), text.splitlines(True), "kept", "should be"))
    print(f"{sys.argv[2]} is stale: 'make docs' writes it anew")
    return 1


if __name__ == "__main__":
    sys.exit(main())
