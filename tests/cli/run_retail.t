# The return desk: the shipped job learns, the same on any number of threads; its twin that makes two
# calls at once loses some of its races.
. "$CASES/lib.sh"
retail --fault 'create_return:latency=5@0.5'
learned() {
    rftsim run "configs/$1.yaml" --json --rollouts-per-step 64 --out "$2" $3 2>/dev/null | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
valid = [o["reward_mean"] for o in lines if o["type"] == "wave" and o["phase"] == "valid"]
tools = {t["name"]: t for t in lines[-1]["tools"]}
print("begins below 0.2:", valid[0] < 0.2, " ends above", sys.argv[1] + ":", valid[-1] > float(sys.argv[1]))
print("rollouts that are no rewards:", sum(o["rollouts"] - o["graded"] for o in lines if o["type"] == "wave"))
print("what came of the calls:", *sorted({kind for t in tools.values() for kind in t["kinds"]}))' "$4"
}
echo "== one call at a time"
learned retail one "-t 1" 0.5
learned retail two "-t 2 --concurrency 7" 0.5
cmp one/policy.json two/policy.json && echo "the same on two threads"
echo "== two at once"
learned retail-race race "-t 2" 0.4
echo "== races lost"
sed -e '/^  policy:/,$d' configs/retail.yaml >configs/race.yaml
cat >>configs/race.yaml <<'END'
  policy:
    type: scripted
    turns:
      - calls:
          - {call: create_return, arguments: {order_id: "{{item.order_id}}", line: "{{item.line}}", reason: "{{item.reason}}", wish: "{{item.wish}}"}}
          - {call: issue_refund, arguments: {order_id: "{{item.order_id}}", line: "{{item.line}}"}}
      - {answer: "{{calls[1].output}}"}
END
rftsim run configs/race.yaml --json --rollouts-per-step 64 --out lost 2>/dev/null | tail -n 1 | python3 -c '
import json, sys
slips = json.load(sys.stdin)["train"]["sub_rewards"]["slip"]
print("of 28 refunds in 60 rows some are paid, and not all:", 0.05 < slips < 0.42)'
echo "== its end"
kill -INT "$endpoint"
wait "$endpoint"
echo "the endpoint ended with $?"
grep -c 'rollouts with a return: [0-9]*, of these forgotten: [0-9]*$' log
