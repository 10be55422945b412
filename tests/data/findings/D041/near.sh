cat >sft.jsonl <<'END'
{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}], "reference": "y", "meta": {"reference_answer": 1}}
END
"$RFTSIM" convert sft.jsonl
