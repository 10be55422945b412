/* Things that are due later, and one thread that waits for them.
 *
 * So that a slow answer costs a timer and not a thread of the server's pool.
 * Threads: delay_add from any thread; `fire` runs on the delay's own.
 */
#ifndef TOOLS_DEMO_DELAY_H
#define TOOLS_DEMO_DELAY_H

#include "sim/base/err.h"

struct delay;

/* Start the thread. `fire` is called once for each thing added, when its time has come. */
NODISCARD enum err_code delay_start(struct delay **out, void (*fire)(void *what), struct err *e);

void delay_add(struct delay *d, unsigned ms, void *what);

/* Fire everything that still waits, now, and end the thread; what is added later is fired at once,
 * on the thread that adds it. NULL is fine, here and below. */
void delay_stop(struct delay *d);
void delay_free(struct delay *d); /* after delay_stop */

#endif
