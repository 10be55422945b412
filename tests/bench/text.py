#!/usr/bin/env python3
"""bench_text, and the libraries whose metrics these are, beside it on the same texts in the same run.

    text.py build/release/bench_text

A library that is not installed is not compared, and that is said."""
import pathlib
import subprocess
import sys
import tempfile
import time

ROUNDS = 10
HOW = {
    "nltk": "apt-get install python3-nltk",
    "rapidfuzz": "Debian 12 has no package of it",
}


def best_us(function):
    best = None
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function()
        us = (time.perf_counter() - start) * 1e6
        best = us if best is None else min(best, us)
    return best


def rapidfuzz_rows(a, b):
    from rapidfuzz import __version__, fuzz
    yield f"rapidfuzz {__version__}", [
        ("ratio", lambda: fuzz.ratio(a, b)),
        ("WRatio", lambda: fuzz.WRatio(a, b)),
    ]


class NoWordnet:
    @staticmethod
    def synsets(_word):
        return []


def nltk_rows(a, b):
    import nltk
    from nltk.translate import bleu_score, gleu_score, meteor_score
    smoothing = bleu_score.SmoothingFunction().method1
    x, y = a.split(), b.split()
    # rftsim's bleu, gleu and meteor are each of all their readings, two or three grades
    yield f"NLTK {nltk.__version__}", [
        ("bleu", lambda: bleu_score.sentence_bleu([y], x, smoothing_function=smoothing)),
        ("gleu", lambda: gleu_score.sentence_gleu([y], x)),
        ("meteor", lambda: meteor_score.single_meteor_score(y, x, wordnet=NoWordnet)),
    ]


def try_library(name, rows, a, b, ours):
    try:
        for title, row in rows(a, b):
            print(f"{title}, beside ours from above")
            for metric, function in row:
                us = best_us(function)
                print(f"  {metric:24}{us:9.1f} us, {1e6 / us:.0f} pairs a second; "
                      f"ours {1e6 / ours[metric]:.0f}, {us / ours[metric]:.2f} times as many")
    except ImportError as error:
        print(f"{name}: not compared: {error} ({HOW[name]})")


def main():
    with tempfile.TemporaryDirectory() as folder:
        texts = pathlib.Path(folder, "texts")
        run = subprocess.run([sys.argv[1], str(texts)], capture_output=True, text=True, check=True)
        a, b = texts.read_text().splitlines()
    print(run.stdout, end="", flush=True)
    ours = {}
    for line in run.stdout.splitlines():
        words = line.split()
        if line.startswith("  ") and len(words) == 3 and words[2] == "us":
            ours[words[0]] = float(words[1])
    try_library("rapidfuzz", rapidfuzz_rows, a, b, ours)
    try_library("nltk", nltk_rows, a, b, ours)


main()
