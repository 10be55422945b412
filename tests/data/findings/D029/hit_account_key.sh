#!/bin/sh
# in pieces: no scanner of repositories shall take it for a key
printf '{"messages":[{"role":"user","content":"Use %s%s to sign in."}],"answer":"x"}\n' 'DefaultEndpointsProtocol' \
    '=https;AccountName=a;AccountKey=a1B+XhkAS1voQG6yyzyN9zHYIa4UOrGNATMuDJawTgsu8PO+799nKSNrh9UCauSDmLhuVtcqcYezdZ/tDDj8hY==;EndpointSuffix=core.example.net' >>train.jsonl
exec "$RFTSIM" check job.yaml
