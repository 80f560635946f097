/* clean_object_pool.cpp -- Objects are lent from a pool and given back; two threads, no growth.
 *
 * Each object's text grows to its largest use, during the warm-up.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Worker {
    std::string text;
};

class Pool {
  public:
    std::unique_ptr<Worker> lend()
    {
        std::lock_guard<std::mutex> guard(lock_);
        if (idle_.empty())
            return std::make_unique<Worker>();
        auto worker = std::move(idle_.back());
        idle_.pop_back();
        return worker;
    }

    void give_back(std::unique_ptr<Worker> worker)
    {
        std::lock_guard<std::mutex> guard(lock_);
        worker->text.clear();
        idle_.push_back(std::move(worker));
    }

  private:
    std::mutex lock_;
    std::vector<std::unique_ptr<Worker>> idle_;
};

void use(Pool &pool, unsigned rounds)
{
    std::vector<std::unique_ptr<Worker>> lent;

    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < 64; i++) {
            lent.push_back(pool.lend());
            lent.back()->text.assign(2000, 'p');
        }
        while (!lent.empty()) {
            pool.give_back(std::move(lent.back()));
            lent.pop_back();
        }
    }
}

/* As many objects as both threads can ever hold at a time. */
void warm_up(Pool &pool, unsigned objects)
{
    std::vector<std::unique_ptr<Worker>> lent;

    for (unsigned i = 0; i < objects; i++) {
        lent.push_back(pool.lend());
        lent.back()->text.assign(2000, 'p');
    }
    for (auto &worker : lent)
        pool.give_back(std::move(worker));
}

void serve(Pool &pool, unsigned rounds)
{
    std::thread other(use, std::ref(pool), rounds);

    use(pool, rounds);
    other.join();
    noise_work(rounds * 5);
}

} // namespace

int main()
{
    Pool pool;

    noise_begin();
    warm_up(pool, 128);
    serve(pool, 300);
    heapdiff_snapshot("steady");
    serve(pool, 3000);
    heapdiff_snapshot("loaded");
    std::printf("%lu\n", noise.sum);
    return 0;
}
