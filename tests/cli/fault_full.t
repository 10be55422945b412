. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job '/tools:/,/lookup/d' 's/turns: .*/turns: [{answer: "1"}]}/'
echo "== nobody can read what it says"
rftsim run job.yaml --out out >/dev/full
echo "-- exit $?"
rftsim run job.yaml --out other --json >/dev/full
echo "-- exit $?"
