# What a learner leaves in the run folder, and what becomes of it there.
i=0
while [ "$i" -lt 12 ]; do
    i=$((i + 1))
    echo "{\"messages\":[{\"role\":\"user\",\"content\":\"find $i\"}],\"kind\":\"k $((i % 2)) \${HOME}\${\\u001b[2J\",\"answer\":\"kind $((i % 2))\"}"
done >rows.jsonl
head -n 4 rows.jsonl >valid.jsonl
cat >job.yaml <<'END'
model: o4-mini-2025-04-16
training_file: rows.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    grader: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
    hyperparameters: {n_epochs: 4, batch_size: 4, eval_interval: 1, eval_samples: 4}
simulation:
  rollouts_per_step: 16
  policy:
    type: learner
    feature: "{{item.${KIND}}}"
    step_size: 0.05
    actions:
      - {name: "${KIND} $${0}", answer: "${KIND} 0"}
      - {name: say_kind_1, answer: "kind 1"}
      - {name: key, answer: "${KEY}"}
END
export KIND=kind KEY=7315
echo "== texts of rows and variables, in the file as they must stand there"
rftsim run job.yaml -q --explain --out one | grep -A 1 'learned from' | head -n 2
sed -n '/actions/,$p' one/policy.json | sed -E 's/-?[0-9]+\.[0-9e-]+/N/g'
# Digits of a number that are a variable's value as well stay a number.
KEY=$(grep -Eo '0\.[0-9]{6}' one/policy.json | head -n 1 | cut -c 4-)
rftsim run job.yaml -q --out two >/dev/null
cmp one/policy.json two/policy.json
KEY=3125 rftsim run job.yaml -q --out digits >/dev/null
python3 - <<'END'
import json
rewards = [e["data"].get("full_valid_mean_reward") for e in map(json.loads, open("digits/events.jsonl")) if e["type"] == "metrics"]
print("metrics", rewards[0], json.load(open("digits/summary.json"))["type"])
END
KEY=3125 rftsim run job.yaml -q --json --out printed >lines
KEY=3125 rftsim report digits --json >>lines
KEY=0.00 rftsim rollout job.yaml --row 1 --json >>lines
python3 -c 'import json; print("printed", len([json.loads(line) for line in open("lines")]) > 10)'
rftsim run job.yaml -q --policy two/policy.json --out evaluated | grep '  validation  mean'
KIND=sort rftsim run job.yaml -q --policy two/policy.json --out elsewhere | grep '  validation  mean'
echo "== stopped, it goes on with the checkpoint that it began with, under any name"
stop() { python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("UPDATE run SET state = \"stopped\""); d.commit()' "$1/run.db"; }
stop evaluated
rftsim run --resume evaluated -q --policy ./one/../two/policy.json | tail -n 1 | cut -c 1-9
stop evaluated
rftsim run --resume evaluated -q --policy one/policy.json 2>&1 | sed "s|$PWD|HERE|"
stop evaluated
sed 's/"after": \[\]/"after": [ ]/' two/policy.json >other.json
mv two/policy.json kept.json && mv other.json two/policy.json
rftsim run --resume evaluated -q 2>&1 | sed "s|$PWD|HERE|"
echo "== stopped early: what counts are evaluations in a row"
for n in 3 4; do
    sed "s/rollouts_per_step/early_stop: $n\n  &/; s/^model/seed: 1\n&/" job.yaml >early.yaml
    rftsim run early.yaml -q --out "early$n" | tail -n 1 | sed 's/in [0-9.]* s/in T s/'
done
rftsim run --resume early3
rftsim run --resume early4
echo "== a step that is behind is no place to pause at, nor is there one in an evaluation"
rftsim run job.yaml -q --pause-at 6 --out part >/dev/null
rftsim run --resume part -q --pause-at 5
rftsim run job.yaml --policy one/policy.json --pause-at 5
rftsim eval job.yaml --pause-at 5
echo "== gone on with: what was dropped does not come back, what was lost does"
ls part/checkpoints >kept
for n in 1 2 3 4 5 6; do
    if grep -q "step-$n\." kept; then
        rm "part/checkpoints/step-$n.json"
    else
        mkdir "part/checkpoints/step-$n.json"
    fi
done
rftsim run --resume part -q --pause-at 6 >/dev/null
rmdir part/checkpoints/* 2>/dev/null
ls part/checkpoints | cmp - kept && echo the same
