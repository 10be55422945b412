. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
python() {
    small_job '/grader: /d'
    {
        printf '    grader:\n      type: python\n      name: g\n      source: |\n'
        sed 's/^/        /'
    } >grader
    sed -i '/max_episode_steps/r grader' job.yaml
    RFTSIM_BWRAP=${bwrap:-/nonexistent/bwrap} rftsim run job.yaml "$@"
    echo "-- exit $?"
}
echo "== not Python"
python <<END
def grade(sample, item):
    text = sample["output_text"
    return float(text == item["answer"])
END
echo "== many faults, all told"
python <<END
import sys
import torch
from os import path

def grade(item, sample):
    last = item["messages"][-1]["content"]
    if item.get("difficulty"):
        return item["output_text"] == sample["answer"]
    return eval(last)
END
echo "== a misspelled field is warned of; nobody is there, so it does not run"
python --sandbox=off <<END
def grade(sample, item):
    return float(sample["output_text"] == item["anwser"])
END
echo "== no sandbox where one is required"
python --sandbox=require <<END
def grade(sample, item):
    return 1.0
END
bwrap=/bin/false
python --sandbox=require <<END
def grade(sample, item):
    return 1.0
END
python --sandbox=maybe <<END
def grade(sample, item):
    return 1.0
END
echo "== in a job of JSON the line is told"
cat >grader.json <<'END'
{"model": "o4-mini-2025-04-16", "training_file": "rows.jsonl", "validation_file": "rows.jsonl",
 "method": {"type": "reinforcement", "reinforcement": {"grader": {"type": "python", "name": "g", "image": 1,
   "source": "import sys\n\ndef grade(sample, item):\n    return None if item else 1.0\n"}}}}
END
rftsim run grader.json
echo "-- exit $?"
