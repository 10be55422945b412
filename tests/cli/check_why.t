# What a finding says of why and what to do, where the general words for its code would mislead.
. "$CASES/lib.sh"
small_job '/tools:/,/max_episode/d'
cp job.yaml base.yaml
# The reason and the remedy of CODE when the grader is $2.
told() {
    echo "== $2"
    sed "s/^    grader: .*/    grader: $2/" base.yaml >job.yaml
    rftsim check job.yaml | sed -n "/\[$1\]/,/^[^ ]/p" | grep -A 3 -e ' why:' -e ' fix:' | grep '^  [^ ]\|^     *[^0-9 |]'
}
judge='input: [{role: user, content: "{{sample.output_text}}"}]'
check='type: string_check, operation: eq, reference: "{{item.answer}}"'
told J007 "{type: score_model, name: j, model: judge-1, $judge}"
told J003 "{type: score_model, name: j, model: o3-mini, $judge}"
told J005 "{type: multi, name: m, calculate_output: min, graders: {min: {name: a, input: '{{sample.output_text}}', $check}}}"
told J009 "{type: multi, name: m, calculate_output: a, invalid_grade: 1, graders: {a: {name: a, input: '{{sample.output_text}}', $check}}}"
told X006 "{type: multi, name: m, calculate_output: a * w, graders: {a: {name: a, input: '{{sample.output_text}}', $check}, w: {name: w, input: '1', $check}}}"
told X006 "{name: a, input: '1', $check}"
told J007 "{type: text_similarity, name: t, evaluation_metric: cosine, input: '{{sample.output_text}}', reference: a}"
told J007 "{type: python, name: p, image_tag: '2024-01-01', source: 'def grade(sample, item): return 1.0'}"
told X004 "{name: a, input: '{{sample.output_text}}{{item.messages[0].name}}', $check}"
echo "== what this machine lacks is no fault of the job"
sed "s/^    grader: .*/    grader: {type: python, name: p, source: \"import ast_grep_py\\\\ndef grade(sample, item): return len(sample['output_text'])\"}/" base.yaml >job.yaml
rftsim check job.yaml >found && grep -o -e 'warning.P005.*here' -e '^0 errors' found
echo "== a job that is not there"
rftsim check nowhere.yaml | head -3
echo "== a line that cannot be found for its path"
deep=a_folder_with_a_long_name/and_another_one_below_it/and_a_third_one
mkdir -p "$deep"
sed 's/seed: /sed: /' base.yaml >"$deep/job.yaml"
cp rows.jsonl valid.jsonl "$deep"
echo >>"$deep/rows.jsonl"
rftsim check "$deep/job.yaml" | grep -A 3 'rows.jsonl:'
echo "== rows that no JSON library, or one that is too kind, has written"
mv base.yaml job.yaml
for bad in '{"answer": NaN}' '{"answer": [-Infinity]}' '{"answer": None}' '{"answer": 1} {"answer": 2}'; do
    echo "$bad" >rows.jsonl
    rftsim check job.yaml | sed -n '/D001\]/,/fix:/p' | grep -e 'D001\]' -e 'fix:'
done
