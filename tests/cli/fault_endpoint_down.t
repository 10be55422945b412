. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool # a port that nobody listens on
export LOOKUP_URL
small_job
rftsim run job.yaml
status=$?
ls -d runs 2>/dev/null # nothing was run, so nothing is left
exit $status
