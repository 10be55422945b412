/* Ctrl-C and SIGTERM as a question: asked once, the program ends in order; asked twice, at once. */
#ifndef SIM_CLI_INTERRUPT_H
#define SIM_CLI_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void); /* from now on, the first signal only sets the flag */
bool interrupt_asked(void);

#endif
