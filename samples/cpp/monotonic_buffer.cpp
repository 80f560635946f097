/* monotonic_buffer.cpp -- A std::pmr arena meant for one request lives as long as the server.
 *
 * Its chunks grow geometrically, so growth comes in few, large blocks; three snapshots.
 *
 * expect: kind=leak site1=parse_document file=monotonic_buffer.cpp
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>
#include <memory_resource>
#include <string>
#include <vector>

namespace {

std::pmr::monotonic_buffer_resource arena(64 * 1024);

size_t parse_document(unsigned number)
{
    std::pmr::vector<std::pmr::string> words(&arena);

    words.reserve(8);
    for (unsigned word = 0; word < 8; word++)
        words.emplace_back(40 + (number + word) % 30, 'w');
    return words.back().size();
}

size_t serve(unsigned count)
{
    size_t letters = 0;

    for (unsigned number = 0; number < count; number++) {
        letters += parse_document(number);
        noise_message(number);
    }
    return letters;
}

} // namespace

int main()
{
    noise_begin();
    size_t letters = serve(3000);
    heapdiff_snapshot("steady");
    letters += serve(15000);
    heapdiff_snapshot("later");
    letters += serve(15000);
    heapdiff_snapshot("loaded");
    std::printf("%zu letters, %lu\n", letters, noise.sum);
    return 0;
}
