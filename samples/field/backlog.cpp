/* backlog.cpp -- A queue between two stages: the slower one takes three jobs of four.
 *
 * Two snapshots. The twin's queue has a limit; it holds 180 jobs at the first snapshot and 470 at
 * the second, all of them young.
 *
 * expect: kind=leak site1=make_job file=backlog.cpp growth=9000000±3% blocks=+1500±3%
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>

namespace {

constexpr size_t job_size = 6000;

struct Job {
    explicit Job(unsigned number)
    {
        std::memset(text, static_cast<int>(number & 127), sizeof text);
    }
    char text[job_size];
};

std::deque<std::unique_ptr<Job>> waiting;
unsigned taken;

__attribute__((noinline)) std::unique_ptr<Job> make_job(unsigned number)
{
    return std::make_unique<Job>(number);
}

void take_job()
{
    taken += static_cast<unsigned>(waiting.front()->text[9]) & 1;
    waiting.pop_front();
}

/* The twin's producer waits while the queue is full; here that means that a job is taken. */
void serve(unsigned step)
{
    const size_t limit = step == 0 ? 180 : 470;

    for (unsigned number = 0; number < 6000; number++) {
        waiting.push_back(make_job(number));
        noise_work(3);
        if (twin_is_clean() ? waiting.size() > limit : number % 4 != 0)
            take_job();
    }
}

} // namespace

int main()
{
    flight_series(2, serve);
    std::printf("%zu wait, %u, %lu\n", waiting.size(), taken, noise.sum);
    return 0;
}
