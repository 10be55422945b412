#!/usr/bin/env python3
"""docs/findings.md: the table of sim/job/codes.h, and what each of its codes was tried with.

    tests/findings/document.py PROGRAM             print it
    tests/findings/document.py PROGRAM FILE        fail if FILE is another text
"""
import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from paper import keep  # noqa: E402

CASES = pathlib.Path(__file__).resolve().parent.parent / "data" / "findings"
AREAS = {"J": "The job file", "P": "The source of a python grader", "D": "The datasets", "S": "Schemas of tools and of response_format",
         "X": "Job and rows together", "F": "Files of grades", "N": "This machine and the network"}
HEAD = """# What `rftsim check` finds

Made by `make docs` from the tables that the code and the tests use (`rftsim help findings --json`,
`tests/data/findings`); `make check` fails when it is stale. Rules are those of [fidelity.md](fidelity.md).

Each of {n_codes} codes has something that provokes it, {n_hits} in all, and {n_nears} near misses that must not:
`tests/findings/run.py PROGRAM CODE` tries those of one. Codes are never renumbered, nor used for another finding. An error
is what the service refuses, or what cannot be learned from; a warning is a choice to look at. Either is the usual severity.

| code | | finding | rule |
|---|---|---|---|
{codes}
"""


def anchor(finding):
    """As GitHub makes one of a heading."""
    words = f"{finding['code']} {finding['title']}".lower()
    return "".join(c for c in words.replace(" ", "-") if c.isalnum() or c in "-_")


def sentence(text):
    return f"{text[0].upper()}{text[1:]}."


def cases(code, kind):
    return sorted(p.name for p in (CASES / code).glob(f"{kind}*"))


def links(code, names):
    return ", ".join(f"[{name}](../tests/data/findings/{code}/{name})" for name in names)


def section(finding):
    code = finding["code"]
    yield f"\n### {code} {finding['title']}\n"
    yield f"{sentence(finding['why'])} ({finding['severity']}; {finding['rule']})\n"
    yield f"**Fix:** {finding['fix']}.\n"
    yield f"Provoked by {links(code, cases(code, 'hit'))}; not by {links(code, cases(code, 'near'))}."


def document(table):
    findings = table["findings"]
    text = [HEAD.format(
        n_codes=len(findings), n_hits=sum(len(cases(f["code"], "hit")) for f in findings),
        n_nears=sum(len(cases(f["code"], "near")) for f in findings),
        codes="\n".join(f"| [{f['code']}](#{anchor(f)}) | {f['severity']} | {f['title']} | {f['rule']} |"
                        for f in findings)).rstrip("\n")]
    for letter, area in AREAS.items():
        mine = [f for f in findings if f["code"][0] == letter]
        if mine:
            text.append(f"\n## {area}")
        for finding in mine:
            text += section(finding)
    strays = {f["code"][0] for f in findings} - set(AREAS)
    assert not strays, f"no heading for {strays}"
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    keep(__doc__, "findings", document)
