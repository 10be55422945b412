. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
to_similarity='s/type: string_check, name: exact, operation: eq/type: text_similarity, name: close, evaluation_metric: fuzzy_match/'
small_job "$to_similarity" 's/fuzzy_match/fuzzymatch/'
rftsim run job.yaml
small_job "$to_similarity" 's/fuzzy_match/cosine/'
rftsim run job.yaml
small_job "$to_similarity" 's/fuzzy_match/rouge_l, pass_threshold: "0.5"/' 's/{{item.answer}}/{{itm.answer}}/'
rftsim run job.yaml
