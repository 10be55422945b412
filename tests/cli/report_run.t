. "$CASES/lib.sh"
catalog --fault 'get_by_id:503@0.4'
sed 's/^simulation:/&\n  tool_backoff_ms: 0/' configs/catalog.yaml >configs/faulty.yaml
rftsim run configs/faulty.yaml --out run -q -c 1 --rollouts-per-step 4 >plan.txt
echo "== the verdict, outcomes, tools (latencies differ from run to run)"
rftsim report run >report.txt
sed -n -e '1,/^reward/p' -e '/^tool calls/,/^grader/p' report.txt | sed -E -e 's/from 20[0-9T:.Z-]+/from TIME/' \
    -e 's/^(  (search_catalog|get_by_id) .* %) .* +([0-9]+ B)$/\1 T \3/'
echo "== one rollout"
id=$(rftsim report run --outcome discarded_tool --json | python3 -c 'import json, sys; print(json.loads(sys.stdin.readlines()[0])["id"])')
rftsim report run --rollout "$id" | sed -E 's/[0-9.]+ (ms|s)\b/T \1/g'
echo "== words"
rftsim report run --search '"Mantel Clock" foxglov*' >hits.txt
head -n 2 hits.txt
rftsim report run/run.db --search 'mantel' --json >hits.txt
head -n 1 hits.txt
rftsim report run --search 'nothing of this kind' || echo "status $?"
rftsim report run/results.csv --search mantel || echo "status $?"
echo "== gates"
rftsim report run --max-discarded 0.01 >text.txt || echo "status $?"
rftsim report run --fail-under 0.99 >text.txt || echo "status $?"
