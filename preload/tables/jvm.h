/* jvm.h -- Methods that the JVM interprets, by the data that libjvm exports for debuggers.
 *
 * All methods that are not compiled run in the same code, so return addresses do not distinguish
 * them; but a frame of the interpreter has a pointer to its method. libjvm.so exports a table of
 * offsets in its structures (vmStructs), which debuggers and profilers read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TABLES_JVM_H
#define TABLES_JVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a frame of the interpreter has its method, below its frame pointer; in bytes (x86-64). */
#define JVM_METHOD_BELOW 24

/* Is the return address in the interpreter? Lock-free; some 50 µs for the first address behind
 * which libjvm is found, and cheap from then on. For addresses of code without a module. */
bool jvm_interprets(uintptr_t pc);

/* "Lpackage/Class;method", when there is a method at the address: nothing is trusted to be there.
 * False when there is none. Some system calls. */
bool jvm_method_name(uintptr_t method, char *name, size_t size);

#endif
