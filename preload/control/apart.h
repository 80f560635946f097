/* apart.h -- Our thread's own descriptors, folder, root and umask.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTROL_APART_H
#define CONTROL_APART_H

/* The calling thread shares memory with the program from now on, and neither descriptors nor root,
 * working directory and umask: a file of ours can never have a number that the program expects,
 * closes, or writes to, and a chroot does not take /proc away from us. What the kernel (before 5.9)
 * or a seccomp profile does not allow stays shared. */
void apart_begin(void);

#endif
