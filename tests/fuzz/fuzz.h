/* A fuzz target is one file with this one function: libFuzzer calls it (make fuzz), and so does
 * replay.c with the inputs kept in corpus/ (make fuzz-replay). It aborts when something is wrong.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
