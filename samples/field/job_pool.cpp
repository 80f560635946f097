/* job_pool.cpp -- Jobs with their scratch space are open at every snapshot; their transcripts stay.
 *
 * Two snapshots: 30 jobs are open at the first and 90 at the second. The twin drops a transcript
 * when its job is done.
 *
 * expect: kind=leak site1=write_transcript file=job_pool.cpp growth=3600000±3% blocks=+4000±3%
 * expect: also=render_burst also=open_job not=render_burst not=open_job gate=exceeded
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
#include <vector>

namespace {

using Text = std::unique_ptr<char[]>;

struct Job {
    unsigned number;
    std::vector<Text> scratch;
};

std::deque<std::unique_ptr<Job>> open_jobs;
std::vector<Text> transcripts;
unsigned done;

__attribute__((noinline)) std::unique_ptr<Job> open_job(unsigned number)
{
    auto job = std::make_unique<Job>();

    job->number = number;
    for (unsigned i = 0; i < 20; i++) {
        job->scratch.emplace_back(new char[1500]);
        std::memset(job->scratch.back().get(), 's', 1500);
    }
    return job;
}

__attribute__((noinline)) void write_transcript(const Job &job)
{
    Text text(new char[900]);

    std::snprintf(text.get(), 900, "job %u", job.number);
    done++;
    if (!twin_is_clean())
        transcripts.push_back(std::move(text));
}

void close_job()
{
    write_transcript(*open_jobs.front());
    open_jobs.pop_front();
}

void serve(unsigned step)
{
    const size_t in_flight = step == 0 ? 30 : 90;

    transcripts.reserve(16384);
    for (unsigned number = 0; number < 4060; number++) {
        open_jobs.push_back(open_job(number));
        noise_work(3);
        while (open_jobs.size() > in_flight)
            close_job();
    }
}

} // namespace

int main()
{
    flight_series(2, serve);
    std::printf("%u done, %zu open, %lu\n", done, open_jobs.size(), noise.sum);
    return 0;
}
