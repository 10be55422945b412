. "$CASES/lib.sh"
catalog
job=configs/catalog-learner.yaml
echo "== what was learned, step by step; a pause"
rftsim run $job --explain --pause-at 6 --out run --threads 2 | still
echo "== gone on with, to the same end as a run that was not stopped"
rftsim run --resume run -q >/dev/null
rftsim run $job --out whole -q >/dev/null
cmp run/policy.json whole/policy.json && diff -r run/checkpoints whole/checkpoints && ls run/checkpoints
rftsim run --resume run
echo "== its report: every evaluation of a long curve, and a mark that is explained"
rftsim report whole | sed -n '/^reward/,/^  (/p' | cut -c 1-41
rftsim report whole | grep -e '%=' -e '^  =  '
echo "== a checkpoint is a policy"
best=$(ls run/checkpoints | sort -t- -k2 -n | tail -n 1)
rftsim run $job --policy "run/checkpoints/$best" --out evaluated | still
rftsim eval $job --policy "run/checkpoints/$best" --out again -q | sed -n '/^ eval/p' | still
rftsim eval $job --out baseline | sed -n '/^  evaluate/,/^ eval/p' | still
sed -E 's/"prefers".*/.../' run/policy.json | head -n 24
echo "== as JSON"
rftsim run $job --explain --json --pause-at 1 --out json 2>/dev/null | grep '"learned"' | cut -c 1-160
echo "== what is no checkpoint, or not of these actions"
rftsim run $job --policy $job
rftsim run $job --policy run
sed 's/"after": \["[a-z_]*"\]/"after": ["dance"]/' run/policy.json >other.json
rftsim run $job --policy other.json
rftsim run --resume run --policy other.json
echo "== a checkpoint of another job: its fields are not here"
sed 's/item\.query/item.nums/' run/policy.json >foreign.json
rftsim eval $job --policy foreign.json --out foreign | sed -n '/^rewards/,/^  val/p'
echo "== nothing to compare, nothing to remember"
sed 's/feature:.*/depth: 0/' configs/countdown.yaml >configs/flat.yaml
rftsim run configs/flat.yaml --rollouts-per-step 6 --pause-at 1 --out flat -q | sed -n '/^  policy/,/^  grader/p'
echo "== stopped early: nobody passes, so no evaluation is better than the first"
sed -i '/rollouts_per_step/i\  early_stop: 2' configs/unreachable-threshold.yaml
rftsim run configs/unreachable-threshold.yaml --out early | still | tail -n 12
grep -o '"message":"[^"]*"' run/events.jsonl | grep -v Step
echo "== and in its report no mark, none explained, and no best that is also the worst"
rftsim report early 2>/dev/null | grep -e '%=' -e '^  =  ' -e '^rollouts' -e '^  worst' -e '^  some' -e '^  best'
