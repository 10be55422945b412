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
sed 's/"after": \["[a-z_]*"\]/"after": ["dance"]/' run/policy.json >other.json
rftsim run $job --policy other.json
rftsim run --resume run --policy other.json
echo "== stopped early: nobody passes, so no evaluation is better than the first"
sed -i '/rollouts_per_step/i\  early_stop: 2' configs/unreachable-threshold.yaml
rftsim run configs/unreachable-threshold.yaml --out early | still | tail -n 12
grep -o '"message":"[^"]*"' run/events.jsonl | grep -v Step
