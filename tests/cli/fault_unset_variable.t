. "$CASES/lib.sh"
small_job
rftsim run job.yaml
