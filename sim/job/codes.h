/* Every finding that a check can make: one row each, never renumbered, never used for another.
 *
 * `rftsim help CODE` tells a row, docs/findings.md is printed from them all, and tests/findings
 * has for each a job or a file that provokes it, and a near miss that must not.
 * J: the job file. P: the source of a python grader. D: the datasets. X: what only job and rows
 * together show. N: this machine and the network.
 */
#ifndef SIM_JOB_CODES_H
#define SIM_JOB_CODES_H

/* code, usual severity, what kind of fault it is, the rule (ids of the platform contract), why it
 * matters, what to do about it in general; the finding itself may know more precisely */
#define DIAG_MAP(X)                                                                                \
    X(J001, ERROR, "not YAML or JSON", "2.2", "the job file could not be read at all",             \
      "correct the text at the caret; a YAML or JSON editor shows the same place")                 \
    X(J002, ERROR, "unknown key", "GAP-41",                                                        \
      "nothing reads it here, and the service refuses unknown keys (GAP-41)",                      \
      "correct the name, or take the key away")                                                    \
    X(J003, ERROR, "missing key", "2.2", "without it there is no job", "add the key")              \
    X(J004, ERROR, "wrong type", "2.2", "it cannot be read as what it has to be",                  \
      "write the value as the type that is named")                                                 \
    X(J005, ERROR, "value out of range", "2.2, 2.3",                                               \
      "the job would be refused when it is created, or fail later",                                \
      "choose a value that is allowed")                                                            \
    X(J006, ERROR, "unset variable", "GAP-51",                                                     \
      "an empty value would reach your endpoint in silence",                                       \
      "set the variable, or write ${NAME:-default}")                                               \
    X(J007, ERROR, "value not understood", "2.2", "rftsim cannot rehearse what it does not know",  \
      "use one of the values that are named")                                                      \
    X(J008, ERROR, "given twice", "RFC 8259", "readers differ in which one they take",             \
      "keep one of the two")                                                                       \
    X(J009, WARNING, "to no effect", "4", "what is written does less than it seems to",            \
      "take it away, or put it where it counts")                                                   \
    X(D001, ERROR, "not JSON", "DS-1, 1.6",                                                        \
      "the service fails the whole job at the first line it cannot parse (1.6)",                   \
      "write rows with a JSON library, one object a line")                                         \
    X(D002, ERROR, "not an object", "DS-1", "a row is one JSON object (DS-1)",                     \
      "write one object a line")                                                                   \
    X(D003, ERROR, "key given twice", "RFC 8259", "readers differ in which one they take",         \
      "keep one of the two")                                                                       \
    X(D004, ERROR, "bad messages", "DS-2",                                                         \
      "messages is required: a list with at least one entry (DS-2)",                               \
      "give \"messages\" as a list of {\"role\", \"content\"}")                                    \
    X(D005, ERROR, "bad role", "DS-3, GAP-42",                                                     \
      "roles are developer, user, assistant and tool (DS-3, GAP-42)",                              \
      "use \"developer\" for what other formats call \"system\"")                                  \
    X(D006, ERROR, "last message is not the user's", "DS-4",                                       \
      "the service samples the answer itself (DS-4)",                                              \
      "drop what follows the last user message, or keep it in a field for the grader; check "      \
      "--fix does that, and convert makes rows of tool calls")                                     \
    X(D007, ERROR, "bad tools", "DS-6", "tools is a list of functions (DS-6)",                     \
      "write {\"type\": \"function\", \"function\": {\"name\", \"parameters\"}}")                  \
    X(D008, ERROR, "row too large", "DS-34", "a row must fit in memory many times over",           \
      "shorten the row, or keep what it carries elsewhere")                                        \
    X(D009, ERROR, "no rows", "DS-32", "there is nothing to roll out",                             \
      "write at least one row; the service wants 10")                                              \
    X(D010, WARNING, "byte order mark", "DS-1",                                                    \
      "the first line of some readers then fails to parse", "save the file as UTF-8 without one")  \
    X(D011, WARNING, "blank line", "1.6", "blank lines are skipped here; not every reader does",   \
      "remove blank lines")                                                                        \
    X(D012, WARNING, "no newline at the end", "DS-1",                                              \
      "harmless, but a line appended later would join the last row",                               \
      "end the file with a newline")                                                               \
    X(D013, ERROR, "cannot be read", "DS-9", "a reinforcement job needs both files",               \
      "name a regular file that this user may read")                                               \
    X(P001, ERROR, "not Python", "PY-4",                                                           \
      "the service checks the source before the first row (PY-4)",                                 \
      "correct the text at the caret")                                                             \
    X(P002, ERROR, "no grade(sample, item)", "PY-1", "the service calls exactly that (PY-1)",      \
      "write def grade(sample, item): and return a number from it")                                \
    X(P003, ERROR, "import that fails the job", "PY-3, PY-4",                                      \
      "the service has fixed packages, and sys is not for graders",                                \
      "use what the service has: rftsim names it")                                                 \
    X(P004, WARNING, "doubtful name", "GAP-38",                                                    \
      "the service refuses some names, and has published no list of them",                         \
      "do without, to be sure")                                                                    \
    X(P005, ERROR, "package missing here", "PY-3", "the service has it and this machine does not", \
      "install it, or set RFTSIM_PYTHON to a Python that has it")                                  \
    X(P006, WARNING, "sample and item swapped", "PY-1, EV-15",                                     \
      "the service gives the sample first, then the item (PY-1)",                                  \
      "read the answer from the sample, the row's fields from the item")                           \
    X(P007, WARNING, "reads what is not there", "EV-15, PY-9",                                     \
      "the grader would see nothing, and score it",                                                \
      "read a field that rows have, or the answer from the sample")                                \
    X(P008, WARNING, "returns a bool", "PY-5, GAP-40", "the service wants a number (PY-5)",        \
      "write float(...) around it")                                                                \
    X(D040, ERROR, "call that cannot be converted", "4.2",                                         \
      "without a name and arguments there is no call to compare with",                             \
      "write {\"id\", \"type\": \"function\", \"function\": {\"name\", \"arguments\"}}, "          \
      "arguments a "                                                                               \
      "text that is a JSON object")                                                                \
    X(D041, ERROR, "field taken", "DS-7", "convert writes what was expected into it",              \
      "give the field of that name another one")                                                   \
    X(N001, ERROR, "endpoint out of reach", "3.5",                                                 \
      "every rollout would be discarded, and its hours billed",                                    \
      "start the endpoint, or correct server_url")                                                 \
    X(N002, WARNING, "no WordNet", "GAP-34",                                                       \
      "METEOR as NLTK has it knows synonyms, so some rewards would be higher (GAP-34)",            \
      "apt-get install wordnet-base")                                                              \
    X(N003, WARNING, "no sandbox", "PY-2",                                                         \
      "limits and a hook alone hold the grader's Python: mistakes, not malice",                    \
      "apt-get install bubblewrap")

#endif
