. "$CASES/lib.sh"
catalog --fault 'get_by_id:429@0.3'
rftsim run configs/catalog.yaml --out run -q --rollouts
rftsim run configs/catalog.yaml --out run -q --json --rollouts --rollouts-per-step 8 >lines
python3 - <<'END'
import json
lines = [json.loads(line) for line in open("lines")]
rollouts = [o for o in lines if o["type"] == "rollout"]
first = rollouts[0]
print(list(first))
print([first[k] for k in ("phase", "step", "line", "sample")])
print(list(first["calls"][0]))
waves = [o for o in lines if o["type"] == "wave"]
print(len(rollouts) == sum(w["rollouts"] for w in waves), len({o["trace_id"] for o in rollouts}) == len(rollouts))
places = [(o["phase"], o["step"], o["line"], o["sample"]) for o in rollouts]
print("each place once:", len(set(places)) == len(places), "samples:", sorted({p[3] for p in places}))
# what the lines add up to is what the summary says
end = lines[-1]
for phase in ("train", "valid"):
    rewards = [o["reward"] for o in rollouts if o["phase"] == phase and o["reward"] is not None]
    print(phase, abs(sum(rewards) / len(rewards) - end[phase]["reward_mean"]) < 1e-12)
calls = [c for o in rollouts for c in o["calls"]]
for tool in end["tools"]:
    kinds = [c["kind"] for c in calls if c["tool"] == tool["name"]]
    print(tool["name"], {k: kinds.count(k) for k in set(kinds)} == tool["kinds"])
# each line stands before that of its wave
open_ = 0
for o in lines:
    open_ += o["type"] == "rollout"
    if o["type"] == "wave":
        assert open_ == o["rollouts"], o
        open_ = 0
END
