python3 -c 'print("{\"messages\": [{\"role\": \"user\", \"content\": \"" + "x" * 100000 + "\"}], \"answer\": \"x\"}")' >> train.jsonl
"$RFTSIM" check job.yaml
