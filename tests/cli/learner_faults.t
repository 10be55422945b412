# An endpoint that fails: what a checkpoint was worth is the mean of what was graded. Which requests
# fail hangs on their order, so nothing is shown that does.
. "$CASES/lib.sh"
catalog --fault 'search_catalog:503@0.4'
sed -i 's/rollouts_per_step/tool_attempts: 1\n  &/; s/eval_interval: 5/eval_interval: 1/; s/eval_samples: 2/eval_samples: 10/' configs/catalog-learner.yaml
rftsim run configs/catalog-learner.yaml -q --json --out run --pause-at 1 2>/dev/null >lines
python3 - <<'END'
import json
waves = [line for line in map(json.loads, open("lines")) if line["type"] == "wave"]
checkpoint = json.load(open("run/checkpoints/step-1.json"))
print("ungraded", all(w["graded"] < w["rollouts"] for w in waves if w["phase"] == "valid"))
print("of a checkpoint", checkpoint["valid_mean_reward"] == waves[-1]["reward_mean"] > waves[-1]["reward_mean_penalised"])
END
cp run/policy.json before.json
rftsim run --resume run -q --pause-at 1 >/dev/null 2>&1
cmp before.json run/policy.json && echo "learned again from what is recorded"
