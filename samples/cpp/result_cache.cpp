/* result_cache.cpp -- A std::unordered_map of results that is asked and filled, never emptied.
 *
 * The vectors of results are the big part: 300 doubles an entry.
 *
 * expect: kind=leak site1=compute file=result_cache.cpp growth=9600000±2% blocks=+4000±2%
 * expect: also=find_or_compute absent=sort_copy
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

class Results {
  public:
    const std::vector<double> &find_or_compute(unsigned number)
    {
        auto [entry, is_new] = results_.try_emplace("result of " + std::to_string(number));
        if (is_new)
            entry->second = compute(number);
        return entry->second;
    }

  private:
    static std::vector<double> compute(unsigned number)
    {
        std::vector<double> values(300);
        for (double &value : values)
            value = number + noise_random(1000);
        return values;
    }

    std::unordered_map<std::string, std::vector<double>> results_;
};

double sort_copy(const std::vector<double> &values)
{
    std::vector<double> copy = values;

    std::sort(copy.begin(), copy.end());
    return copy[copy.size() / 2];
}

double serve(Results &results, unsigned first, unsigned count)
{
    double sum = 0;

    for (unsigned number = first; number < first + count; number++) {
        sum += sort_copy(results.find_or_compute(number));
        sum += sort_copy(results.find_or_compute(number / 2));
        noise_work(5);
    }
    return sum;
}

} // namespace

int main()
{
    Results results;

    noise_begin();
    double sum = serve(results, 0, 500);
    heapdiff_snapshot("steady");
    sum += serve(results, 500, 4000);
    heapdiff_snapshot("loaded");
    std::printf("sum %.0f, %lu\n", sum, noise.sum);
    return 0;
}
