. "$CASES/lib.sh"
catalog
# What a model may write in the place of a call: one row for each, taken from the row.
sed -i -e '/^    turns:/,/answer:/d' -e '/^    type: scripted/a\
    turns:\
      - {call: search_catalog, arguments: {query: kettle, top_k: 1}}\
      - {recipient: multi_tool_use.parallel, arguments: "{{item.batch}}"}\
      - {recipient: search_catalog, arguments: {query: kettle}}' configs/catalog.yaml
sed -i -e 's/^\(training\|validation\)_file: .*/\1_file: rows.jsonl/' configs/catalog.yaml
for batch in \
    '{"tool_uses":[{"recipient_name":"functions.get_by_id","parameters":{"sku":"NONE"}},{"recipient_name":"functions.sell","parameters":{}}]}' \
    '{"tool_uses":[{"recipient_name":"get_by_id","parameters":{}}]}' \
    '{"tool_uses":[{"name":"get_by_id"}]}'; do
    printf '{"messages":[{"role":"user","content":"x"}],"batch":"%s","reference_answer":""}\n' \
        "$(printf %s "$batch" | sed 's/"/\\"/g')"
done >configs/rows.jsonl
sed -i -e 's/n_epochs: 2/n_epochs: 1/' -e 's/eval_samples: 2/eval_samples: 1/' \
    -e 's/batch_size: 4/batch_size: 1/' configs/catalog.yaml
rftsim run configs/catalog.yaml --out run -v -t 1 -c 1 --rollouts-per-step 1 2>told |
     still | sed -n '/^outcomes/,$p'
sed -E -e 's/[0-9.]+ ms/T ms/' -e 's/trace_[0-9a-f]+/TRACE/' told | sed -n '/^[<>]/p' | head -n 18
