echo '{"item": {"answer": "x"}, "smaple": "x", "expect": {"reward": 1}}' >grades.jsonl
"$RFTSIM" grade job.yaml -q --fixtures grades.jsonl
