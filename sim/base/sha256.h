/* SHA-256, for naming the parts of a page in its Content-Security-Policy.
 *
 * Source: FIPS 180-4, 6.2. Of public texts only: nothing here is hardened against timing.
 */
#ifndef SIM_BASE_SHA256_H
#define SIM_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

void sha256(uint8_t out[SHA256_BYTES], const void *bytes, size_t n);

#endif
