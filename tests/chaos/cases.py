"""Cases that are each a sentence and a play(settings, folder), several at once. For python.py and command.py."""
import argparse
import concurrent.futures
import os
import shutil
import tempfile

from program import Failed

LIMIT = 90  # seconds that any one run may take
AT_ONCE = 3


class Special:
    def __init__(self, sentence, play):
        self.sentence = sentence
        self.function = play

    def play(self, settings, folder):
        self.function(settings, folder)


def try_case(settings, number, case):
    try:
        case.play(settings, os.path.join(settings.folder, str(number)))
        return ""
    except Exception as why:  # a case that stumbles has failed; the others still count
        return str(why) if isinstance(why, Failed) else f"{type(why).__name__}: {why}"


def play_cases(what, all_cases):
    """Play those that the command line asks for. Returns the exit status."""
    parser = argparse.ArgumentParser(description=f"Faults of {what}.")
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("words", metavar="WORD", nargs="*")
    parser.add_argument("--patience", type=int, default=1)
    settings = parser.parse_args()
    settings.program = os.path.abspath(settings.program)
    settings.folder = os.path.realpath(tempfile.mkdtemp(prefix="chaos."))
    cases = [c for c in all_cases if not settings.words or any(w in c.sentence for w in settings.words)]
    n_failed = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for case, why in zip(cases, pool.map(lambda c: try_case(settings, *c), enumerate(cases))):
                n_failed += bool(why)
                print(f"not ok - {case.sentence}: {why}" if why else f"ok - {case.sentence}", flush=True)
    finally:
        shutil.rmtree(settings.folder, ignore_errors=True)
    print(f"{what}, {len(cases)} cases: {f'{n_failed} failed' if n_failed else 'passed'}")
    return 1 if n_failed or not cases else 0
