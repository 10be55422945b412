/* The Python that is part of the program: worker.py and audit.py, as they stand in the source tree.
 */
#ifndef GRADER_PYTHON_SCRIPT_H
#define GRADER_PYTHON_SCRIPT_H

extern const char script_worker[]; /* ends in NUL */
extern const char script_audit[];

#endif
