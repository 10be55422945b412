. "$CASES/lib.sh"
cat >grader.yaml <<'FIN'
type: string_check
name: judge
operation: eq
input: "{{sample.output_text}}"
reference: "{{item.answer}}"
pass_threshold: 0.5
FIN
# an export and a download of the same five samples, in the service's shapes (contract 6.6)
python3 - <<'FIN'
import json
blocked = "This model sample has been blocked because it violates OpenAI's safety policies."
rows = [("3", "3", 0.25), ("4", "4", 1.0), ("5", "no", 0.75), ("6", blocked, 1.0), ("7", "7", None)]
call = {"type": "function", "function": {"name": "lookup", "arguments": "{\"q\": 1}"}, "id": ""}
items, lines = [], []
for i, (want, said, score) in enumerate(rows):
    row = {"messages": [{"name": None, "role": "user", "content": "?"}], "answer": want,
           "trace": {"type": "trace", "spans": [{"id": "span_1_2", "trace_id": "trace_%032x" % i}]}}
    message = {"content": said, "role": "assistant", "tool_calls": [call]}
    name = "judge-22415264"
    items.append({"id": f"outputitem_{i}", "status": "pass" if (score or 0) >= 0.5 else "fail",
                  "results": [{"score": score, "name": name}, {"score": 0.125, "name": "other-1"}],
                  "sample": {"input": [], "output": [message]}, "datasource_item": row})
    lines.append({"run_id": "r", "data_source_idx": i, "item": row,
                  "sample": {"trajectory": [], "outputs": [message], "finish_reason": "stop"},
                  "grades": {"other-1": 0.125, name: score}, "grader_samples": {},
                  "passes": {"other-1": False, name: (score or 0) >= 0.5}})
export = {"run_name": "Step 0", "total_items": len(items), "items": items}
json.dump(export, open("Step_0.json", "w"), indent=2)
json.dump(export, open("small.json", "w"))
open("download.jsonl", "w").writelines(json.dumps(line) + "\n" for line in lines)
FIN
again() {
    rftsim grade --grader grader.yaml --results "$@"
    echo "exit $?"
}
echo "== an export"
again Step_0.json
again Step_0.json --json
rftsim grade --grader grader.yaml --results small.json >a
rftsim grade --grader grader.yaml --results Step_0.json | sed 's/Step_0/small/' | cmp - a && echo "on one line it is the same"
echo "== the download"
again download.jsonl
echo "== the trace is not in the item, the calls are in the sample"
sed -i 's/{{item.answer}}/{{item.trace}}/; s/{{sample.output_text}}/{{sample.choices[0].message.tool_calls[0].function.name}}/' grader.yaml
again Step_0.json
sed -i 's/{{item.trace}}/lookup/' grader.yaml
again download.jsonl -c 1
echo "== a stub is said to be one"
cat >stub.yaml <<'FIN'
grader: {type: score_model, name: judge, model: gpt-4.1, input: [{role: user, content: "{{sample.output_text}}"}]}
simulation: {grader_models: {gpt-4.1: {stub: {score: 0.5}}}}
FIN
rftsim grade --grader stub.yaml --results small.json | sed -n 2p
rftsim grade --grader stub.yaml --results small.json --json | tail -n 1 | grep -o '"grader_notes.*'
echo "== what other readings of the grader would have said"
cat >similar.yaml <<'FIN'
type: text_similarity
name: judge
evaluation_metric: fuzzy_match
input: "the answer {{sample.output_text}}"
reference: "{{item.answer}}"
pass_threshold: 0.5
FIN
rftsim grade --grader similar.yaml --results small.json | sed -n '/otherwise/,$p'
rftsim grade --grader similar.yaml --results small.json --json | tail -n 1 | grep -o '"other_readings.*'
echo "== our own rollouts"
catalog --fault 'get_by_id:503@0.3'
sed -i 's/tool_backoff_ms.*//; $a\  tool_backoff_ms: 0' configs/catalog.yaml
rftsim run configs/catalog.yaml --out run -q --json --rollouts --samples --rollouts-per-step 8 >rollouts.jsonl
rftsim grade configs/catalog.yaml --results rollouts.jsonl >told
echo "exit $?"
python3 - <<'FIN'
import json
# graded again by the same grader they get the same rewards, all of them
o = [json.loads(line) for line in open("rollouts.jsonl")]
graded = [r for r in o if r["type"] == "rollout" and r["reward"] is not None]
told = open("told").read().split("\n")
n = sum(r["type"] == "rollout" for r in o)
mean = sum(r["reward"] for r in graded) / len(graded)
print(told[0] == f"results       rollouts.jsonl: {n} samples, {len(graded)} graded again")
print(told[1] == f"left out      {n - len(graded)}: it came to no grade", n > len(graded) > 0)
print(told[2].split()[:3] == ["old", "mean", f"{mean:.5f}"], told[3].split()[:3] == ["new", "mean", f"{mean:.5f}"])
print(told[4].startswith("changed       0 of "))
print(list(graded[0])[-1], list(graded[0]["graded_sample"]))
FIN
echo "== what cannot be graded again"
rftsim run configs/catalog.yaml --out bare -q --json --rollouts --rollouts-per-step 8 >bare.jsonl
again bare.jsonl | cut -c 1-60
rftsim run configs/catalog.yaml --out bare -q --samples
rm datasets && mkdir datasets
sed 1q rollouts.jsonl >none.jsonl
again none.jsonl
echo '{"items": 3}' >other.json
again other.json
printf '{"item": {}}\n{"item": }\n' >lines.jsonl
again lines.jsonl
printf '{"item": {}}\n{"itme": {}}\n' >lines.jsonl
again lines.jsonl
printf '{\n "items": [\n  {"datasource_item": 3}]}' >other.json
again other.json
again nowhere.json
