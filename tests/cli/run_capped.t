# More rollouts at once than there may be open files: as many as fit, which is said; none is lost.
. "$CASES/lib.sh"
catalog
ulimit -n 64
rftsim run configs/catalog.yaml --concurrency 5000 --threads 2 --quiet | grep -E 'in flight|^  graded'
