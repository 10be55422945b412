. "$CASES/lib.sh"
cat >grader.yaml <<'FIN'
type: multi
name: both
graders:
  exact: {type: string_check, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
  lost: {type: string_check, operation: eq, input: "{{item.nothing}}", reference: "{{item.answer}}"}
calculate_output: exact / lost
FIN
rftsim grade --grader grader.yaml --item '{"answer": "3"}' --sample 3 --json >told
echo "exit $?"
python3 - <<'FIN'
import json
answer = json.load(open("told"))
# contract 5.2 and 5.3: every key, in the service's order; "rftsim" is ours
print(list(answer))
print(list(answer["metadata"]))
for key, value in answer["metadata"]["errors"].items():
    print(f"  {key}: {value!r}")
print(len(answer["metadata"]["errors"]))
print(answer["reward"], answer["sub_rewards"], answer["metadata"]["scores"] == answer["sub_rewards"])
print(answer["metadata"]["execution_time"] > 0)
print({k: answer["metadata"][k] for k in ("name", "type", "token_usage", "sampled_model_name")})
print(answer["model_grader_token_usage_per_model"])
ours = answer["rftsim"]
print(list(ours), ours["type"], ours["version"])
print([g["key"] for g in ours["graders"]])
FIN
