sed -i "1i suffix: words.of.the.desk" job.yaml
"$RFTSIM" check job.yaml --dialect azure
