/* curl's result codes as the few faults that we tell apart. */
#ifndef SIM_NET_FAULT_H
#define SIM_NET_FAULT_H

#include <curl/curl.h>

#include "sim/net/engine.h"

enum net_fault fault_of(CURLcode result, int os_errno);

#endif
