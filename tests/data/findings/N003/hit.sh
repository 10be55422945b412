cat >job.yaml <<'END'
model: o4-mini-2025-04-16
training_file: train.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    tools:
      - {name: lookup, server_url: "https://desk.azurewebsites.net/api/tools"}
    grader:
      type: python
      name: exact
      source: |
        def grade(sample, item):
            return float(sample["output_text"] == item["answer"])
    hyperparameters: {n_epochs: 1, eval_interval: 5, eval_samples: 1}
END
RFTSIM_BWRAP=/nonexistent/bwrap "$RFTSIM" check job.yaml
