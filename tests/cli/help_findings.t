rftsim help d005
rftsim help D005 --json
rftsim help D05
rftsim help findings | sed -n '1,6p'
rftsim help findings --json | python3 -c '
import json, sys
o = json.load(sys.stdin)
codes = [f["code"] for f in o["findings"]]
print(o["type"], o["version"], len(codes) == len(set(codes)))
print([f["code"] for f in o["findings"] if not all(f.values())])'
