. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job 's/eval_interval/eval_intervall/' 's/  concurrency: 4/  concurrency: lots/'
rftsim run job.yaml
