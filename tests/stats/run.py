#!/usr/bin/env python3
"""sim/stats against slow computations of the same that share nothing with it.

    tests/stats/run.py PROGRAM [WORD]...     PROGRAM is build/FLAVOR/ask_stats

Distributions come from numeric integration, estimates from exact fractions, pass@k from every
subset there is, the bootstrap from rollouts copied one by one. Needs Python 3 alone.
"""
import bisect
import itertools
import math
import random
import statistics
import subprocess
import sys
from fractions import Fraction

CASES = {}
QUESTIONS = []  # (question, check of its answer)


def case(check):
    CASES[check.__name__.replace("_", " ")] = check
    return check


def ask(check, word, *lists):
    QUESTIONS.append((f"{word} " + " / ".join(" ".join(map(repr, x)) for x in lists), check))


def near(want, relative=1e-12, absolute=1e-14):
    """The check of one number, or of several."""
    wants = want if isinstance(want, (list, tuple)) else [want]

    def check(answer):
        got = answer.split()
        if len(got) != len(wants):
            return f"{len(wants)} numbers wanted: {wants}"
        for text, number in zip(got, wants):
            if number is None or text == "none":
                if not (number is None and text == "none"):
                    return f"{number} wanted"
            elif not math.isclose(float(text), number, rel_tol=relative, abs_tol=absolute):
                return f"{number!r} wanted, {abs(float(text) - number):.2g} away"
        return None
    return check


# Distributions.

def simpson(f, low, high, pieces):
    """`pieces` is even."""
    h = (high - low) / pieces
    inner = (f(low + i * h) * (4 if i % 2 else 2) for i in range(1, pieces))
    return math.fsum(itertools.chain([f(low), f(high)], inner)) * h / 3


def beyond(start, df):
    """The integral of the density beyond an angle, without its constant: with t = sqrt(df) tan(a) the
    density is cos(a)^(df - 1), on 0 .. pi/2. Nothing is left of it 9 deviations further on."""
    end = min(math.pi / 2, start + 9 / math.sqrt(df))
    return simpson(lambda a: math.cos(a) ** (df - 1), start, end, 4000)


def student_above(t, df):
    return beyond(math.atan(t / math.sqrt(df)), df) / beyond(0, df) / 2


def student_quantile(p, df):
    """For p > 1/2, by Newton's method on the integral."""
    half = beyond(0, df)
    t = statistics.NormalDist().inv_cdf(p)
    for _ in range(60):
        density = (1 + t * t / df) ** (-(df + 1) / 2) / math.sqrt(df) / half / 2
        step = (student_above(t, df) - (1 - p)) / density
        t = max(t / 2, t + max(-t, min(step, t)))
        if abs(step) < 1e-13 * t:
            break
    return t


@case
def tails_of_students_t_are_the_integral_of_its_density():
    for df in (1, 2, 3, 4, 5, 9, 14, 30, 56, 99, 342):
        for t in (0.01, 0.3, 1, 1.7, 2.5, 6):
            ask(near(student_above(t, df), 1e-11), "student_above", [t, df])
            ask(near(1 - student_above(t, df), 1e-11), "student_above", [-t, df])


@case
def quantiles_of_students_t_invert_that_integral():
    for df in (1, 2, 3, 4, 9, 14, 56, 191):
        for p in (0.6, 0.8, 0.9, 0.975, 0.995):
            want = student_quantile(p, df)
            ask(near(want, 1e-11), "student_quantile", [p, df])
            ask(near(-want, 1e-11), "student_quantile", [1 - p, df])


@case
def one_and_two_degrees_of_freedom_have_a_closed_form():
    for p in (0.6, 0.975, 0.9999):
        ask(near(math.tan(math.pi * (p - 0.5)), 1e-11), "student_quantile", [p, 1])
        ask(near((2 * p - 1) / math.sqrt(2 * p * (1 - p)), 1e-11), "student_quantile", [p, 2])


@case
def without_end_of_freedom_it_is_the_normal_distribution():
    normal = statistics.NormalDist()
    for p in (1e-6, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999999):
        ask(near(normal.inv_cdf(p), 1e-11), "student_quantile", [p, math.inf])
    for t in (0.1, 1, 1.96, 5):
        ask(near(1 - normal.cdf(t), 1e-9), "student_above", [t, math.inf])
    for df in (1e5, 1e7):  # Cornish and Fisher's first terms: what comes after is below 1e-11
        x = normal.inv_cdf(0.975)
        want = x + (x**3 + x) / (4 * df) + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * df**2)
        ask(near(want, 1e-10), "student_quantile", [0.975, df])


# Plain numbers.

def numbers(dice, n):
    return [round(dice.gauss(0.5, 0.4), 3) for _ in range(n)]


def flat(table):
    return [x for row, reward in table for x in (row, reward)]


def mean_of(xs):
    return sum(map(Fraction, xs)) / len(xs)


def squares_of(xs):
    mean = mean_of(xs)
    return sum((Fraction(x) - mean) ** 2 for x in xs)


@case
def quantiles_are_those_of_pythons_inclusive_method():
    dice = random.Random(1)
    for n in (2, 3, 10, 51):
        xs = numbers(dice, n)
        for i, want in enumerate(statistics.quantiles(xs, n=40, method="inclusive"), 1):
            ask(near(want), "quantile", [i / 40], xs)
        ask(near(min(xs)), "quantile", [0], xs)
        ask(near(max(xs)), "quantile", [1], xs)


@case
def summaries_keep_their_digits_far_from_zero():
    dice = random.Random(2)
    for shift in (0, 1e6, 1e9):
        xs = [shift + x for x in numbers(dice, 1000)]
        squares = squares_of(xs)
        ask(near([float(mean_of(xs)), math.sqrt(squares / 999), math.sqrt(squares / 1000)]), "summary", xs)
    ask(near([0.1, None, 0]), "summary", [0.1])
    ask(near([0.1, 0, 0]), "summary", [0.1] * 3)


# Intervals.

def ragged(dice, n_rows, most, values=None):
    """(row, reward) of rows whose rollouts are alike, in no order."""
    table = []
    for row in dice.sample(range(10 * n_rows), n_rows):
        level = dice.random()
        for _ in range(dice.randint(1, most)):
            table.append((row, dice.choice(values) if values else round(level + dice.gauss(0, 0.2), 4)))
    dice.shuffle(table)
    return table


def by_row(table):
    rows = {}
    for row, reward in table:
        rows.setdefault(row, []).append(reward)
    return dict(sorted(rows.items()))


def sandwich(rows):
    """Mean and its error by least squares on a constant, rows as clusters: (X'X)^-1 (sum over rows of
    X_g' u_g u_g' X_g) (X'X)^-1, rollout by rollout."""
    everything = [Fraction(x) for xs in rows for x in xs]
    mean = sum(everything) / len(everything)
    meat = sum(sum((Fraction(x) - mean) * (Fraction(y) - mean) for x in xs for y in xs) for xs in rows)
    g = len(rows)
    return float(mean), math.sqrt(meat * g / (g - 1)) / len(everything)


def interval(n, mean, error, t, relative=1e-10):
    def check(answer):
        state, *rest = answer.split(" ", 1)
        return near([n, mean, error, mean - t * error, mean + t * error], relative)(rest[0]) if state == "ok" else "ok wanted"
    return check


@case
def intervals_by_t_are_the_sandwich_of_a_regression():
    dice = random.Random(3)
    for n_rows, most, level in ((2, 3, 0.95), (5, 1, 0.9), (10, 5, 0.95), (15, 10, 0.95), (57, 10, 0.99)):
        table = ragged(dice, n_rows, most)
        mean, error = sandwich(by_row(table).values())
        t = student_quantile((1 + level) / 2, n_rows - 1)
        ask(interval(n_rows, mean, error, t), "clustered", [level], flat(table))


@case
def intervals_that_cannot_be_are_told_in_words():
    def starts(words):
        return lambda answer: None if answer.startswith(words) and "nan" not in answer else f"{words} wanted"
    for word, more in (("clustered", []), ("bootstrap", [100, 1])):
        ask(starts("nothing to estimate 0 0 0 0 0"), word, [0.95] + more)
        ask(starts("too few for an interval 1 0.5 0 0.5 0.5"), word, [0.95] + more, flat([(3, 0.25), (3, 0.75)]))
        ask(starts("no spread to make an interval of 2 0.1"), word, [0.95] + more, flat([(1, 0.1)] * 3 + [(2, 0.1)] * 7))
        ask(starts("ok 2 0.5"), word, [0.95] + more, flat([(1, 0), (2, 1)]))


def splitmix(seed):
    """The numbers of sim/base/rng.h, written anew."""
    mask = 2**64 - 1

    def mixed(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)
    golden = 0x9E3779B97F4A7C15
    state = mixed((seed + golden) & mask)
    while True:
        state = (state + golden) & mask
        yield (mixed(state) >> 11) / 2**53


def type7(xs, q):
    place = Fraction(len(xs) - 1) * Fraction(q)
    below = int(place)
    above = min(below + 1, len(xs) - 1)
    return xs[below] + float(place - below) * (xs[above] - xs[below])


def naive_bootstrap(rows, level, n_resamples, draw):
    """Sorted means of resamples; every rollout of every row drawn is copied."""
    means = []
    for _ in range(n_resamples):
        copied = []
        for _ in rows:
            copied += rows[int(draw() * len(rows))]
        bisect.insort(means, math.fsum(copied) / len(copied))
    return type7(means, (1 - level) / 2), type7(means, (1 + level) / 2)


@case
def intervals_by_bootstrap_are_those_of_rollouts_copied_one_by_one():
    dice = random.Random(4)
    for n_rows, most, level, seed in ((2, 3, 0.95, 1), (10, 5, 0.95, 7), (31, 8, 0.9, 2**52 - 1)):
        table = ragged(dice, n_rows, most)
        rows = list(by_row(table).values())
        mean, error = sandwich(rows)
        stream = splitmix(seed)
        low, high = naive_bootstrap(rows, level, 500, lambda: next(stream))

        def check(answer, want=(n_rows, mean, error, low, high)):
            return near(want, 1e-11)(answer.split(" ", 1)[1])
        ask(check, "bootstrap", [level, 500, seed], flat(table))


@case
def intervals_by_bootstrap_do_not_hang_on_our_random_numbers():
    """Python's own generator, and more resamples: the ends agree to 5 % of the width."""
    dice = random.Random(5)
    table = ragged(dice, 25, 6)
    low, high = naive_bootstrap(list(by_row(table).values()), 0.95, 8000, dice.random)

    def check(answer):
        got_low, got_high = map(float, answer.split()[-2:])
        far = max(abs(got_low - low), abs(got_high - high))
        return None if far < 0.05 * (high - low) else f"{low} .. {high} wanted"
    for seed in (1, 2, 3):
        ask(check, "bootstrap", [0.95, 8000, seed], flat(table))


# Pass@k.

@case
def pass_at_k_and_pass_hat_k_are_those_of_every_subset():
    for n in range(1, 9):
        for c in range(n + 1):
            for k in range(1, n + 1):
                drawn = list(itertools.combinations([True] * c + [False] * (n - c), k))
                ask(near([sum(map(any, drawn)) / len(drawn), sum(map(all, drawn)) / len(drawn)]), "passk", [n, c, k])


@case
def pass_at_k_of_many_are_the_quotients_of_binomials():
    for n, c, k in ((1000, 3, 100), (1000, 500, 7), (100000, 40000, 10), (5000, 4999, 2500)):
        whole = math.comb(n, k)
        ask(near([float(1 - Fraction(math.comb(n - c, k), whole)), float(Fraction(math.comb(c, k), whole))]),
            "passk", [n, c, k])


# Correlation.

def pearson(a, b):
    if len(a) < 2 or len(set(a)) == 1 or len(set(b)) == 1:
        return None
    mean_a, mean_b = mean_of(a), mean_of(b)
    products = sum((Fraction(x) - mean_a) * (Fraction(y) - mean_b) for x, y in zip(a, b))
    return float(products) / math.sqrt(squares_of(a) * squares_of(b))


def ranks(xs):
    return [sum(y < x for y in xs) + Fraction(sum(y == x for y in xs) + 1, 2) for x in xs]


def kendall(a, b):
    if len(a) < 2 or len(set(a)) == 1 or len(set(b)) == 1:
        return None

    def sign(x):
        return (x > 0) - (x < 0)
    pairs = [(sign(a[i] - a[j]), sign(b[i] - b[j])) for i in range(len(a)) for j in range(i)]
    return sum(x * y for x, y in pairs) / math.sqrt(sum(x * x for x, _ in pairs) * sum(y * y for _, y in pairs))


@case
def correlations_are_those_of_all_pairs():
    dice = random.Random(6)
    lists = [([1], [2]), ([1, 1, 1], [1, 2, 3]), ([1, 2], [3, 3]), ([0.1] * 7, [0.1] * 7)]
    for n in (2, 3, 10, 60, 150):
        for values in (3, 10, 10**6):
            a = [dice.randrange(values) / 10 for _ in range(n)]
            lists.append((a, [dice.choice((x, dice.randrange(values) / 10)) for x in a]))
    for a, b in lists:
        ask(near([pearson(a, b), pearson(ranks(a), ranks(b)) if len(a) > 1 else None, kendall(a, b)], absolute=1e-13),
            "correlation", a, b)


# Pairs.

def sign_test(up, down):
    """Every split of up + down tosses that is as uneven or more."""
    n = up + down
    uneven = sum(math.comb(n, k) for k in range(n + 1) if abs(2 * k - n) >= abs(up - down))
    return float(Fraction(uneven, 2**n))


@case
def sign_tests_count_all_tosses():
    for up, down in ((0, 0), (1, 0), (0, 6), (3, 9), (8, 8), (8, 9), (40, 60), (300, 200), (2000, 2200)):
        ask(near(sign_test(up, down), 1e-10), "sign_test", [up, down])


@case
def pairs_are_rows_that_both_runs_have():
    dice = random.Random(7)
    values = (0, 0.25, 0.5, 0.9, 1)
    for n_rows in (4, 12, 40):
        before = ragged(dice, n_rows, 4, values)
        after = [(row, dice.choice(values)) for row, _ in before if dice.random() < 0.8]
        after += [(10**6 + i, 1) for i in range(3)]
        b, a = by_row(before), by_row(after)
        both = [row for row in b if row in a]
        gains = [mean_of(a[row]) - mean_of(b[row]) for row in both]
        gains = [g if abs(g) > 1e-9 else 0 for g in gains]
        passed = [(mean_of(b[row]) >= Fraction(0.9) - Fraction(1, 10**9), mean_of(a[row]) >= Fraction(0.9) - Fraction(1, 10**9))
                  for row in both]
        up, down = sum(g > 0 for g in gains), sum(g < 0 for g in gains)
        mean = float(mean_of(gains))
        error = math.sqrt(squares_of(gains) / (len(both) - 1) / len(both))
        t = student_quantile(0.975, len(both) - 1)
        counts = [len(both), len(b) - len(both), len(a) - len(both), up, down, len(both) - up - down,
                  passed.count((False, True)), passed.count((True, False)), sign_test(up, down)]

        def check(answer, counts=counts, rest=(len(both), mean, error, mean - t * error, mean + t * error)):
            words = answer.split()
            return near(counts, 1e-10)(" ".join(words[:9])) or near(rest, 1e-10)(" ".join(words[10:]))
        ask(check, "paired", [0.9], flat(before), flat(after))


# Power.

@case
def components_are_the_mean_squares_of_an_analysis_of_variance():
    dice = random.Random(8)
    for n_rows, most in ((2, 2), (10, 5), (40, 9)):
        table = ragged(dice, n_rows, most) + [(0, 0.5), (0, 0.25)]
        rows = list(by_row(table).values())
        n, g = sum(map(len, rows)), len(rows)
        within = sum(map(squares_of, rows)) / (n - g)
        total = squares_of([x for xs in rows for x in xs])
        between = (total - sum(map(squares_of, rows))) / (g - 1)
        n0 = (n - Fraction(sum(len(xs) ** 2 for xs in rows), n)) / (g - 1)
        ask(near([max(0, float((between - within) / n0)), float(within)], 1e-11), "components", flat(table))
    ask(near([None, None]), "components", flat([(1, 0.5), (1, 0.7)]))
    ask(near([None, None]), "components", flat([(1, 0.5), (2, 0.7)]))


def exact_power(n, effect):
    """How often |t| of n pairs is beyond its 95 % bound when the mean is `effect` deviations from 0:
    the normal tail beyond the bound, averaged over the distribution of the deviation found."""
    df = n - 1
    bound = student_quantile(0.975, df)
    shift = effect * math.sqrt(n)
    above = statistics.NormalDist().cdf

    def weight(s):
        return 0 if s <= 0 else math.exp((df - 1) * math.log(s) - df * (s * s - 1) / 2)
    low, high = max(0, 1 - 9 / math.sqrt(df)), 1 + 9 / math.sqrt(df)
    seen = simpson(lambda s: weight(s) * (above(shift - bound * s) + above(-shift - bound * s)), low, high, 800)
    return seen / simpson(weight, low, high, 800)


@case
def rows_asked_for_are_those_of_the_exact_power():
    for effect in (2, 1.2, 1, 0.8, 0.5, 0.3, 0.2, 0.1):
        fewest = 2
        if effect < 0.5:
            fewest = int((2.8 / effect) ** 2) - 2
        while exact_power(fewest, effect) < 0.8:
            fewest += 1

        def check(answer, fewest=fewest, effect=effect):
            got, gain = answer.split()
            if abs(int(got) - fewest) > 1:
                return f"{fewest} rows wanted"
            return None if float(gain) <= effect else f"{got} rows do not show {effect}"
        ask(check, "power", [1, effect])


# Trend.

@case
def slopes_are_those_of_least_squares():
    dice = random.Random(9)
    for n in (3, 4, 7, 30):
        xs = [5 * i for i in range(n)]
        ys = [round(0.3 + 0.01 * x + dice.gauss(0, 0.1), 4) for x in xs]
        mean_x, mean_y = mean_of(xs), mean_of(ys)
        slope = sum((x - mean_x) * Fraction(y) for x, y in zip(xs, ys)) / squares_of(xs)
        residue = sum((Fraction(y) - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(xs, ys))
        error = math.sqrt(residue / (n - 2) / squares_of(xs))
        ask(interval(n, float(slope), error, student_quantile(0.975, n - 2)), "slope", [0.95], xs, ys)


def main():
    program, words = sys.argv[1], sys.argv[2:]
    failed = 0
    n = 0
    for name, prepare in CASES.items():
        if words and not all(word in name for word in words):
            continue
        QUESTIONS.clear()
        prepare()
        text = "".join(f"{question}\n" for question, _ in QUESTIONS)
        answers = subprocess.run([program], input=text, capture_output=True, text=True, timeout=120, check=False)
        lines = answers.stdout.splitlines()
        faults = [f"{q[:120]}: {a.strip()}: {fault}" for (q, check), a in zip(QUESTIONS, lines) if (fault := check(a.strip()))]
        if answers.returncode or len(lines) != len(QUESTIONS) or not lines:
            faults.append(f"exit {answers.returncode}, {len(lines)} answers to {len(QUESTIONS)}: {answers.stderr.strip()}")
        n += len(QUESTIONS)
        failed += bool(faults)
        for fault in faults[:5]:
            print(f"FAIL {name}: {fault}")
    if failed or not n:
        sys.exit(f"stats: {failed} of {len(CASES)} cases failed")
    print(f"stats: {n} answers agree with a slow computation")


main()
