. "$CASES/lib.sh"
# Answers are JSON of q; those with an even q miss what the schema asks for, one is no JSON.
small_job 's/policy: .*/policy: {type: scripted, turns: [{answer: "{{item.text}}"}]}/' \
    's/output_text/output_json.q/' '/tools:/d' '/LOOKUP_URL/d' \
    '/max_episode_steps/a\    response_format: {type: json_schema, name: q, strict: true, schema: {type: object, properties: {q: {type: string, enum: ["1", "3", "5", "7", "9"]}}, required: [q], additionalProperties: false}}'
for file in rows valid; do
    python3 - $file.jsonl <<'END'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
with open(sys.argv[1], "w") as out:
    for row in rows:
        row["text"] = "no JSON" if row["q"] == "7" else json.dumps({"q": row["q"]})
        print(json.dumps(row), file=out)
END
done
rftsim run job.yaml --out run --json >lines
python3 - <<'END'
import csv, json
for line in open("lines"):
    o = json.loads(line)
    if o["type"] == "wave" and o["step"] < 2:
        print(o["phase"], o["step"], o["rollouts"], "rollouts, mean", o["reward_mean"])
row = next(csv.DictReader(open("run/results.csv")))
for name, value in row.items():
    if "valid_" in name and "error_mean" in name:
        print(name, value)
END
grade job.yaml --row 1 --sample '{"q": "1"}'
grade job.yaml --row 1 --sample '{"q": 1}'
grade job.yaml --row 1 --sample '{"q": "1", "more": 2}'
grade job.yaml --row 1 --sample ''
