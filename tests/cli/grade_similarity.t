. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job 's/type: string_check/type: text_similarity/' 's/operation: eq/evaluation_metric: rouge_l/' \
    's/{{item.answer}}/find {{item.answer}}/'
grade job.yaml --row 4 --sample "I find 4"
echo "== a long answer is cut"
grade job.yaml --row 4 --sample "$(seq -s ' ' 200)"
