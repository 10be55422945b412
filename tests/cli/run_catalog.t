. "$CASES/lib.sh"
catalog
rftsim run configs/catalog.yaml --out first --threads 2 | still
echo "== the folder"
ls first
sed -n '/headers/,/Shop/p' first/job.yaml
sed -E 's/"ftevent-[0-9a-f]{24}"/"ID"/; s/("created_at"):[0-9]+/\1:T/' first/events.jsonl | head -n 4
wc -l <first/results.csv
echo "== nothing is ever overwritten"
rftsim run configs/catalog.yaml --out first
