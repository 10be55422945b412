/* A hash of bytes: fast and well spread, but no proof of anything. Only ever compared with others
 * of the same run; who must be sure compares the bytes. */
#ifndef SIM_BASE_HASH_H
#define SIM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const char *text, size_t len);

#endif
