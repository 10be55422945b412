. "$CASES/lib.sh"
catalog
sed -i -e 's/type: string_check/type: text_similarity/' -e 's/name: exact_sku/name: close_to_sku/' \
    -e 's/operation: eq/evaluation_metric: meteor/' configs/catalog.yaml
WNSEARCHDIR=/nowhere rftsim run configs/catalog.yaml --out run --json -t 2 | python3 -c '
import json, sys
end = [json.loads(line) for line in sys.stdin][-1]
print(end["ended"], end["steps_done"], end["outcomes"], end["train"]["reward_mean"], end["valid"]["reward_mean"])'
head -n 1 run/results.csv | tr , '\n' | grep ^scores
