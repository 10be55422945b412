. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:9/api
export LOOKUP_URL

# rows FILE N: N rows, the k-th of which expects k modulo 12 calls
rows() {
    i=0
    while [ "$i" -lt "$2" ]; do
        i=$((i + 1))
        echo "{\"messages\":[{\"role\":\"user\",\"content\":\"$1 $i\"}],\"q\":\"$i\",\"answer\":\"$i\",\"calls\":$((i % 12))}"
    done >"$1"
}

echo '# two jobs whose steps and rollouts are on record'
small_job 's/n_epochs: 1, eval_interval: 5/n_epochs: 2, compute_multiplier: 1.5, eval_interval: 5, eval_samples: 10/' \
    '/max_episode_steps/d' '$a\  expected_tools: calls'
rows rows.jsonl 60
rows valid.jsonl 15
rftsim plan job.yaml
sed 's/n_epochs: 2/n_epochs: 3/; /expected_tools/d' job.yaml >longer.yaml
rows rows.jsonl 343
rows valid.jsonl 57
rftsim plan longer.yaml | sed -n '/^steps/,/^tool/p; /^  pause/,$p'

echo '# all left to the service; no tools; a judge and an endpoint; a price that is not known'
small_job '/hyperparameters/d' '/tools:/,/max_episode/d' 's/o4-mini-2025-04-16/gpt-4.1-2025-04-14/' \
    's|grader: {.*|grader: {type: multi, name: both, graders: {far: {type: endpoint, name: far, url: "https://grader.example/"}, judge: {type: score_model, name: judge, model: o3-mini, input: [{role: user, content: "{{sample.output_text}}"}]}}, calculate_output: far + judge}|' \
    '$a\  grader_models: {o3-mini: {stub: {score: 0.5}}}'
rftsim plan job.yaml --rollouts-per-step 8

echo '# a pause, and what is odd'
small_job 's/o4-mini-2025-04-16/&\ntrainingType: globalStandard/' \
    's/n_epochs: 1, eval_interval: 5/n_epochs: 50, compute_multiplier: 10, batch_size: 1, eval_samples: 1/' \
    's/max_episode_steps: 4/max_episode_steps: 1/'
rftsim plan job.yaml | sed -n '/^tool/,/^grades/p; /^time/,$p'
rftsim plan job.yaml -q >/dev/null

echo '# for programs'
rftsim plan job.yaml -q --json | python3 -m json.tool

echo '# faults, as everywhere'
unset LOOKUP_URL
rftsim plan job.yaml
echo "exit $?"
export LOOKUP_URL=http://127.0.0.1:9/api
sed -i '17s/"q":/"q"/' rows.jsonl
rftsim plan job.yaml
echo "exit $?"
rftsim plan nowhere.yaml
