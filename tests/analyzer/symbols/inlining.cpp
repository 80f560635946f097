// inlining.cpp -- A program with inlined callers, templates and a wrapper, for test_symbols.c.
//
// SPDX-License-Identifier: Apache-2.0
#include <execinfo.h>
#include <stdio.h>

namespace shop {

/* Prints the addresses of the stack, one a line. */
__attribute__((noinline)) void print_stack()
{
    void *frames[16];
    int count = backtrace(frames, 16);
    for (int i = 0; i < count; i++)
        printf("%p\n", frames[i]);
}

template <typename Item> struct Cart {
    __attribute__((always_inline)) void add(Item)
    {
        print_stack(); /* line 21 */
    }
};

__attribute__((always_inline)) inline void fill(Cart<int> &cart)
{
    cart.add(1); /* line 27 */
}

__attribute__((noinline)) int checkout(int n)
{
    Cart<int> cart;
    fill(cart); /* line 33 */
    return n;
}

} // namespace shop

int main()
{
    return shop::checkout(0) + shop::checkout(0);
}
