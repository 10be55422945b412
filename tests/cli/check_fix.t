. "$CASES/lib.sh"
small_job 's/${LOOKUP_URL}/https:\/\/tools.example.com\/lookup/' 's/rows.jsonl/data\/rows.jsonl/' 's/valid.jsonl/valid\/rows.jsonl/'
mkdir data valid
answer='{"role":"assistant","content":"A \u00e9\n1"}'
call='{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"lookup","arguments":"{}"}}]}'
{
    printf '\357\273\277'
    sed -n '1s/$/\r/p; 2,4p; 4p' rows.jsonl
    printf '\n \t\n'
    printf '{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"%0900d"},%s], "answer":"5"}\n' 5 "$answer"
    printf '{"messages":[{"role":"user","content":"six"},%s],"answer":"6"}\n' "$call"
    printf '{"messages":[{"role":"user","content":"seven"},\n'
    sed -n '8,20p' rows.jsonl | head -c -1
} >data/rows.jsonl
mv valid.jsonl valid/rows.jsonl
cp -r data before
rftsim check job.yaml --fix fixed --diff
diff -r data before && echo "the files are as they were"
ls fixed
grep _file fixed/job.yaml
sed -n 5p fixed/rows.jsonl | cut -c 1-60
sed -n 5p fixed/rows.jsonl | grep -o '}], "answer.*'
# Once more: nothing is left of what can be mended.
rftsim check fixed/job.yaml --fix again --json | python3 -c '
import json, sys
fix, check = map(json.loads, sys.stdin)
print([(f["copy"], f["made"]) for f in fix["files"]], check["counts"])'
cmp fixed/rows.jsonl again/rows.jsonl && echo "the same"
# What is there is never touched, and an empty folder is as good as none.
rftsim check job.yaml --fix fixed
mkdir empty
rftsim check job.yaml --fix empty/ | tail -1
rftsim check job.yaml --fix data/rows.jsonl
rftsim check job.yaml --fix nowhere/fixed
rftsim check job.yaml --fix ''
rftsim check job.yaml --diff
echo 'model: [' >job.yaml
rftsim check job.yaml --fix other
ls
