/* What all engines of a run share: looked-up host names and TLS sessions.
 *
 * Otherwise every one of thousands of first connections would look the host up in a thread of its
 * own, and every TLS handshake be a full one. Both are touched when a connection is made, never
 * when one is used again, so the locks are not on the hot path.
 * Threads: any.
 */
#ifndef SIM_NET_SHARE_H
#define SIM_NET_SHARE_H

#include <curl/curl.h>

struct share;

struct share *share_new(void);
void share_free(struct share *s); /* after every engine that uses it; NULL is fine */

CURLSH *share_handle(struct share *s);

/* The file with the certificates to trust: $SSL_CERT_FILE, or the system's bundle; NULL if
 * libcurl knows none. One file in place of a folder, since libcurl keeps a read file but looks
 * through the folder for each connection (20 ms of CPU against 0.4). */
const char *share_ca_file(void);

#endif
