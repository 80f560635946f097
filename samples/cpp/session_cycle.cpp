/* session_cycle.cpp -- Two objects hold each other by shared_ptr: no count ever comes to zero.
 *
 * expect: kind=leak site1=make_session file=session_cycle.cpp growth=9000000±2% blocks=+30000±2%
 * expect: also=make_session absent=make_request
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace {

struct Connection;

struct Session {
    std::shared_ptr<Connection> connection;
    char user[268];
};

struct Connection {
    std::shared_ptr<Session> session;
    char address[40];
};

struct Request {
    std::vector<char> body;
};

/* The connection should have held a weak_ptr. */
std::shared_ptr<Session> make_session(unsigned number)
{
    auto session = std::make_shared<Session>();

    std::snprintf(session->user, sizeof session->user, "user %u", number);
    session->connection = std::make_shared<Connection>();
    session->connection->session = session;
    return session;
}

std::shared_ptr<Request> make_request(unsigned number)
{
    auto request = std::make_shared<Request>();

    request->body.resize(100 + number % 3000);
    return request;
}

size_t serve(unsigned count)
{
    size_t bytes = 0;

    for (unsigned number = 0; number < count; number++) {
        auto session = make_session(number);
        bytes += make_request(number)->body.size() + static_cast<size_t>(session->user[0]);
        noise_message(number);
    }
    return bytes;
}

} // namespace

int main()
{
    noise_begin();
    size_t bytes = serve(2000);
    heapdiff_snapshot("steady");
    bytes += serve(30000);
    heapdiff_snapshot("loaded");
    std::printf("%zu bytes, %lu\n", bytes, noise.sum);
    return 0;
}
