#!/bin/sh
awk -v n=1001 'BEGIN { for (i = 1; i <= n; i++)
    printf "{\"messages\":[{\"role\":\"user\",\"content\":\"What comes after %d?\"}],\"answer\":\"%d\"}\n", i, i }' >valid.jsonl
exec "$RFTSIM" check job.yaml
