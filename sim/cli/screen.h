/* The terminal, or a plain one where there is none. */
#ifndef SIM_CLI_SCREEN_H
#define SIM_CLI_SCREEN_H

#include <stddef.h>

size_t screen_columns(void); /* of standard output */

#endif
