"""Pages of docs/ that are made from tables: printed, or compared with the one that is kept."""
import difflib
import json
import subprocess
import sys


def keep(usage, topic, document):
    """The whole of a generator: `document` makes the page of what `rftsim help TOPIC --json` says."""
    if len(sys.argv) not in (2, 3):
        sys.exit(usage.strip())
    done = subprocess.run([sys.argv[1], "help", topic, "--json"], capture_output=True, check=True)
    text = document(json.loads(done.stdout))
    if len(sys.argv) == 2:
        sys.stdout.write(text)
        return
    with open(sys.argv[2], encoding="utf-8") as f:
        kept = f.read()
    if kept == text:
        print(f"{sys.argv[2]}: as the tables have it")
        return
    sys.stdout.writelines(difflib.unified_diff(kept.splitlines(True), text.splitlines(True), "kept", "should be"))
    sys.exit(f"{sys.argv[2]} is stale: 'make docs' writes it anew")
