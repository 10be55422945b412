/* URLs that we call: which are taken, and where they lead. libcurl's parser decides, so that what
 * passes here can be called later. */
#ifndef SIM_NET_URL_H
#define SIM_NET_URL_H

#include <stdbool.h>

/* Whether it is an http or https URL with a host. A password in it becomes a secret. */
bool url_is_http(const char *text);

/* What a connection is made to, in one spelling: "https://host:443". Of a url_is_http() only; the
 * caller's to free(). */
char *url_origin(const char *url);

/* Whether its host is `domain` or ends in "." and `domain`, whatever the case. */
bool url_is_under(const char *url, const char *domain);

#endif
