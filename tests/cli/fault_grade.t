. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job
try() {
    echo "== $*" >&2
    grade "$@"
    echo "exit $?" >&2
}
try job.yaml --row 21 --sample 3
try job.yaml --row 0 --sample 3
try job.yaml --sample 3
try job.yaml --row 3
try job.yaml --row 3 --item rows.jsonl --sample 3
try job.yaml --item row.json --file valid --sample 3
try job.yaml --row 3 --file test --sample 3
try job.yaml --row 3 --sample 3 --sample-file answer.txt
try job.yaml --item - --sample-file -
try job.yaml --row 3 --sample-file nowhere.txt
try job.yaml --item nowhere.json --sample 3
echo '[3]' >list.json
try job.yaml --item list.json --sample 3
printf '{\n "answer": 3,\n}' >broken.json
try job.yaml --item broken.json --sample 3
try nowhere.yaml --row 3 --sample 3
rm rows.jsonl
try job.yaml --row 3 --sample 3
echo "== what goes together" >&2
try
try job.yaml --grader g.json --sample 3
try --grader g.json --row 3 --sample 3
try job.yaml --fixtures f.jsonl --sample 3
try job.yaml --fixtures f.jsonl --results r.jsonl
try job.yaml --row 3 --sample 3 --update
try job.yaml --item - --sample -
try job.yaml --item '{"answer": "3"}' --sample @3
try job.yaml --item '{"answer": "3"' --sample 3
try --grader nowhere.json --sample 3
try --grader job.yaml --sample 3
echo '{"type": "string_check", "operation": "eq", "input": "{{sample.output_text}}", "reference": "3"}' >g.json
try --grader g.json
