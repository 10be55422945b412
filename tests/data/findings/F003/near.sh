echo '{"item": {"answer": "x"}, "sample": {"outputs": [{"role": "assistant", "content": "x"}]}, "grades": {"exact-1": 1}}' >results.jsonl
"$RFTSIM" grade job.yaml -q --results results.jsonl
