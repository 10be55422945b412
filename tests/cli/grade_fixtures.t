. "$CASES/lib.sh"
cat >grader.yaml <<'FIN'
type: text_similarity
name: near
evaluation_metric: gleu
input: "{{sample.output_text}}"
reference: "{{item.answer}}"
FIN
cat >grades.jsonl <<'FIN'
{"name": "all of it", "kind": "full", "item": {"answer": "a kettle for tea"}, "sample": "a kettle for tea", "expect": {"reward": 1}}
{"name": "none of it", "kind": "zero", "item": {"answer": "a kettle"}, "sample": {"output_text": "tea pot", "output_tools": []}, "expect": {"max": 0}}
{"name": "empty", "kind": "malformed", "item": {"answer": "a kettle"}, "sample": "", "expect": {"reward": 0}}

{"name": "half", "item": {"answer": "a red kettle"}, "sample": "a blue kettle", "expect": {"min": 0.2, "max": 0.5}}
{"name": "nearly half", "item": {"answer": "a red kettle"}, "sample": "a blue kettle", "expect": {"reward": 0.33, "within": 0.01}}
{"name": "no such key", "kind": "malformed", "item": {}, "sample": "a kettle", "expect": {"errors": ["invalid_variable_error"]}}
FIN
check() {
    rftsim grade --grader grader.yaml --fixtures "$@"
    echo "exit $?"
}
echo "== every one holds"
check grades.jsonl
echo "== some do not, and two kinds are not there"
sed -e '/"kind": "zero"/d' -e '/"malformed"/d' -e 's/"reward": 1}/"reward": 0.9, "within": 0.05}/' -e 's/"min": 0.2/"min": 0.4/' grades.jsonl >wrong.jsonl
cat >>wrong.jsonl <<'FIN'
{"item": {"answer":"x"},"sample":"x","note":"{\"keep\": \"expect\"}" , "expect": {"reward": 0.0} ,"more":[1,  2]}
FIN
printf '{"item":{"answer":"x"},"sample":"x"}' >>wrong.jsonl
check wrong.jsonl
sed '$d' wrong.jsonl >most.jsonl
check most.jsonl -q
check most.jsonl -q --json
echo "== written anew, the rest of each line as it was"
chmod 640 wrong.jsonl
cp wrong.jsonl before.jsonl
ln -s wrong.jsonl link.jsonl
check link.jsonl -q --update
diff before.jsonl wrong.jsonl
ls -l wrong.jsonl link.jsonl | cut -c 1-10
ls
check wrong.jsonl -q
cp wrong.jsonl before.jsonl
check wrong.jsonl -q --update && cmp before.jsonl wrong.jsonl
echo "== a file with faults is left alone"
cat >broken.jsonl <<'FIN'
{"item": {"answer": "x"}, "sample": "x", "expect": {"reward": 0}}
{"item": {"answer": "x"}, "sample": "x", "expect": {"reword": 0}}
{"item": {"answer": "x"}, "sample": "x", "expect": {"reward": "1"}}
{"item": {"answer": "x"}, "sample": "x", "expect": {"reward": 1, "max": 1}}
{"item": {"answer": "x"}, "sample": "x", "expect": {"min": 1, "max": 0.5}}
{"item": {"answer": "x"}, "sample": "x", "expect": {"within": 0.5}}
{"item": {"answer": "x"}, "sample": "x", "expect": {}}
{"item": {"answer": "x"}, "sample": "x", "expect": 1}
{"item": {"answer": "x"}, "sample": "x", "expect": {"errors": ["invalid_variable"]}}
{"item": {"answer": "x"}, "sample": "x", "expect": {"errors": []}}
{"item": ["x"], "sample": "x", "expect": {"reward": 1}}
{"sample": {"output": "x"}, "expect": {"reward": 1}}
{"sample": 5, "expect": {"reward": 1}}
{"name": 5, "expect": {"reward": 1}}
{"sample": "x", "sample": "y", "expect": {"reward": 1}}
{"sample": "x", "expect": {"reward": 1}
"x"
FIN
cp broken.jsonl before.jsonl
check broken.jsonl --update
cmp before.jsonl broken.jsonl
: >empty.jsonl
check empty.jsonl
check nowhere.jsonl
echo "== a stub is said to be one"
cat >grader.yaml <<'FIN'
grader: {type: score_model, name: judge, model: gpt-4.1, input: [{role: user, content: "{{sample.output_text}}"}]}
simulation: {grader_models: {gpt-4.1: {stub: {score: 0.5}}}}
FIN
echo '{"sample": "x", "expect": {"reward": 0.5}}' >stub.jsonl
check stub.jsonl -q
check stub.jsonl -q --json | tail -n 2
