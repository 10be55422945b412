. "$CASES/lib.sh"
cat >grader.yaml <<'FIN'
type: string_check
name: exact
operation: eq
input: "{{sample.output_text}}"
reference: "{{item.answer}}"
FIN
cat >body.json <<'FIN'
{"grader": {"type": "string_check", "operation": "like", "input": "{{sample.output_json.skus[1]}}", "reference": "{{item.answer}}"},
 "item": {"answer": "B"}, "model_sample": "{\"skus\": [\"A-1\", \"B-2\"]}"}
FIN
echo "== the grader's object alone, the row in the line"
grade --grader grader.yaml --item ' {"answer": "3"}' --sample 3
echo "exit $?"
echo "== a body of graders/run, whose answer is parsed"
grade --grader body.json
echo "exit $?"
echo "== what is said wins over the body"
grade --grader body.json --sample '{"skus": ["B-2"]}'
echo "exit $?"
echo "== answers from a file and from standard input, and one that begins with @"
printf '3' >answer.txt
grade --grader grader.yaml --item '{"answer": "3"}' --sample @answer.txt | grep reward
printf '3' | grade --grader grader.yaml --item '{"answer": "3"}' --sample - | grep reward
printf '@3' | grade --grader grader.yaml --item '{"answer": "@3"}' --sample-file - | grep reward
echo "== the item as it stands, where a job's gets what the service adds"
cat >whole.yaml <<'FIN'
type: string_check
operation: eq
input: "{{item}}"
reference: '{"b":[1,2],"a":null}'
FIN
grade --grader whole.yaml --item '{"b": [1, 2],  "a": null}' --sample '' | sed -n '/input/,/reward/p'
echo "== none at all"
grade --grader whole.yaml --sample '' | grep -v time
echo "== substituted text is not scanned again"
grade --grader grader.yaml --item '{"answer": "{{sample.output_text}}"}' --sample '{{item.answer}}' | sed -n '/input/,/reward/p'
echo "== who answers for a judge stands beside the grader"
echo '{"type": "score_model", "model": "o3-mini", "input": [{"role": "user", "content": "{{sample.output_text}}"}]}' >judge.json
grade --grader judge.json --sample x
echo "exit $?"
echo "{\"grader\": $(cat judge.json), \"simulation\": {\"grader_models\": {\"o3-mini\": {\"stub\": {\"score\": 0.5}}}}}" >body.json
grade --grader body.json --sample x | grep -e stub -e reward
echo "== faults have places in the grader's own file"
cat >wrong.yaml <<'FIN'
grader:
  type: multi
  name: [both]
  pass_threshold: high
  graders:
    exact: {type: string_check, name: e, operation: neq, inputt: "{{item.x}}", pass_threshold: "1"}
    near: {type: text_similarity, name: 4, evaluation_metric: cosine, input: 4, reference: "{{items.x}}", refrence: 1}
    deep: {type: multi, graders: {}, calculate_output: "1"}
  calculate_output: 0.5 * exact + nera
FIN
grade --grader wrong.yaml --sample 3
echo "exit $?"
cat >wrong.yaml <<'FIN'
grader: {name: nothing}
modelsample: x
item: 4
model_sample: 5
FIN
grade --grader wrong.yaml --sample 3
echo "exit $?"
cat >wrong.yaml <<'FIN'
type: string_check
operation: 5
reference: "{{item.answer"
FIN
grade --grader wrong.yaml --sample 3
echo "exit $?"
