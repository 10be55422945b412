# Where findings point to, and how severe they are, when a grader's texts have escapes in them.
. "$CASES/lib.sh"
small_job
cat >source.py <<'END'
def grade(sample, item):
    if "hint" in item:
        return len(item["hint"])
    if 'tip' not in item:
        return item["other"]
    return item["\u00e9"] + item["tip"]
END
python3 - <<'END'
import json
grader = {"type": "python", "name": "p", "source": open("source.py").read()}
body = {"grader": grader, "hyperparameters": {"eval_interval": 1}}
job = {"model": "o4-mini", "training_file": "rows.jsonl", "validation_file": "valid.jsonl",
       "method": {"type": "reinforcement", "reinforcement": body}}
json.dump(job, open("job.json", "w"))
END
echo "== a source in JSON"
rftsim check job.json | grep -A 2 'X001\]'
echo "== a value that is long, and is not there as it reads"
python3 - <<'END'
import json
job = json.load(open("job.json"))
job["method"]["reinforcement"]["grader"] = {
    "type": "string_check", "name": "s", "operation": "eq", "reference": "{{sample.output_text}}",
    "input": "a" * 3000000 + "\u00e9\n{{item.gone}}"}
json.dump(job, open("job.json", "w"))
END
timeout 60 rftsim check job.json | grep -A 2 'X001\]'
echo "== more calls than a long rollout has turns"
sed -i 's/{"/{"expected_calls":200,&/; s/,{"/,"/' rows.jsonl
sed -i 's/max_episode_steps: 4/max_episode_steps: 100/' job.yaml
LOOKUP_URL=http://127.0.0.1:9/api rftsim check job.yaml | grep 'X020\]'
echo "== a path that another begins with"
small_job 's/{{item.answer}}/{{sample.choicesx}} {{ sample.choices }} {{sample.choice}}/'
LOOKUP_URL=http://127.0.0.1:9/api rftsim check job.yaml | grep -A 2 'X002\]'
