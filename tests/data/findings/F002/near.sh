echo '{"item": {"answer": "x"}, "sample": "x", "expect": {"min": 1, "max": 1}}' >grades.jsonl
"$RFTSIM" grade job.yaml -q --fixtures grades.jsonl
