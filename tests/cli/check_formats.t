. "$CASES/lib.sh"
export LOOKUP_URL=http://127.0.0.1:9/lookup
small_job 's/max_episode_steps/max_epsiode_steps/'
mv job.yaml 'odd %,: name.yaml'
sed -i '3s/user/system/' rows.jsonl
for i in 1 2 3 4 5 6 7; do echo '{"messages":[{"role":"user","content":"é"},{"role":"assistant","content":"y"}],"q":"1","answer":"1"}' >>rows.jsonl; done
echo "== github"
rftsim check 'odd %,: name.yaml' --format github
echo "== sarif"
rftsim check 'odd %,: name.yaml' -f sarif >found.sarif
cat >look.py <<'END'
"""What SARIF 2.1.0 asks of a log, as far as one of ours can break it; then what is in it."""
import json
log = json.load(open("found.sarif"))
assert log["version"] == "2.1.0" and len(log["runs"]) == 1
run = log["runs"][0]
rules = run["tool"]["driver"]["rules"]
assert run["tool"]["driver"]["name"] == "rftsim" and run["columnKind"] == "unicodeCodePoints"
for rule in rules:
    assert rule["id"] and rule["defaultConfiguration"]["level"] in ("error", "warning")
    assert all(rule[k]["text"] for k in ("shortDescription", "fullDescription", "help")), rule
assert len({rule["id"] for rule in rules}) == len(rules)
for result in run["results"]:
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    place = result["locations"][0]["physicalLocation"]
    region = place["region"]
    assert 1 <= region["startColumn"] < region["endColumn"] and region["startLine"] >= 1
    print(result["ruleId"], result["level"], place["artifactLocation"]["uri"], *region.values(), result["message"]["text"])
for note in run["invocations"][0]["toolExecutionNotifications"]:
    assert rules[note["associatedRule"]["index"]]["id"] == note["associatedRule"]["id"]
    print(note["level"], note["message"]["text"])
counts = run["properties"]["counts"]
assert sum(counts.values()) == run["properties"]["errors"] + run["properties"]["warnings"]
print(counts)
END
python3 look.py
echo "== standard input"
sed 's/max_epsiode_steps/max_episode_steps/; s/rows.jsonl/valid.jsonl/' 'odd %,: name.yaml' | rftsim check -
echo "== json, in both ways of asking"
rftsim check - --json <'odd %,: name.yaml' >a
rftsim check - --format json <'odd %,: name.yaml' | cmp - a
rftsim check job.yaml --json --format sarif
rftsim check job.yaml --format yaml
echo "== a name that is no UTF-8"
name=$(printf 'odd\377.yaml')
small_job 's/seed/sed/'
mv job.yaml "$name"
for format in json sarif; do
    rftsim check "$name" --format $format --stats | tail -1 | python3 -c '
import json, sys
log = json.load(sys.stdin)
found = [(f["code"], f["file"]) for f in log["findings"]] if "job" in log else [r["ruleId"] for r in log["runs"][0]["results"]]
print(found)
' 2>/dev/null || echo "$format: no JSON"
done
