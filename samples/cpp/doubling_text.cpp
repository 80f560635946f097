/* doubling_text.cpp -- One string that is appended to for ever, seen five times.
 *
 * Its memory doubles when it is full and then rests, for longer each time: live bytes alone look
 * like a table that is complete. Its pages tell that it goes on.
 *
 * expect: kind=leak site1=note file=doubling_text.cpp absent=describe
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <string>

namespace {

std::string describe(unsigned number)
{
    return "event " + std::to_string(number) + std::string(190 + number % 21, '.');
}

class Journal {
  public:
    void note(const std::string &event)
    {
        text_ += event;
    }

    size_t size() const
    {
        return text_.size();
    }

  private:
    std::string text_;
};

void serve(Journal &journal, unsigned first, unsigned count)
{
    for (unsigned number = first; number < first + count; number++) {
        journal.note(describe(number));
        if (number % 8 == 0)
            noise_work(1);
    }
}

} // namespace

int main()
{
    static const char *const labels[] = {"one", "two", "three", "four", "five"};
    Journal journal;

    noise_begin();
    for (unsigned i = 0; i < 5; i++) {
        serve(journal, i * 25000, 25000);
        heapdiff_snapshot(labels[i]);
    }
    std::printf("%zu bytes\n", journal.size());
    return 0;
}
