. "$CASES/lib.sh"
catalog
cat >multi.txt <<'END'
    grader:
      type: multi
      name: sku_and_form
      pass_threshold: 0.5
      graders:
        exact:
          type: string_check
          name: exact_sku
          operation: eq
          input: "{{sample.output_text}}"
          reference: "{{item.reference_answer}}"
        form:
          type: string_check
          operation: like
          input: "{{sample.output_text}}"
          reference: "-"
        lost:
          type: string_check
          name: no such field
          operation: eq
          input: "{{sample.output_text}}"
          reference: "{{item.no_such_field}}"
      calculate_output: "(3 * exact + form) / 4 + 0 * lost"
END
sed -e '/^    grader:/,/^ *reference:/d' -e '/^    # Reward 1/r multi.txt' configs/catalog.yaml >configs/multi.yaml
rftsim run configs/multi.yaml --out run -t 2 --rollouts-per-step 4 | still | sed -e '/^   1 /,/^   22/d'
echo "== results.csv and events.jsonl"
python3 - <<'END'
import csv, json
row = next(csv.DictReader(open("run/results.csv")))
for name, value in row.items():
    if "/graders/" in name and "/valid_" not in name and "sample_parse" not in name:
        print(name, "" if "latency_mean" in name else value)
step = next(e for e in map(json.loads, open("run/events.jsonl")) if e["type"] == "metrics")["data"]
for part in ("scores", "errors", "timing"):
    for grader in step[part]["graders"]:
        numbers = {k: None if part == "timing" else v for k, v in grader.items() if k.startswith("valid_")}
        print(part, grader["name"], grader["type"], numbers)
END
echo "== --json --rollouts"
rftsim run configs/multi.yaml --out again -q --json --rollouts --rollouts-per-step 4 >lines
python3 - <<'END'
import json
lines = [json.loads(line) for line in open("lines")]
rollouts = [o for o in lines if o["type"] == "rollout"]
first = rollouts[0]
print(first["reward"], first["sub_rewards"], first["errors"], first["why"])
for o in rollouts:
    s = o["sub_rewards"]
    assert o["reward"] == (3 * s["exact"] + s["form"]) / 4 + 0 * s["lost"], o
# the means are those of the lines
end = lines[-1]
for phase in ("train", "valid"):
    of = [o for o in rollouts if o["phase"] == phase]
    for key, mean in end[phase]["sub_rewards"].items():
        assert abs(sum(o["sub_rewards"][key] for o in of) / len(of) - mean) < 1e-12
    print(phase, end[phase]["reward_mean"], end[phase]["sub_rewards"])
for grader in end["graders"]:
    print(grader["key"], grader["type"], grader["train"], grader["valid"])
print(next(o for o in lines if o["type"] == "wave")["sub_rewards"])
print(end["first_error"], "| of a rollout:", first["file"], first["line"])
END
echo "== a formula without a finite result"
sed -e 's|calculate_output:.*|calculate_output: "form / exact"|' -e 's|      calculate_output|      invalid_grade: -1\n&|' configs/multi.yaml >configs/zero.yaml
rftsim run configs/zero.yaml --out zero -q -t 1 --rollouts-per-step 4 | still | sed -n '/^rewards/,$p'
echo "== Python that mostly errs, and that does now and then"
errs() {
    sed "s|def grade.*|def grade(sample, item): return 1.0 if $1 else 1 / 0|" >configs/python.yaml <<'END'
model: o4-mini-2025-04-16
training_file: ../rows.jsonl
validation_file: ../rows.jsonl
method:
  type: reinforcement
  reinforcement:
    grader:
      type: python
      name: errs
      source: |
        def grade
    hyperparameters: {n_epochs: 1, batch_size: 4, eval_interval: 5}
simulation: {policy: {type: scripted, turns: [{answer: x}]}}
END
    rftsim run configs/python.yaml --sandbox=off --out "python-$2" -q -t 1 --rollouts-per-step 4 | sed -n '/grades are/,/first/p'
}
for i in 1 2 3 4 5 6 7 8 9 10; do
    echo "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}], \"n\": $i}"
done >rows.jsonl
errs 'item["n"] % 2' half
errs 'item["n"] % 2 and item["n"] > 1' more
