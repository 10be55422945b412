. "$CASES/lib.sh"
catalog --latency-ms 60
rftsim run configs/catalog.yaml --out run --json -t 2 -c 256 --rollouts-per-step 4 2>/dev/null | tail -n 1 | python3 -c '
import json, sys
for tool in json.load(sys.stdin)["tools"]:
    print(tool["name"], tool["errors"], "late enough:", tool["latency_ms"]["p50"] > 58)'
kill -INT "$endpoint"
wait "$endpoint"
echo "the endpoint ended with $?"
