/* Whom a message of the model is for.
 *
 * The service's model writes each message to a recipient: "functions.NAME" is a call of a tool,
 * "multi_tool_use.parallel" several at once, "all" the user. Any other recipient is addressed
 * wrongly. Pure.
 * Source: contract 6.6 (recipients as recorded), 3.7, GAP-52.
 */
#ifndef TOOLS_ADDRESS_H
#define TOOLS_ADDRESS_H

#include <stdbool.h>

#define ADDRESS_NAMESPACE "functions."
#define ADDRESS_PARALLEL  "multi_tool_use.parallel"

enum address { ADDRESS_TOOL, ADDRESS_BATCH, ADDRESS_WRONG };

enum address address_of(const char *recipient);

/* The tool's name in "functions.NAME"; any other address is all name. Borrowed from `address`. */
const char *address_name(const char *address);

/* Whether there is something before the first dot and something after it. The service's words for
 * one that has not are 'missing namespace or name' (3.7). */
bool address_is_whole(const char *address);

#endif
