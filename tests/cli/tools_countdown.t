rftsim tools
rftsim tools countdown --data rows.jsonl
echo "exit $?"
rftsim tools countdown >url 2>log &
endpoint=$!
trap 'kill $endpoint 2>/dev/null' EXIT
tries=0
until [ -s url ] || [ "$tries" -ge 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
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
