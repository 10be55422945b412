/* A directory of its own for a test that reads files: the working directory from scratch_enter to
 * scratch_leave. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <stddef.h>

void scratch_enter(void); /* as a fixture; under TMPDIR */
void scratch_leave(void); /* back, and the directory is gone */

/* Write a file of that name, which may begin with the name of a folder that is made for it. */
void scratch_file(const char *name, const char *text);
void scratch_bytes(const char *name, const char *bytes, size_t n);

#endif
