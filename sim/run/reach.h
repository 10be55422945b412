/* Whether somebody is there, asked before a run. */
#ifndef SIM_RUN_REACH_H
#define SIM_RUN_REACH_H

#include "sim/job/job.h"
#include "sim/net/hosts.h"

struct share;

/* Make a connection to every host, sending nothing; but to none that only `spared` uses (bits of
 * enum host_use) have. Errors: ERR_NET, with a fault (N001) for each
 * host in `list`. */
NODISCARD enum err_code reach_hosts(const struct hosts *hosts, unsigned spared,
                                    const struct job *job, struct share *share, struct diags *list,
                                    struct err *e);

#endif
