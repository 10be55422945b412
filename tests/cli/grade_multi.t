. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job '/grader: /d'
cat >grader <<'FIN'
    grader:
      type: multi
      name: all_of_it
      graders:
        exact: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
        near: {type: text_similarity, name: near, evaluation_metric: gleu, input: "{{sample.output_text}}", reference: "{{item.answer}} it is"}
        lost: {type: string_check, name: lost, operation: eq, input: "{{sample.output_json.sku}}", reference: "{{item.answer}}"}
      calculate_output: |
        0.5 * exact + 0.5 * near
        - 1e-1 * lost
FIN
sed -i '/max_episode_steps/r grader' job.yaml
grade job.yaml --row 2 --sample 2
echo "-- exit $?"
echo "== with a response_format the answer is parsed"
sed '/max_episode_steps/a\    response_format: {type: json_schema, name: sku, schema: {type: object}}' job.yaml >parsed.yaml
grade parsed.yaml --row 2 --sample '{"sku": 2}' --json
echo "-- exit $?"
echo "== a formula without a finite result"
sed '/calculate_output/,/lost$/c\      calculate_output: near / exact' job.yaml >zero.yaml
grade zero.yaml --row 2 --sample 'it is' -q | sed -n '/calculate_output/,$p'
