. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job
sed -i '17s/"q":/"q"/' rows.jsonl
rftsim run job.yaml
