/* fault.c -- A thread of the program supplies the pages that others miss (userfaultfd).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

enum { PAGES = 16, PAGE = 4096 };
static int faults;

static void *supply(void *unused)
{
    char *page = calloc(1, PAGE);
    struct uffd_msg message;
    while (read(faults, &message, sizeof message) == sizeof message) {
        uint64_t there = message.arg.pagefault.address & ~(uint64_t)(PAGE - 1);
        struct uffdio_copy copy = {.dst = there, .src = (uintptr_t)page, .len = PAGE};
        must(ioctl(faults, UFFDIO_COPY, &copy) == 0);
        free(malloc(100));
    }
    return unused;
}

int main(void)
{
    churn(100);
    faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
    struct uffdio_api api = {.api = UFFD_API};
    if (faults < 0 || ioctl(faults, UFFDIO_API, &api) < 0)
        return NOT_HERE;
    char *memory =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register wanted = {.range = {(uintptr_t)memory, PAGES * PAGE},
                                     .mode = UFFDIO_REGISTER_MODE_MISSING};
    must(ioctl(faults, UFFDIO_REGISTER, &wanted) == 0);
    started(supply, NULL);
    for (int i = 0; i < PAGES - 1; i++)
        memory[i * PAGE] = 1;
    puts("supplied"); /* the last page is missing when a snapshot is taken */
    return 0;
}
