cat >sft.jsonl <<'END'
{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "x"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "lookup", "arguments": ""}}, {"id": "d", "type": "function", "function": {"name": "lookup", "arguments": " {\"word\": \"x\"}\n"}}]}]}
END
"$RFTSIM" convert sft.jsonl
