# a result file as the service writes it (6.3, section 13), with numbers of our own: 16 rollouts a
# step, of which 1, 2, 6 and 0 have no grade (EV-4), evaluations in the rows of steps 1, 2 and 4 (EV-6)
cat >make.py <<'FIN'
import csv
name = "python/grader-0123456789ab"
errors = ["sample_parse_error", "invalid_variable_error", "other_error"]
head = ["step", "train_mean_reward", "full_valid_mean_reward", "completion_tokens_mean", "mean_unresponsive_rewards",
        "sampling_duration", "training_duration", "eval_duration", "total_duration"]
for phase in "train", "valid":
    for error in errors:
        head += [f"errors/graders/{name}/errors/{phase}_{error}_{kind}" for kind in ("mean", "count")]
head += [f"scores/graders/{name}/{phase}_reward_mean" for phase in ("train", "valid")]
for phase in "train", "valid":
    head += [f"{phase}_{what}lookup" for what in ("tool_calls_to_", "token_usage_mean_", "latency_", "error_count_")]
rows = []
steps = [(15, 3, .25, 20, 2), (14, 5.5, .4, 30, 10), (10, 6.5, None, 0, 4), (16, 9, .45, 33, 1)]
for i, (graded, total, valid, ok, failed) in enumerate(steps):
    row = dict.fromkeys(head, "")
    row.update({"step": i + 1, "train_mean_reward": (total - (16 - graded)) / 16, "completion_tokens_mean": 100 + i,
                "mean_unresponsive_rewards": 0, "sampling_duration": 50, "training_duration": 60,
                "eval_duration": 9e-5 if i == 0 or valid is None else 20, "total_duration": 131,
                f"scores/graders/{name}/train_reward_mean": total / graded,
                "train_tool_calls_to_lookup": ok, "train_token_usage_mean_lookup": 40, "train_latency_lookup": .2,
                "train_error_count_lookup": failed / (ok + failed)})
    for error in errors:
        row[f"errors/graders/{name}/errors/train_{error}_mean"] = 0
        row[f"errors/graders/{name}/errors/train_{error}_count"] = graded
    if valid is not None:
        row["full_valid_mean_reward"] = row[f"scores/graders/{name}/valid_reward_mean"] = valid
        for error in errors:
            row[f"errors/graders/{name}/errors/valid_{error}_mean"] = 0
            row[f"errors/graders/{name}/errors/valid_{error}_count"] = 10
    rows.append(row)
with open("results.csv", "w", newline="") as f:
    out = csv.DictWriter(f, head)
    out.writeheader()
    out.writerows(rows)
FIN
python3 make.py
rftsim report results.csv
echo "exit $?"
rftsim report results.csv --fail-under 0.5 --max-discarded 0.1
echo "exit $?"
rftsim report results.csv --json --fail-under 0.4 --junit verdict.xml >report.json
echo "exit $?"
python3 -c '
import json, xml.etree.ElementTree as tree
o = json.load(open("report.json"))
print(o["type"], o["version"], o["source"], o["verdict"]["severity"], o["service_rollouts_per_step"])
print([(p["phase"], p["step"], p["graded"], p["mean"], p["penalised_mean"]) for p in o["curve"]])
print([(t["phase"], t["calls"], t["errors"], t["errors_are_the_least"]) for t in o["tools"]])
print(o["gates"], o["signal"]["slices"])
suite = tree.parse("verdict.xml").getroot()[0]
print(suite.attrib, [c.get("name") for c in suite if c.find("failure") is not None])'
rftsim report results.csv --junit verdict.xml >/dev/null
echo "exit $?"
rftsim report results.csv --rollout 1
echo "exit $?"
rftsim report results.csv --fail-under much
echo "exit $?"
rftsim report results.csv --max-discarded 2
echo "exit $?"
rftsim report results.csv --row train.jsonl:1 --strict
