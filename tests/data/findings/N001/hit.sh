cat >>job.yaml <<'END'
simulation:
  policy: {type: scripted, turns: [{answer: x}]}
END
sed -i 's|https://desk.azurewebsites.net|http://127.0.0.1:1|' job.yaml
"$RFTSIM" run job.yaml
