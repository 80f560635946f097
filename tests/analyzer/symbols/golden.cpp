// golden.cpp -- Functions whose names and lines are known, for test_golden.py.
//
// Prints the ELF addresses of its stack, innermost first, one a line; test_golden.py finds the
// lines by the marks in the comments.
//
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <link.h>
#include <unwind.h>

namespace shop {

static int read_bias(struct dl_phdr_info *info, size_t, void *bias)
{
    *static_cast<uintptr_t *>(bias) = info->dlpi_addr;
    return 1; /* the program is the first one */
}

static _Unwind_Reason_Code print_frame(struct _Unwind_Context *context, void *bias)
{
    uintptr_t address = _Unwind_GetIP(context) - *static_cast<uintptr_t *>(bias);
    std::printf("%#lx\n", static_cast<unsigned long>(address - 1));
    return _URC_NO_REASON;
}

__attribute__((noinline)) void print_stack()
{
    uintptr_t bias = 0;
    dl_iterate_phdr(read_bias, &bias);
    _Unwind_Backtrace(print_frame, &bias);
    std::fflush(stdout);
}

template <typename Item> struct Cart {
    __attribute__((always_inline)) void add(Item)
    {
        print_stack(); // mark: add
    }
};

__attribute__((always_inline)) inline void fill(Cart<int> &cart)
{
    cart.add(1); // mark: fill
}

__attribute__((noinline)) int checkout(int n)
{
    Cart<int> cart;
    fill(cart); // mark: checkout
    return n + 1;
}

} // namespace shop

extern "C" int pay(int n);
__attribute__((noinline)) int pay(int n)
{
    return shop::checkout(n) + 1; // mark: pay
}

int main()
{
    std::exit(pay(0) == 0); // mark: main
}
