# The shipped job with other policies: the ceiling, the floor, and one between them; the same results
# at any number of threads, but for times.
. "$CASES/lib.sh"
catalog
sed -e '/^  policy:/,/^      - answer/d' -e 's#\.\./datasets#datasets#' configs/catalog.yaml >base.yaml

play() {
    sed "s|^simulation:|simulation:\n  policy: $2|" base.yaml >"$1.yaml"
    rftsim run "$1.yaml" --out "$1-1" -t 1 2>&1 | sed -n '/^  policy/,/^  grader/p; /^rewards/,/^$/p'
    rftsim run "$1.yaml" --out "$1-2" -t 2 --concurrency 7 --quiet >/dev/null
    results "$1-1/results.csv" >one
    results "$1-2/results.csv" >two
    cmp one two && echo "the same on two threads"
    grep -o '"level":"info","message":"Policy [^"]*"' "$1-1/events.jsonl"
}
play oracle '{type: oracle}'
echo "== random"
play random '{type: random}'
echo "== another seed draws otherwise"
sed -i 's/^seed: 7/seed: 8/' base.yaml
play other '{type: random}' | sed -n '/^rewards/,/^$/p'
sed -i 's/^seed: 8/seed: 7/' base.yaml
echo "== mixture"
play mixture '{type: mixture, policies: [{weight: 0.7, policy: {type: oracle}}, {weight: 0.3, policy: {type: random}}]}'
rftsim check mixture.yaml | grep policy
rftsim run mixture.yaml --json --out json 2>/dev/null | head -n 1 | grep -o '"policy.*"grader"'
echo "== calls of the row, and one that is not there"
python3 -c '
import json
for i, line in enumerate(open("datasets/catalog/train.jsonl")):
    row = json.loads(line)
    row["expected_tool_calls"] = ["search_catalog", {"name": "get_by_id", "arguments": {"sku": row["sku"]}}]
    if i == 3:
        del row["expected_tool_calls"]
    print(json.dumps(row))' >train.jsonl
sed -e 's#^training_file: .*#training_file: train.jsonl#' -e 's|^simulation:|simulation:\n  policy: {type: oracle}|' base.yaml >calls.yaml
rftsim check calls.yaml | sed -n '/X008.*(/,/fix/p; /policy  /p'
rftsim run calls.yaml --out calls | sed -n '/^  policy  /,/^  grader/p; /^outcomes/,$p' | still
echo "== faults"
sed 's|^simulation:|simulation:\n  policy: {type: mixture, policies: [{weight: 1, policy: {type: scripted, turns: [{call: search_catalogue}, {answer: "{{item.skew}}"}]}}]}|' base.yaml >faults.yaml
rftsim check faults.yaml | sed -n '/X0.*(/,/fix/p'
sed 's|^simulation:|simulation:\n  policy: {type: orakle}|' base.yaml >orakle.yaml
rftsim run orakle.yaml
