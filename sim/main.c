/* rftsim: rehearse an agentic reinforcement fine-tuning job before paying for it.
 *
 * This file starts the libraries; the command table in sim/cli/cmd.c does the rest. The map of
 * the code is docs/ARCHITECTURE.md.
 */
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/cli/cmd.h"

int main(int argc, char **argv)
{
    mem_init();
    signal(SIGPIPE, SIG_IGN); /* a closed connection is an error code, not a death */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow further */
    if (curl_global_init(CURL_GLOBAL_DEFAULT)) { /* before there are threads */
        fputs("rftsim: libcurl does not start\n", stderr);
        return err_status(ERR_IO);
    }
    int status = cmd_main(argc, (const char *const *)argv);
    curl_global_cleanup();
    secret_forget();
    return status;
}
