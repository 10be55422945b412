/* Numbers to text and back, independent of the locale. */
#ifndef SIM_BASE_NUM_H
#define SIM_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>

enum { NUM_ROOM = 40 }; /* bytes that any of these texts fits in, NUL included */

/* The shortest decimal that reads back as `value`, as the service's result file writes it (EV-11):
 * 0.1, 12, 9.131431579589844E-05. Positional from 1E-04 up to 1E+15, else with an exponent.
 * Returns `out`. `value` must be finite. */
char *num_shortest(char out[NUM_ROOM], double value);

/* The same number as JSON likes it: a small e and no plus sign (9.131431579589844e-05). */
char *num_json(char out[NUM_ROOM], double value);

/* Read all of `text[0..len)` as a JSON-style number. False if it is not one or is not finite. */
bool num_parse(double *out, const char *text, size_t len);

#endif
