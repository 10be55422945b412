/* Any bytes: the tape and jansson agree on whether they are JSON, and on what they mean. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *quarrel = oracle_quarrel((const char *)data, size);
    if (quarrel) {
        fprintf(stderr, "jansson differs on %s\n", quarrel);
        abort();
    }
    return 0;
}
