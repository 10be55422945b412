#!/bin/sh
head -n 9 train.jsonl >few && mv few train.jsonl
"$RFTSIM" check job.yaml --allow-small
# ten are enough
seq 10 | sed "s/.*/{\"messages\":[{\"role\":\"user\",\"content\":\"What is & and 7?\"}],\"answer\":\"&\"}/" >train.jsonl
exec "$RFTSIM" check job.yaml
