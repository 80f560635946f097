/* base_destructor.cpp -- Deleted through a base class without a virtual destructor.
 *
 * The object itself is freed; the pixels that its derived part owns are not.
 *
 * expect: kind=leak site1=Picture file=base_destructor.cpp growth=8192000±2% blocks=+2000±2%
 * expect: absent=Note
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>

namespace {

/* Without `virtual ~Attachment()`; the compiler's warning is what such programs switch off. */
class Attachment {
  public:
    virtual unsigned weight() const = 0;
};

class Picture : public Attachment {
  public:
    explicit Picture(unsigned number) : pixels_(new unsigned char[4096])
    {
        std::memset(pixels_, static_cast<int>(number % 200) + 1, 4096);
    }

    ~Picture()
    {
        delete[] pixels_;
    }

    unsigned weight() const override
    {
        return pixels_[7];
    }

  private:
    unsigned char *pixels_;
};

class Note : public Attachment {
  public:
    explicit Note(unsigned number)
    {
        std::snprintf(text_, sizeof text_, "note %u", number);
    }

    unsigned weight() const override
    {
        return static_cast<unsigned>(text_[0]);
    }

  private:
    char text_[3000];
};

Attachment *open_attachment(unsigned number)
{
    if (number % 2)
        return new Picture(number);
    return new Note(number);
}

unsigned serve(unsigned count)
{
    unsigned weight = 0;

    for (unsigned number = 0; number < count; number++) {
        Attachment *attachment = open_attachment(number);
        weight += attachment->weight();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdelete-non-virtual-dtor"
        delete attachment;
#pragma GCC diagnostic pop
        noise_work(8);
    }
    return weight;
}

} // namespace

int main()
{
    noise_begin();
    unsigned weight = serve(400);
    heapdiff_snapshot("steady");
    weight += serve(4000);
    heapdiff_snapshot("loaded");
    std::printf("weight %u, %lu\n", weight, noise.sum);
    return 0;
}
