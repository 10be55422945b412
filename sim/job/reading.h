/* Readings: what the service leaves open about a grade, each with a switch in the job file.
 *
 * A switch has up to READING_WORDS words, of which the first is the default. The reading that a
 * word stands for is a number: switch * READING_WORDS + word.
 * Source: GAP-28, GAP-32, GAP-33, GAP-34.
 */
#ifndef SIM_JOB_READING_H
#define SIM_JOB_READING_H

enum reading_switch {
    READING_FUZZY_MATCH,
    READING_BLEU,
    READING_GLEU,
    READING_METEOR,
    READING_ROUGE,
    READING_OUTPUT_TOOLS,
    READING_N_SWITCHES,
};

enum { READING_WORDS = 4, READINGS = READING_N_SWITCHES * READING_WORDS };

enum { READING_LAST_TURN, READING_ALL_TURNS }; /* words of READING_OUTPUT_TOOLS */

/* The words of each switch, ending with NULL. */
extern const char *const reading_words[READING_N_SWITCHES][READING_WORDS + 1];

int reading_of(enum reading_switch which, int word);
const char *reading_word(int reading);   /* "ratio" */
const char *reading_switch(int reading); /* "grader_variants.fuzzy_match", below `simulation` */

/* The readings of a switch but one, as bits. */
unsigned reading_others(enum reading_switch which, int word);

#endif
