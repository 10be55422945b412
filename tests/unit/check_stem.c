/* The stemmer: words with the stems that NLTK gives them, and where it differs from Porter's. */
#include <libstemmer.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/text/stem.h"
#include "grader/text/unicode.h"
#include "grader/text/wordnet.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "tests/unit/suites.h"

static void stem_text(char got[128], const char *text)
{
    struct seq word = {0};
    unicode_decode(&word, text, strlen(text));
    stem(&word);
    ck_assert_uint_lt(word.n, 128);
    for (size_t i = 0; i < word.n; i++)
        got[i] = (char)word.at[i];
    got[word.n] = '\0';
    seq_release(&word);
}

/* Stems of NLTK's PorterStemmer() in its default mode, many unlike Porter's own. */
static const struct {
    const char *word, *stem;
} stems[] = {
    {"caresses", "caress"},
    {"ponies", "poni"},
    {"ties", "tie"},
    {"flies", "fli"},
    {"dies", "die"},
    {"died", "die"},
    {"spied", "spi"},
    {"mules", "mule"},
    {"denied", "deni"},
    {"agreed", "agre"},
    {"owned", "own"},
    {"humbled", "humbl"},
    {"sized", "size"},
    {"meeting", "meet"},
    {"stating", "state"},
    {"siezing", "siez"},
    {"itemization", "item"},
    {"sensational", "sensat"},
    {"traditional", "tradit"},
    {"reference", "refer"},
    {"colonizer", "colon"},
    {"plotted", "plot"},
    {"skies", "sky"},
    {"dying", "die"},
    {"news", "news"},
    {"innings", "inning"},
    {"enjoy", "enjoy"},
    {"happy", "happi"},
    {"fly", "fli"},
    {"sky", "sky"},
    {"geologi", "geolog"},
    {"hopefully", "hope"},
    {"use", "use"},
    {"ice", "ice"},
    {"hopping", "hop"},
    {"filing", "file"},
    {"falling", "fall"},
    {"controlling", "control"},
    {"adoption", "adopt"},
    {"feed", "feed"},
    {"by", "by"},
    {"", ""},
    {"rationally", "ration"},
    {"syzygy", "syzygi"},
    {"yyy", "yyy"},
};

START_TEST(test_a_stem)
{
    char got[128];
    stem_text(got, stems[_i].word);
    ck_assert_str_eq(got, stems[_i].stem);
}
END_TEST

/* Words that NLTK's extensions, or its departures from Porter's text, give another stem than
 * libstemmer's "porter" does; each with how many of WordNet's words it is the first to explain. */
static const struct {
    const char *pattern;
    const char *rule;
    size_t n;
} departures[] = {
    {"^(dying|lying|tying|news|innings?|outings?|cannings?|howe|proceed|exceed|succeed|skies|sky)$",
     "the list of irregular words", 12},
    {"^..?$", "words of one or two letters stay as they are", 13},
    {"[aeiou]y", "a y after a vowel stays, where Porter makes it i", 726},
    {"^[^aeiou]+y(ing)?$|yy$", "a y after a consonant is i, also where no vowel stands before it",
     39},
    {"^.ied$", "'tied' is 'tie'", 3},
    {"logy$", "-logi is -log", 240},
    {"bly$", "-bli is -ble, where Porter has -abli", 66},
    {"fully$", "-fulli is -ful", 112},
    {"tionally$", "what -alli leaves goes through the same step again", 32},
    {"^[aeiou][^aeiou](e[a-z]*|ing)$", "a vowel and a consonant are a short stem: 'ace', 'using'",
     57},
};

struct comparison {
    regex_t patterns[COUNT_OF(departures)];
    size_t explained[COUNT_OF(departures)];
    struct sb_stemmer *porter;
    size_t n_words, n_different;
};

static void compare(struct comparison *c, const char *word)
{
    char ours[128];
    stem_text(ours, word);
    const sb_symbol *porters =
        sb_stemmer_stem(c->porter, (const sb_symbol *)word, (int)strlen(word));
    c->n_words++;
    if (strcmp(ours, (const char *)porters) == 0)
        return;
    c->n_different++;
    for (size_t i = 0; i < COUNT_OF(departures); i++) {
        if (regexec(&c->patterns[i], word, 0, NULL, 0) == 0) {
            c->explained[i]++;
            return;
        }
    }
    ck_abort_msg("%s: %s, and libstemmer's porter says %s", word, ours, (const char *)porters);
}

/* The lemmas of one file that are a word of a..z, each once: the files are sorted. */
static void compare_file(struct comparison *c, const char *part)
{
    char *name = mem_printf("%s/index.%s", wordnet_folder(), part);
    FILE *file = fopen(name, "r");
    ck_assert_msg(file != NULL, "no %s: install wordnet-base", name);
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0) {
        size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz");
        if (!n || line[n] != ' ')
            continue;
        line[n] = '\0';
        compare(c, line);
    }
    free(line);
    free(name);
    fclose(file);
}

START_TEST(test_departures_from_porter_are_known)
{
    static const char *const parts[] = {"noun", "verb", "adj", "adv"};
    struct comparison c = {.porter = sb_stemmer_new("porter", NULL)};
    ck_assert_ptr_nonnull(c.porter);
    for (size_t i = 0; i < COUNT_OF(departures); i++)
        ck_assert_int_eq(regcomp(&c.patterns[i], departures[i].pattern, REG_EXTENDED | REG_NOSUB),
                         0);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        compare_file(&c, parts[i]);
    for (size_t i = 0; i < COUNT_OF(departures); i++) {
        ck_assert_msg(c.explained[i] == departures[i].n, "%s: %zu words", departures[i].rule,
                      c.explained[i]);
        regfree(&c.patterns[i]);
    }
    ck_assert_uint_eq(c.n_words, 85124);
    ck_assert_uint_eq(c.n_different, 1300);
    sb_stemmer_delete(c.porter);
}
END_TEST

Suite *stem_suite(void)
{
    Suite *suite = suite_create("stem");
    TCase *tcase = tcase_create("stem");
    tcase_add_loop_test(tcase, test_a_stem, 0, COUNT_OF(stems));
    tcase_add_test(tcase, test_departures_from_porter_are_known);
    suite_add_tcase(suite, tcase);
    return suite;
}
