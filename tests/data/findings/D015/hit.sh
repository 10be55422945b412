#!/bin/sh
awk -v n=50001 'BEGIN { for (i = 1; i <= n; i++)
    printf "{\"messages\":[{\"role\":\"user\",\"content\":\"What comes after %d?\"}],\"answer\":\"%d\"}\n", i, i }' >train.jsonl
exec "$RFTSIM" check job.yaml
