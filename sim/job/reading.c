#include "sim/job/reading.h"

const char *const reading_words[READING_N_SWITCHES][READING_WORDS + 1] = {
    [READING_FUZZY_MATCH] = {"wratio", "ratio"},
    [READING_BLEU] = {"sacrebleu", "nltk", "nltk_method1"},
    [READING_GLEU] = {"split", "word_tokenize"},
    [READING_METEOR] = {"wordnet", "exact_stem"},
    [READING_ROUGE] = {"f1", "f1_stemmed", "precision", "recall"},
    [READING_OUTPUT_TOOLS] = {"last_turn", "all"},
};

static const char *const switches[READING_N_SWITCHES] = {
    [READING_FUZZY_MATCH] = "grader_variants.fuzzy_match",
    [READING_BLEU] = "grader_variants.bleu",
    [READING_GLEU] = "grader_variants.gleu",
    [READING_METEOR] = "grader_variants.meteor",
    [READING_ROUGE] = "grader_variants.rouge",
    [READING_OUTPUT_TOOLS] = "output_tools",
};

int reading_of(enum reading_switch which, int word)
{
    return (int)which * READING_WORDS + word;
}

const char *reading_word(int reading)
{
    return reading_words[reading / READING_WORDS][reading % READING_WORDS];
}

const char *reading_switch(int reading)
{
    return switches[reading / READING_WORDS];
}

unsigned reading_others(enum reading_switch which, int word)
{
    unsigned bits = 0;
    for (int i = 0; reading_words[which][i]; i++)
        bits |= i == word ? 0 : 1u << reading_of(which, i);
    return bits;
}
