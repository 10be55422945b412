# one HTML file beside the report; what is there is never overwritten
cat >results.csv <<'FIN'
step,train_mean_reward,full_valid_mean_reward,completion_tokens_mean,mean_unresponsive_rewards,sampling_duration,training_duration,eval_duration,total_duration,scores/graders/string_check/exact/train_reward_mean,scores/graders/string_check/exact/valid_reward_mean
1,0.25,0.3,100,0,50,60,0.00009,131,0.25,0.3
2,0.35,0.4,101,0,50,60,20,131,0.35,0.4
FIN
rftsim report results.csv --html report.html --json | head -c 27
echo
python3 - <<'FIN'
import base64, hashlib, json, re
page = open("report.html").read()
policy = re.search('Content-Security-Policy" content="([^"]*)"', page)[1]
for part in re.findall("<(?:script|style)>(.*?)</(?:script|style)>", page, re.S):
    print("'sha256-" + base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() + "'" in policy)
print(re.sub("'sha256-[^']*'", "HASH", policy))
data = json.loads(re.search('<script type="application/json" id="data">(.*?)</script>', page)[1])
print([(p["phase"], p["step"], p["mean"]) for p in data["report"]["curve"]], data["transcripts"]["n"])
print(len(page) < 200000)
FIN
rftsim report results.csv --html report.html --json | head -c 27
echo
rftsim report results.csv --html gone/report.html >/dev/null
rftsim report results.csv --html other.html --row train.jsonl:1
ls
