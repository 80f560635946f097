/* clean_bounded_queue.cpp -- A std::deque of strings that drops its oldest when it is full.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <string>

namespace {

class History {
  public:
    void push(std::string line)
    {
        if (lines_.size() == 5000) {
            counts_.erase(lines_.front());
            lines_.pop_front();
        }
        counts_[line]++;
        lines_.push_back(std::move(line));
    }

    size_t size() const
    {
        return lines_.size() + counts_.size();
    }

  private:
    std::deque<std::string> lines_;
    std::map<std::string, int> counts_;
};

void serve(History &history, unsigned first, unsigned count)
{
    for (unsigned number = first; number < first + count; number++) {
        history.push(std::to_string(number) + std::string(200 + noise_random(300), 'h'));
        noise_message(number);
    }
}

} // namespace

int main()
{
    History history;

    noise_begin();
    serve(history, 0, 12000);
    heapdiff_snapshot("steady");
    serve(history, 12000, 60000);
    heapdiff_snapshot("loaded");
    std::printf("%zu, %lu\n", history.size(), noise.sum);
    return 0;
}
