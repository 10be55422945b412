cat >sft.jsonl <<'END'
{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}], "reference_answer": "y"}
END
"$RFTSIM" convert sft.jsonl
