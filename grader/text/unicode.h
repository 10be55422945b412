/* Code points and their classes, as Python's str has them: the metrics' libraries are Python's.
 *
 * Classes and case come from utf8proc, whose version of Unicode may differ from the service's by
 * some characters. Lower-casing is one code point to one: Python makes two of U+0130 and looks at
 * the neighbours of a capital sigma; we do not.
 */
#ifndef GRADER_TEXT_UNICODE_H
#define GRADER_TEXT_UNICODE_H

#include "grader/text/seq.h"

/* Append the code points of a UTF-8 text. A byte that is not valid UTF-8 becomes U+FFFD. */
void unicode_decode(struct seq *out, const char *text, size_t len);

bool unicode_is_space(uint32_t c); /* str.isspace(): what str.split() splits at */
bool unicode_is_word(uint32_t c);  /* \w of re: letters, numbers, underscore; not marks */
uint32_t unicode_lower(uint32_t c);

void unicode_lower_all(struct seq *text); /* in place */

#endif
