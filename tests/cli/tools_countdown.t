. "$CASES/lib.sh"
rftsim tools
rftsim tools countdown --data rows.jsonl
echo "exit $?"
serve countdown
python3 - <<'END'
import json, urllib.error, urllib.request
for expression in ("3 * 7 + 5", "7 / (5 - 5)", "seven"):
    body = {"type": "function_call", "name": "evaluate", "call_id": "c", "id": "i",
            "arguments": json.dumps({"expression": expression})}
    try:
        with urllib.request.urlopen(open("url").read().strip(), json.dumps(body).encode()) as answer:
            print(answer.status, answer.read().decode())
    except urllib.error.HTTPError as e:
        print(e.code, e.read().decode())
END
