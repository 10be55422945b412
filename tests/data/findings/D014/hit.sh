#!/bin/sh
head -n 9 train.jsonl >few && mv few train.jsonl
exec "$RFTSIM" check job.yaml
