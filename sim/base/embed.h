/* A file of the source tree as a constant of the program: the assembler puts it in; C17 has no
 * #embed. It ends in a NUL that is not the file's. Declare `extern const char name[];` beside it.
 */
#ifndef SIM_BASE_EMBED_H
#define SIM_BASE_EMBED_H

#define EMBED(name, path)                                                          \
    __asm__(".section .rodata\n.globl " #name "\n.type " #name ", @object\n" #name \
            ":\n.incbin \"" path "\"\n.byte 0\n.previous\n")

#endif
