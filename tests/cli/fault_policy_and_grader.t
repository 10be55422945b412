. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job 's/operation: eq/operation: neq/'
rftsim run job.yaml
small_job 's/{{item.q}}/{{itm.q}}/' 's/answer: "{{calls/anwser: "{{calls/'
rftsim run job.yaml
