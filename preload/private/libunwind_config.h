/* libunwind_config.h -- The results of libunwind's configure on glibc Linux.
 *
 * Left out on purpose: lzma, zlib and .debug_frame (the analyzer finds names), sys/syscall.h
 * (guest.c probes memory), blocking of signals by CONFIG_BLOCK_SIGNALS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define HAVE_ASM_PTRACE_H           1
#define HAVE_DL_ITERATE_PHDR        1
#define HAVE_ELF_H                  1
#define HAVE_ENDIAN_H               1
#define HAVE_LINK_H                 1
#define HAVE_MINCORE                1
#define HAVE_PIPE2                  1
#define HAVE_SYS_PARAM_H            1
#define HAVE__BUILTIN___CLEAR_CACHE 1
#define HAVE__BUILTIN_UNREACHABLE   1
#define HAVE___BUILTIN_UNREACHABLE  1
#define HAVE___THREAD               1
#define STDC_HEADERS                1
#define PACKAGE_STRING              "libunwind"
#define PACKAGE_BUGREPORT           ""
