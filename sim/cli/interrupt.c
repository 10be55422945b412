#include "sim/cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int asked; /* lock-free, so a handler may write it; any thread may run the handler */

static void on_signal(int number)
{
    (void)number;
    asked = 1;
}

void interrupt_catch(void)
{
    /* SA_RESETHAND: the second signal is deadly as usual */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_asked(void)
{
    return asked != 0;
}
