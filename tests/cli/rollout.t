# One rollout told turn by turn: how it can end, what is shown of odd texts, and that it is the one
# that a run of the same seed makes.
. "$CASES/lib.sh"
catalog

told() {
    rftsim rollout "$@" >told
    status=$?
    sed -E -e 's/trace_[0-9a-f]{32}/TRACE/' -e 's/in [0-9.]+ ms/in T ms/' -e 's/^( +time +)[0-9.]+ m?s$/\1T/' told
    echo "== exit $status"
}
told configs/catalog.yaml --row 3
echo "== the last turn's call is not made"
sed 's/max_episode_steps: 10/max_episode_steps: 2/' configs/catalog.yaml >configs/cut.yaml
told configs/cut.yaml --row 3 --file valid --step 5 --sample 1 | sed -e '2,/^$/{/^rollout/!d}'

echo "== characters that are not seen, calls in parallel, a tool that is not there, two graders"
small_job 's/{name: lookup, .*/{name: get_by_id, server_url: "${CATALOG_URL}"}/' \
    's/^    grader: .*/    grader: {type: multi, name: both, pass_threshold: 0.8, calculate_output: 0.5 * exact + 0.5 * near, graders: {exact: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}, near: {type: text_similarity, name: near, input: "{{sample.output_text}}", reference: "{{item.answer}}", evaluation_metric: rouge_1}}}/' \
    's/^  policy: .*/  policy: {type: scripted, turns: [{calls: [{call: get_by_id, arguments: {sku: "{{item.q}}"}}, {call: lookup, arguments: {}}]}, {answer: "{{item.answer}} \\u009b1m"}]}/'
python3 - <<'END'
import json
row = {"messages": [{"role": "developer", "content": "red \x1b[31m\tone\n\nlong: " + "kettle " * 80},
                    {"role": "user", "content": "\u6c34" * 60}], "q": "KTL-208", "answer": "a\u202eb"}
open("rows.jsonl", "w").write(json.dumps(row) + "\n")
END
told job.yaml --row 1

echo "== a call that is addressed wrongly ends it"
sed 's/^  policy: .*/  policy: {type: scripted, turns: [{recipient: get_by_id, arguments: "{"}]}/' job.yaml >wrong.yaml
told wrong.yaml --row 2 --file valid | sed -n '/^turn/,$p'
echo "== a policy that cannot go on"
sed 's/^  policy: .*/  policy: {type: scripted, turns: [{answer: "{{item.none}}"}]}/' job.yaml >stuck.yaml
told stuck.yaml --row 2 --file valid | sed -n '/^turn/,$p'
echo "== a grade in error"
sed 's/{{sample.output_text}}/{{sample.output_tools[9].id}}/' job.yaml >error.yaml
told error.yaml --row 2 --file valid | sed -n '/^outcome/,$p'
echo "== a judge that is a stub, and Python"
sed -e 's/^    grader: .*/    grader: {type: score_model, name: judge, model: m, range: [0, 1], input: [{role: user, content: "{{sample.output_text}}"}]}/' \
    -e 's/^simulation:/&\n  grader_models: {m: {stub: {score: 0.25}}}/' job.yaml >judge.yaml
told judge.yaml --row 2 --file valid | sed -n '/^score_model/,$p'
sed 's/^    grader: .*/    grader: {type: python, name: code, source: "def grade(sample, item):\\n    print(sample[\\"output_text\\"])\\n    return 0.5\\n"}/' job.yaml >code.yaml
told code.yaml --row 2 --file valid --sandbox off | sed -n '/^python/,/^ *printed/p; /^outcome/,$p'

echo "== JSON"
rftsim rollout job.yaml --row 1 --json | python3 -c '
import json, sys
doc = json.load(sys.stdin)
print(*sorted(doc))
print(*sorted(doc["turns"][0]["calls"][0]))
print(doc["type"], doc["version"], doc["number"], doc["reward"], len(doc["messages"][0]["content"]))'

# Every so many of the rollouts that a run recorded, played again: RUN STEP EVERY [OPTION]... STEP is
# of an evaluation, or "all".
cat >again.py <<'END'
import json, subprocess, sys
run, step, every, *options = sys.argv[1:]
def ask(*words):
    return [json.loads(line) for line in subprocess.run(["rftsim", *words, "--json"], stdout=subprocess.PIPE, check=True).stdout.splitlines()]
def played(doc):
    turns = [[(c["tool"], c["arguments"], c["status"], c["output"]) for c in t["calls"]] for t in doc["turns"]]
    return [t for t in turns if t], doc.get("answer"), doc["outcome"], doc["reward"]
told = ask("report", run, "--outcome", "graded")
told = [t for t in told if step == "all" or (t["phase"] == "valid" and t["step"] == int(step))][::int(every)]
same = 0
kinds = set()
for one in told:
    want, = ask("report", run, "--rollout", str(one["id"]))
    got, = ask("rollout", "--row", str(want["line"]), "--file", want["phase"], "--step", str(want["step"]), "--sample", str(want["sample"]),
               *options)
    same += played(got) == played(want)
    kinds.add(str([[c[0] for c in t] for t in played(got)[0]]))
    if played(got) != played(want):
        print(one["id"], played(want), played(got), sep="\n")
print(same, "of", len(told), "the same;", len(kinds), "kinds of them")
END
echo "== what a run of the same seed makes, at random"
sed -e '/^  policy:/,/^      - answer/d' -e 's|^simulation:|simulation:\n  policy: {type: random}|' configs/catalog.yaml >configs/random.yaml
rftsim run configs/random.yaml --out run -q --rollouts-per-step 12 >table
python3 again.py run all 25 configs/random.yaml --rollouts-per-step 12
rftsim rollout configs/random.yaml --row 3 --json --seed 1 | grep -c '"seed":1,'

echo "== a learner, and what it had learned by a checkpoint"
sed 's|^  policy: .*|  policy: {type: learner, feature: "{{item.kind}}", step_size: 2, actions: [{name: search, call: search_catalog, arguments: {query: "{{item.query}}"}}, {name: say, answer: "{{last.output.items[0].sku}}"}]}|' configs/random.yaml >configs/learner.yaml
rftsim run configs/learner.yaml --out learned -q >table
told configs/learner.yaml --row 3 | sed -n '/^turn 1/,/^  [>a]/p'
told configs/learner.yaml --row 3 --policy learned/policy.json | sed -n '/^policy/p; /^turn/p; /^  draws/,/^  [>a]/p'
python3 again.py learned 0 6 configs/learner.yaml
step=$(find learned/checkpoints -name 'step-*.json' | sed 's/.*step-//; s/.json//' | sort -n | tail -n 1)
python3 again.py learned "$step" 6 configs/learner.yaml --policy "learned/checkpoints/step-$step.json"
cp "learned/checkpoints/step-$step.json" "$(printf 'odd\377.json')"
rftsim rollout configs/learner.yaml --row 3 --json --policy "$(printf 'odd\377.json')" |
    python3 -c 'import json, sys; print(ascii(json.load(sys.stdin)["checkpoint"]))'

echo "== what is wrong"
for wrong in '' '--row 500' '--row 3 --sample 8' '--row 3 --step 3' '--row 3 --file valid --step 3' '--row 3 --file test' '--row 3 --policy configs/catalog.yaml'; do
    # shellcheck disable=SC2086
    rftsim rollout configs/catalog.yaml $wrong 2>&1
    echo "exit $?"
done
kill $endpoint
wait $endpoint
rftsim rollout configs/catalog.yaml --row 3 2>&1 | sed -n 's/^rftsim/&/p'

echo "== a tool that fails"
mkdir faulty
cd faulty || exit
catalog --fault 'get_by_id:503@1'
sed -i 's/^simulation:/&\n  tool_backoff_ms: 0/' configs/catalog.yaml
told configs/catalog.yaml --row 3 | sed -n '/^turn 2/,$p'

echo "== a signal"
kill $endpoint
mkdir slow
cd slow || exit
catalog --latency-ms 60000
timeout --preserve-status -s INT 1 rftsim rollout configs/catalog.yaml --row 3
echo "exit $?"
