"$RFTSIM" check job.yaml --dialect openai
