/* Every host that a run calls, and who calls it: tools, graders and policies alike, so that one
 * host is one, whoever asks. The list grows while these are made ready, and is constant from then
 * on, but for what struct host and struct rate say.
 *
 * A user is told by its JSON pointer. To add it again, as every thread's grader does, changes
 * nothing.
 */
#ifndef SIM_NET_HOSTS_H
#define SIM_NET_HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/net/host.h"

struct host_user {
    char *pointer;   /* owned: where its URL stands, "/method/reinforcement/tools/0/server_url" */
    char *who;       /* owned: "tool 'look_up'" */
    const char *url; /* borrowed from the job */
    enum host_use use;
    uint32_t host;    /* index into hosts.at */
    struct rate rate; /* its own limit, in all threads; that of the host comes on top */
};

struct hosts {
    struct host **at; /* owned, each */
    size_t n;
    struct host_user **users; /* owned, each; in the order they came */
    size_t n_users;
    double max_qps; /* to each host; 0: no limit. Set before the first is added */
};

void hosts_release(struct hosts *h); /* fine on a zeroed one */

/* The user at `pointer`, which may be new. `url` is borrowed for the life of the list, the other
 * texts for the call; `max_qps` is its own, 0 for none. Returned pointers stay. */
struct host_user *hosts_add(struct hosts *h, const char *pointer, const char *who, const char *url,
                            enum host_use use, double max_qps);

/* The first user of a host, for a message about it. */
const struct host_user *hosts_first_user(const struct hosts *h, size_t host);

#endif
