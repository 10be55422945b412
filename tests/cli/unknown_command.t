rftsim rum job.yaml
