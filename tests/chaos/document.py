#!/usr/bin/env python3
"""docs/faults.md: the table of tools/kind.h, and what each of its kinds was tried with.

    tests/chaos/document.py PROGRAM             print it
    tests/chaos/document.py PROGRAM FILE        fail if FILE is another text
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(__file__), "..")]
from faults import FAULTS, UNTRIED  # noqa: E402
from paper import keep  # noqa: E402

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


if __name__ == "__main__":
    keep(__doc__, "faults", document)
