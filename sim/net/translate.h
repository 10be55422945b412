/* What libcurl says of a failed transfer, as one of our faults. Pure.
 *
 * libcurl's codes are coarse, and some mislead: in 7.88 a header line over 100 kB is "out of
 * memory", a broken chunk a receive error, a wrong Content-Length a "weird server reply". Where the
 * code does not tell, its words do (CURLOPT_ERRORBUFFER), and only to name the fault better: an
 * unknown text still gives the fault of its code.
 */
#ifndef SIM_NET_TRANSLATE_H
#define SIM_NET_TRANSLATE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "sim/net/fault.h"

struct curl_failure {
    CURLcode code; /* not CURLE_OK */
    int os_errno;
    long verify;       /* CURLINFO_SSL_VERIFYRESULT */
    const char *words; /* of the error buffer; may be empty */
    bool sent;         /* the request had gone out */
    bool began;        /* some byte of the answer's head had come */
    bool headed;       /* its head had come whole */
};

enum net_fault translate(const struct curl_failure *f);

/* Whether libcurl's words add something true to our words for the fault. */
bool translate_words_help(enum net_fault fault);

#endif
