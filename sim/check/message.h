/* What a message of a row says, whatever form it has. `v` may be anything on the tape. Pure. */
#ifndef SIM_CHECK_MESSAGE_H
#define SIM_CHECK_MESSAGE_H

#include "sim/base/tape.h"

bool message_is(const struct tape *t, size_t v, const char *role);

/* The calls that a turn of the assistant makes: the index of a list that is not empty, or of what
 * stands in its place and is none; TAPE_NONE if it makes none. */
size_t message_calls(const struct tape *t, size_t v);

/* Append its text: a string, or parts that are all text. False if there is more to it, or none. */
bool message_text(const struct tape *t, size_t v, struct buf *out);

/* Write "developer" for each role "system" of the messages from `v` to before `end`. */
struct splice;
bool message_mend_roles(struct splice *s, size_t v, size_t end);

#endif
