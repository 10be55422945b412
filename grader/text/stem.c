#include "grader/text/stem.h"

#include <string.h>

#include "sim/base/cc.h"

static bool is_consonant(const struct seq *w, size_t i)
{
    /* A y is one unless it follows one, so what counts in a run of y is where the run begins. */
    size_t n_ys = 0;
    while (i > 0 && w->at[i] == 'y') {
        i--;
        n_ys++;
    }
    bool vowel = w->at[i] < 0x80 && w->at[i] && strchr("aeiou", (int)w->at[i]);
    return vowel == (n_ys % 2 != 0);
}

/* How often a consonant follows a vowel in the first n letters: Porter's m. */
static size_t measure(const struct seq *w, size_t n)
{
    size_t m = 0;
    bool after_vowel = false;
    for (size_t i = 0; i < n; i++) {
        bool consonant = w->at[i] == 'y' ? i == 0 || after_vowel : is_consonant(w, i);
        m += consonant && after_vowel;
        after_vowel = !consonant;
    }
    return m;
}

static bool has_vowel(const struct seq *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_consonant(w, i))
            return true;
    }
    return false;
}

static bool ends_double(const struct seq *w)
{
    return w->n >= 2 && w->at[w->n - 1] == w->at[w->n - 2] && is_consonant(w, w->n - 1);
}

/* Whether the first n letters end as in "hop", which lost an e; "at" of two letters does too. */
static bool ends_short(const struct seq *w, size_t n)
{
    if (n == 2)
        return !is_consonant(w, 0) && is_consonant(w, 1);
    if (n < 3 || !is_consonant(w, n - 3) || is_consonant(w, n - 2) || !is_consonant(w, n - 1))
        return false;
    uint32_t last = w->at[n - 1];
    return last != 'w' && last != 'x' && last != 'y';
}

static bool is(const struct seq *w, size_t from, const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        if (w->at[from + i] != (unsigned char)text[i])
            return false;
    }
    return true;
}

static bool ends(const struct seq *w, const char *ending)
{
    size_t n = strlen(ending);
    return w->n >= n && is(w, w->n - n, ending);
}

static void put(struct seq *w, size_t n_kept, const char *ending)
{
    w->n = n_kept;
    for (; *ending; ending++)
        seq_push(w, (unsigned char)*ending);
}

struct rule {
    const char *ending;
    const char *instead;
};

/* The first rule whose ending is there decides: it is applied if what stays has more than `above`
 * pairs of vowels and consonants, and no other is tried. */
static void apply(struct seq *w, const struct rule *rules, size_t n_rules, size_t above)
{
    for (size_t i = 0; i < n_rules; i++) {
        if (!ends(w, rules[i].ending))
            continue;
        size_t n = w->n - strlen(rules[i].ending);
        if (measure(w, n) > above)
            put(w, n, rules[i].instead);
        return;
    }
}

static void plurals(struct seq *w)
{
    if (ends(w, "sses") || (ends(w, "ies") && w->n != 4))
        w->n -= 2;
    else if (ends(w, "ies") || (ends(w, "s") && !ends(w, "ss")))
        w->n--;
}

/* After -ed and -ing: "conflat" was "conflate", "hopp" was "hop", "fil" was "file". */
static void mend(struct seq *w)
{
    bool doubled = ends_double(w);
    if (ends(w, "at") || ends(w, "bl") || ends(w, "iz") ||
        (!doubled && measure(w, w->n) == 1 && ends_short(w, w->n)))
        seq_push(w, 'e');
    else if (doubled)
        w->n -= !ends(w, "l") && !ends(w, "s") && !ends(w, "z");
}

static void past_and_gerund(struct seq *w)
{
    if (ends(w, "ied")) {
        w->n -= w->n == 4 ? 1 : 2;
        return;
    }
    if (ends(w, "eed")) {
        w->n -= measure(w, w->n - 3) > 0;
        return;
    }
    size_t n_off = ends(w, "ed") ? 2 : ends(w, "ing") ? 3 : 0;
    if (n_off && has_vowel(w, w->n - n_off)) {
        w->n -= n_off;
        mend(w);
    }
}

static void last_y(struct seq *w)
{
    if (ends(w, "y") && w->n > 2 && is_consonant(w, w->n - 2))
        w->at[w->n - 1] = 'i';
}

static void double_endings(struct seq *w)
{
    static const struct rule rules[] = {
        {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},
        {"izer", "ize"},    {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"},
        {"eli", "e"},       {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
        {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"}, {"fulness", "ful"},
        {"ousness", "ous"}, {"aliti", "al"},    {"iviti", "ive"},   {"biliti", "ble"},
        {"fulli", "ful"},
    };
    if (ends(w, "logi")) { /* the l counts as part of what stays, for the sake of "geologi" */
        w->n -= measure(w, w->n - 3) > 0;
        return;
    }
    if (ends(w, "alli") && measure(w, w->n - 4) > 0) {
        w->n -= 2; /* and then "ational", say, may stand there */
        double_endings(w);
        return;
    }
    apply(w, rules, COUNT_OF(rules), 0);
}

static void middle_endings(struct seq *w)
{
    static const struct rule rules[] = {
        {"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"},
        {"ical", "ic"},  {"ful", ""},   {"ness", ""},
    };
    apply(w, rules, COUNT_OF(rules), 0);
}

static void last_endings(struct seq *w)
{
    static const struct rule rules[] = {
        {"al", ""},   {"ance", ""}, {"ence", ""},  {"er", ""},   {"ic", ""},  {"able", ""},
        {"ible", ""}, {"ant", ""},  {"ement", ""}, {"ment", ""}, {"ent", ""}, {"ou", ""},
        {"ism", ""},  {"ate", ""},  {"iti", ""},   {"ous", ""},  {"ive", ""}, {"ize", ""},
    };
    if (ends(w, "sion") || ends(w, "tion")) { /* the s or t belongs to what stays */
        if (measure(w, w->n - 3) > 1)
            w->n -= 3;
        return;
    }
    apply(w, rules, COUNT_OF(rules), 1);
}

static void last_e(struct seq *w)
{
    if (!ends(w, "e"))
        return;
    size_t m = measure(w, w->n - 1);
    if (m > 1 || (m == 1 && !ends_short(w, w->n - 1)))
        w->n--;
}

static bool is_irregular(struct seq *w)
{
    static const struct rule words[] = {
        {"skies", "sky"},       {"sky", "sky"},          {"dying", "die"},
        {"lying", "lie"},       {"tying", "tie"},        {"news", "news"},
        {"innings", "inning"},  {"inning", "inning"},    {"outings", "outing"},
        {"outing", "outing"},   {"cannings", "canning"}, {"canning", "canning"},
        {"howe", "howe"},       {"proceed", "proceed"},  {"exceed", "exceed"},
        {"succeed", "succeed"},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (w->n == strlen(words[i].ending) && is(w, 0, words[i].ending)) {
            put(w, 0, words[i].instead);
            return true;
        }
    }
    return false;
}

void stem(struct seq *word)
{
    if (word->n <= 2 || is_irregular(word))
        return;
    plurals(word);
    past_and_gerund(word);
    last_y(word);
    double_endings(word);
    middle_endings(word);
    last_endings(word);
    last_e(word);
    if (ends(word, "ll") && measure(word, word->n - 1) > 1)
        word->n--;
}
