/* Tools and graders in the report page's data. */
#ifndef SIM_VIEW_HTML_TOOLS_H
#define SIM_VIEW_HTML_TOOLS_H

#include <jansson.h>

#include "sim/report/facts.h"

/* The caller's. */
json_t *html_tool_kinds(void); /* what the page says of a failed call, by the kind's id */
json_t *html_tools(const struct facts *f);
json_t *html_graders(const struct grader_facts *g);

#endif
