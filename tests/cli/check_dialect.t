# GAP-41: what is unknown is an error, and where Azure alone is asked a warning; ours always is one.
. "$CASES/lib.sh"
cat >good.yaml <<'END'
model: o4-mini-2025-04-16
training_file: rows.jsonl
validation_file: valid.jsonl
test_file: other.jsonl
metadata: {топик: "прямоугольник прямоугольник прямоугольник"}
method:
  type: reinforcement
  reinforcement:
    grader:
      {type: multi, name: m, note: x, calculate_output: a, graders: {
       a: {type: string_check, name: a, operation: eq, input: "{{sample.output_json.a}}", reference: "{{item.gone}}", bar: 2}}}
    response_format: {type: json_schema, extra: 1, json_schema: {name: x, more: 1, schema: {type: object, properties: {}}}}
    hyperparameters: {eval_interval: 1}
END
small_job
for i in 1 2 3 4; do cat valid.jsonl; done | sed 's/"q":"/&x/' >rows.jsonl
mv good.yaml job.yaml
for dialect in both openai azure; do
    echo "== $dialect"
    rftsim check job.yaml --dialect $dialect | grep -A 3 -e 'J002\]' -e 'X001\]' | grep -v '^ *[0-9]* |'
done
echo "== warnings only"
sed -i 's/gone/answer/' job.yaml
rftsim check job.yaml --dialect azure | tail -3
rftsim check job.yaml --dialect azure --strict >/dev/null
echo "== ours"
printf 'simulation:\n  polcy: {}\n' >>job.yaml
rftsim check job.yaml --dialect azure | grep 'polcy'
echo "== metadata's limits count characters"
long=$(printf 'ü%.0s' $(seq 512))
sed -i "/polcy/d; /simulation:/d; s/^metadata: .*/metadata: {long: $long}/" job.yaml
rftsim check job.yaml --dialect azure | tail -1
sed -i "s/^metadata: .*/metadata: {long: $long$long}/" job.yaml
rftsim check job.yaml --dialect azure | grep -o 'J005\]: .* has [0-9]*'
