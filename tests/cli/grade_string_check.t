. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool # nobody is there, and nobody is asked
export LOOKUP_URL
small_job
grade job.yaml --row 3 --sample 3
echo "== a wrong answer is graded all the same, and white space shows"
grade job.yaml --row 3 --file valid --sample ' 3
' && echo "exit $?"
echo "== the row and the answer from files"
echo '{"answer": "x"}' >row.json
printf x >answer.txt
grade job.yaml --item row.json --sample-file answer.txt --json
printf x | grade job.yaml --item row.json --sample-file -
echo "== a whole sample"
sed -i 's/sample.output_text/sample.output_tools[0].function.name/' job.yaml
echo '{"output_text": "", "output_tools": [{"function": {"name": "7"}}]}' >sample.json
grade job.yaml --row 7 --sample-file sample.json
echo "== a path that resolves nowhere"
grade job.yaml --row 7 --sample 7
