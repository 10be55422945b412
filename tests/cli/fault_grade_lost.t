. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job 's/type: string_check/type: text_similarity/' 's/operation: eq/evaluation_metric: fuzzy_match/'
seq 1 100000 >long.txt
python3 -c '
import json
row = json.loads(open("rows.jsonl").readline())
row["answer"] = open("long.txt").read()[::-1]
json.dump(row, open("row.json", "w"))'
grade job.yaml --item row.json --sample-file long.txt 2>/dev/null | sed -n '/evaluation_metric/,$p'
echo "== --json"
rftsim grade job.yaml --item row.json --sample-file long.txt --json 2>/dev/null | python3 -c '
import json, sys
grade = json.load(sys.stdin)
facts = grade["rftsim"]
print(grade["reward"], facts["lost"], facts["errors"], facts["graders"][0]["other_readings"])'
grade job.yaml --item row.json --sample-file long.txt >/dev/null
echo "exit $?"
echo "== a fixture that gets no grade is no zero"
python3 -c '
import json
row = json.load(open("row.json"))
print(json.dumps({"kind": "zero", "item": row, "sample": open("long.txt").read(), "expect": {"reward": 0}}))' >grades.jsonl
rftsim grade job.yaml -q --fixtures grades.jsonl --update
echo "exit $?"
