#!/bin/sh
# in pieces: no scanner of repositories shall take it for a key
printf '{"messages":[{"role":"user","content":"Use %s%s to sign in."}],"answer":"x"}\n' '-----BEGIN RSA PRIVATE KEY' \
    '-----\ns5suKcNd8Zra9A9sKPxZ9W3qLy7zKUVQDT7S8sTQCBNR3YbDgbleph1QHt61QTC4\nXATWS8PHp9NHfYjFM5DI4pZj59fhZ5R1Py4oJe2JbmPTuSgR7cMy+UcU3zr1ZtoL\n-----END RSA PRIVATE KEY-----' >>train.jsonl
exec "$RFTSIM" check job.yaml
