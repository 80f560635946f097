/* exception_path.cpp -- A raw new, an exception, and no delete: one message in eight is malformed.
 *
 * expect: kind=leak site1=read_message file=exception_path.cpp growth=6144000±2% blocks=+6000±2%
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

struct Message {
    unsigned number;
    char text[1020];
};

void check(const Message &message)
{
    if (message.number % 8 == 5)
        throw std::runtime_error("malformed message " + std::to_string(message.number));
}

unsigned read_message(unsigned number)
{
    Message *message = new Message;

    message->number = number;
    std::snprintf(message->text, sizeof message->text, "message %u", number);
    check(*message); /* throws past the delete */
    unsigned length = static_cast<unsigned>(std::string(message->text).size());
    delete message;
    return length;
}

unsigned serve(unsigned count)
{
    unsigned length = 0;

    for (unsigned number = 0; number < count; number++) {
        try {
            length += read_message(number);
        } catch (const std::runtime_error &error) {
            length += std::string(error.what()).size() > 30;
        }
        noise_message(number);
    }
    return length;
}

} // namespace

int main()
{
    noise_begin();
    unsigned length = serve(4000);
    heapdiff_snapshot("steady");
    length += serve(48000);
    heapdiff_snapshot("loaded");
    std::printf("%u, %lu\n", length, noise.sum);
    return 0;
}
