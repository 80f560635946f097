/* text_patterns.cpp -- Regular expressions are cached by a text that holds the request's number.
 *
 * One expression is dozens of blocks in all parts of the C++ library; one function of the program
 * asks for them. Two snapshots. The twin's key has no number, so five expressions are all.
 *
 * expect: kind=leak site1=pattern_for file=text_patterns.cpp
 * expect: also=render_burst not=render_burst gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/flight.h"

#include <cstdio>
#include <map>
#include <regex>
#include <string>

namespace {

std::map<std::string, std::regex> patterns;
unsigned found;

__attribute__((noinline)) const std::regex &pattern_for(const std::string &key, unsigned kind)
{
    auto known = patterns.find(key);

    if (known == patterns.end()) {
        std::regex pattern("kind" + std::to_string(kind) + "-(a|b|c)[0-9]+(x|yy|zzz)*");
        known = patterns.emplace(key, pattern).first;
    }
    return known->second;
}

void serve(unsigned step)
{
    const unsigned requests = step == 0 ? 60 : 300;

    for (unsigned number = 0; number < requests; number++) {
        unsigned kind = number % 5;
        std::string key = std::to_string(kind);
        if (!twin_is_clean())
            key += "@" + std::to_string(step) + "/" + std::to_string(number);
        found +=
            std::regex_search("kind" + std::to_string(kind) + "-b17xyy", pattern_for(key, kind));
        noise_work(10);
    }
}

} // namespace

int main()
{
    flight_series(2, serve);
    std::printf("%u found, %lu\n", found, noise.sum);
    return 0;
}
