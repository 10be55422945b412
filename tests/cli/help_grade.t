rftsim help grade
echo "== completion"
rftsim completion bash | sed -n '/^    grade)/,/;;/p'
