python3 -c 'print("{\"messages\": [{\"role\": \"user\", \"content\": \"" + "x" * (65 << 20) + "\"}]}")' >> train.jsonl
"$RFTSIM" check job.yaml
