/* jansson as the judge of the tape: both take the same texts and see the same values in them. */
#ifndef TESTS_FUZZ_ORACLE_H
#define TESTS_FUZZ_ORACLE_H

#include <stddef.h>

/* NULL if they agree about text[0..len), else what they disagree about; static storage. */
const char *oracle_quarrel(const char *text, size_t len);

#endif
