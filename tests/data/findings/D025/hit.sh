#!/bin/sh
awk 'BEGIN { pad = "x"; while (length(pad) < 1048576) pad = pad pad; pad = substr(pad, 1, 1048576)
    printf "{\"messages\":[{\"role\":\"user\",\"content\":\"What is it?\"}],\"answer\":\"%s\"}\n", pad }' >>train.jsonl
exec "$RFTSIM" check job.yaml
