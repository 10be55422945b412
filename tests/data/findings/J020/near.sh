"$RFTSIM" check job.yaml
