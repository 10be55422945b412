. "$CASES/lib.sh"
catalog
sed 's/items\[0\]/items[1]/' configs/catalog.yaml >configs/other.yaml
rftsim run configs/catalog.yaml --out before -q --rollouts-per-step 4 >plan.txt
rftsim run configs/other.yaml --out after -q --rollouts-per-step 4 >plan.txt
rftsim compare before after -n 3
echo "== gates"
rftsim compare before after --max-drop 0.1 >table.txt || echo "status $?"
rftsim compare after before --max-drop 0.1 >table.txt && echo "a rise is no drop"
rftsim compare before before --same >table.txt && echo "the same"
rftsim compare before after --same >table.txt || echo "status $?"
echo "== training, another threshold, JSON"
rftsim compare before after --train --pass 2 --rows 0 | sed -n '1,9p'
rftsim compare before after --json | python3 -c '
import json, sys
c = json.load(sys.stdin)
print(sorted(c))
v = c["values"][0]
print(abs(v["difference"] - v["means"][1] + v["means"][0]) < 1e-12)
print(len(c["rows"]), c["rows"][0])'
echo "== what cannot be compared"
for words in "--step 3 before after" "before before/results.csv" "before nowhere" "--max-drop x before after" \
    "--train --step 0 before after" "before"; do
    rftsim compare $words || echo "status $?"
done
