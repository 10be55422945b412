. "$CASES/lib.sh"
small_job
head -n 9 valid.jsonl >few && mv few valid.jsonl
sed -i '3s/"answer":"3"/"answer":3/; 4s/"content":"find 4"/"content":[{"type":"text","text":"find 4"}]/' rows.jsonl
sed -i '7s/"q":"7"/"tools":[{"type":"function","function":{"name":"lookup","parameters":{"type":"object"}}}],"q":"7"/' rows.jsonl
export LOOKUP_URL=http://127.0.0.1:9/lookup
rftsim check job.yaml --stats
rftsim check job.yaml --stats --allow-small | tail -n 8
rftsim check job.yaml --stats --json | python3 -c '
import json, sys
for s in json.load(sys.stdin)["statistics"]:
    print(json.dumps(s))'
