#include "tools/address.h"

#include <string.h>

enum address address_of(const char *recipient)
{
    if (strcmp(recipient, ADDRESS_PARALLEL) == 0)
        return ADDRESS_BATCH;
    return address_name(recipient) != recipient ? ADDRESS_TOOL : ADDRESS_WRONG;
}

const char *address_name(const char *address)
{
    size_t n = strlen(ADDRESS_NAMESPACE);
    return strncmp(address, ADDRESS_NAMESPACE, n) == 0 && address[n] ? address + n : address;
}

bool address_is_whole(const char *address)
{
    const char *dot = strchr(address, '.');
    return dot && dot > address && dot[1];
}
