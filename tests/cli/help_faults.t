rftsim help faults
rftsim help faults --json | python3 -c '
import json, sys
o = json.load(sys.stdin)
print(o["type"], o["version"], len(o["kinds"]), "kinds")
print({k: v for k, v in o["kinds"][1].items() if k != "fix"})'
rftsim help fault
rftsim help run --json
