# A run that is played again: against the same endpoint, against one whose prices have changed, and
# without any.
. "$CASES/lib.sh"
catalog
rftsim run configs/catalog.yaml --out first -q >/dev/null
sed -e '/^  policy:/,/^      - answer/d' configs/catalog.yaml >configs/base.yaml

job() {
    sed "s|^simulation:|simulation:\n  policy: {type: replay, from: ../first$1}|" configs/base.yaml >configs/replay.yaml
}

parts() {
    sed -n '/^  policy/,/^  grader/p; /^N.*ED:/p; /^drift/,/^$/p; /^rewards/,/^$/p'
}
job ''
echo "== the same endpoint"
rftsim run configs/replay.yaml --out again 2>&1 | parts
results first/results.csv >one
results again/results.csv >two
cmp one two && echo "the same results.csv, but for times"
ls again
echo "== another price"
sed 's/"price":68.0/"price":69/; s/"price":38.0/"price":39.5/' datasets/catalog/products.jsonl >products.jsonl
cmp -s datasets/catalog/products.jsonl products.jsonl && echo "no price has changed"
rftsim tools catalog --data products.jsonl >url2 2>log2 &
second=$!
trap 'kill $endpoint $second 2>/dev/null' EXIT
tries=0
until [ -s url2 ] || [ "$tries" -ge 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
same=$CATALOG_URL
CATALOG_URL=$(cat url2)
rftsim run configs/replay.yaml --out drift 2>&1 | parts
wc -l <drift/drift.jsonl
head -n 1 drift/drift.jsonl | cut -c 1-260
rftsim run configs/replay.yaml --out drift2 -t 1 --concurrency 1 -q --json | grep '"type":"drift"' >lines
cmp lines drift/drift.jsonl && cmp drift2/drift.jsonl drift/drift.jsonl && echo "the same lines, whoever writes them"
rftsim report drift | sed -n '/^  model/,/^  data/p'
echo "== one rollout of it"
line=$(head -n 1 drift/drift.jsonl | sed 's/.*"line":\([0-9]*\).*/\1/')
rftsim rollout configs/replay.yaml --file valid --row "$line" | sed -n '/! record/,/^turn/p'
echo "== nobody there"
CATALOG_URL=http://127.0.0.1:1/
job ', tools: recorded, scores: recorded'
rftsim run configs/replay.yaml --out alone --rollouts-per-step 4 -v 2>log3 | parts
head -n 2 log3 | sed -e 's/trace_[0-9a-f]*/TRACE/' -e 's/\("output"\|recorded\) .*/\1 .../'
rftsim report alone | sed -n '/^  model/,/^  data/p'
rftsim rollout configs/replay.yaml --row 3 | sed -n '/^turn 1/,/^  wire/p; /^  words/p; /^outcome/,$p'
echo "== only an evaluation, of other rows too"
CATALOG_URL=$same
sed '4,$s/"content":"/"content":"Please: /2' datasets/catalog/valid.jsonl >other.jsonl
sed -e 's#\.\./datasets/catalog/valid#../other#' configs/replay.yaml >configs/other.yaml
echo '{"policy": {"type": "replay", "from": "first", "scores": "recorded"}}' >policy.json
rftsim run configs/other.yaml --policy policy.json --out other 2>&1 | parts
rftsim report other | sed -n '/^  model/,/^  data/p; /the grader answered/p'
head -n 21 other.jsonl >fewer.jsonl
sed -i 's#/other#/fewer#' configs/other.yaml
rftsim run configs/other.yaml --policy policy.json --out fewer 2>&1 |
    sed -n '/^  policy  /,/^  grader/p; /^outcomes/,/^$/p; /^rewards/,$p' | still
echo "== what is no record"
job '/results.csv'
rftsim run configs/replay.yaml
