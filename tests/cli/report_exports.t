# an exported evaluation for other tools: folders that were not there, whole or not at all
cat >eval.jsonl <<'FIN'
{"data_source_idx":0,"item":{"messages":[{"role":"user","content":"q"}]},"sample":{"outputs":[{"role":"assistant","content":"=SUM(A1)"}]},"grades":{"g":1.0},"passes":{"g":true}}
{"data_source_idx":1,"item":{"messages":[{"role":"user","content":"r"}]},"sample":{"outputs":[{"role":"assistant","content":"said \"so\",\nthen no more"}]},"grades":{"g":0.25},"passes":{"g":false}}
FIN
rftsim report eval.jsonl --csv csv --jsonl jsonl --tensorboard tb >report
echo "exit $?"
cat csv/rollouts.csv jsonl/rollouts.jsonl jsonl/transcripts.jsonl | tr -d '\r'
find csv jsonl tb -type f | sort
# what is there stays, and nothing is left beside it
rftsim report eval.jsonl --csv csv
echo "exit $?"
rftsim report eval.jsonl --jsonl other/jsonl
echo "exit $?"
rftsim report eval.jsonl --tensorboard tb2 --row eval.jsonl:1
echo "exit $?"
ls
