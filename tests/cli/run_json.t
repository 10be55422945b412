. "$CASES/lib.sh"
catalog
rftsim run configs/catalog.yaml --out run --json -t 2 2>/dev/null | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
print(len(lines), sorted({(o["type"], o["version"]) for o in lines}))
end = lines[-1]
print(end["ended"], end["steps_done"], end["outcomes"], end["train"]["reward_mean"], end["valid"]["reward_mean"])
print([(t["name"], t["calls"], t["errors"]) for t in end["tools"]])'
python3 -c 'import json; print(json.load(open("run/summary.json"))["type"])'
