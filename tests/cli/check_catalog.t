. "$CASES/lib.sh"
small_job
tool='{"type":"function","function":{"name":"lookup","parameters":{"type":"object"}}}'
sed -i "s/\"q\":/\"tools\":[$tool],&/" rows.jsonl valid.jsonl
LOOKUP_URL=http://127.0.0.1:9/api rftsim check job.yaml
rftsim check job.yaml
sed -i '3s/user/system/; 5d; 7s/$/}/' rows.jsonl
for i in 1 2 3 4 5 6 7 8; do echo '{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}' >>rows.jsonl; done
LOOKUP_URL=http://127.0.0.1:9/api rftsim check job.yaml
LOOKUP_URL=http://127.0.0.1:9/api rftsim check job.yaml --json | python3 -c '
import json, sys
o = json.load(sys.stdin)
print(o["errors"], o["warnings"], o["counts"], len(o["findings"]))'
sed -i 's/valid.jsonl/nowhere.jsonl/' job.yaml
LOOKUP_URL=http://127.0.0.1:9/api rftsim check job.yaml | tail -12
