/* An answer's head, looked at line by line as it comes, for what the library lets pass. Pure.
 *
 * libcurl 7.88 takes the last of two Content-Lengths, reads heads without end, and calls a head
 * that breaks off a success. A client that does so can be made to read another's answer, or to wait
 * for ever. Source: RFC 9112, 6.3 (lengths) and RFC 9110, 15.2 (any number of 1xx before the
 * answer), 10.2.3 (Retry-After).
 */
#ifndef SIM_NET_HEAD_H
#define SIM_NET_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/net/fault.h"

enum { HEAD_MAX = 102400 }; /* bytes, 1xx included; also the longest line that libcurl takes */

struct head {
    size_t bytes;
    int status;      /* of the last status line; 0 before the first */
    bool begun;      /* the status line of an answer, or of a 1xx before it, has come */
    bool whole;      /* the empty line after a status of 200 or more has come */
    bool has_length; /* a Content-Length has come since the last status line */
    size_t length;
    int retry_after_s; /* as the answer asks, in seconds; 0 if it does not, or gives a date */
    int64_t retry_at;  /* that date, in seconds since 1970; 0 if there is none */
};

/* How many seconds from `now` (since 1970) the answer asks to wait; 0 if it does not. */
int head_wait_s(const struct head *h, int64_t now);

/* The next line, with its line end. Returns NET_NONE, or what is wrong with the head. Lines after
 * the head is whole are trailers, and are only counted. */
enum net_fault head_line(struct head *h, const char *line, size_t n);

#endif
