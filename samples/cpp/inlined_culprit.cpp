/* inlined_culprit.cpp -- The leak sits in a lambda in a small method, all inlined into main's loop.
 *
 * expect: kind=leak site1=remember file=inlined_culprit.cpp growth=6400000±2% blocks=+40000±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>

namespace {

struct Tag {
    Tag *next;
    unsigned number;
    char text[144];
};

class TagList {
  public:
    [[gnu::always_inline]] inline void remember(unsigned number)
    {
        Tag *tag = new Tag;
        tag->number = number;
        tag->next = first_;
        first_ = tag;
    }

    [[gnu::always_inline]] inline unsigned last() const
    {
        return first_->number;
    }

  private:
    Tag *first_ = nullptr;
};

template <class Function> [[gnu::always_inline]] inline void repeat(unsigned count, Function work)
{
    for (unsigned number = 0; number < count; number++)
        work(number);
}

} // namespace

int main()
{
    TagList tags;
    auto visit = [&tags](unsigned number) __attribute__((always_inline))
    {
        tags.remember(number);
        noise_message(number);
    };

    noise_begin();
    repeat(2000, visit);
    heapdiff_snapshot("steady");
    repeat(40000, visit);
    heapdiff_snapshot("loaded");
    std::printf("last %u, %lu\n", tags.last(), noise.sum);
    return 0;
}
