#!/bin/sh
awk -v n=99 -v bytes=1000000 'BEGIN { pad = "x"; while (length(pad) < bytes) pad = pad pad; pad = substr(pad, 1, bytes)
    for (i = 1; i <= n; i++)
        printf "{\"messages\":[{\"role\":\"user\",\"content\":\"What is %d?\"}],\"answer\":\"%d\",\"pad\":\"%s\"}\n", i, i, pad }' >train.jsonl
exec "$RFTSIM" check job.yaml
