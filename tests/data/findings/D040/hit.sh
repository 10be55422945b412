cat >sft.jsonl <<'END'
{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "lookup", "arguments": "{'word': 'x'}"}}]}]}
END
"$RFTSIM" convert sft.jsonl
