. "$CASES/lib.sh"
catalog --fault 'search_catalog:503@0.33' --fault 'get_by_id:429@0.1' --seed 3
printf '  tool_backoff_ms: 1\n' >>configs/catalog.yaml
# One rollout at a time, so that the endpoint's seeded faults hit the same requests each time.
rftsim run configs/catalog.yaml --out faulty -t 1 -c 1 | still | sed -n '/^outcomes/,$p'
cut -d, -f1-3 faulty/results.csv | head -n 4
