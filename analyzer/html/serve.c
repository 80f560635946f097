/* serve.c -- One page for one user: HTTP on the loopback address.
 *
 * Browsers open connections before they need them. So one loop holds several, with a state for
 * each, and waits for no single one. A request is read to its empty line, answered, and the
 * connection closed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "html/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS  16
#define MOST_REQUEST 8192
#define RETRY_MS     100

struct connection {
    int socket; /* -1: free */
    uint64_t born;
    char request[MOST_REQUEST];
    size_t received;
    struct text head; /* of the answer, once the request is whole */
    const struct text *body;
    size_t sent;
};

static bool make_token(char token[33])
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

bool serve_open(struct serve *serve, uint16_t port, const struct text *page, const char *policy,
                struct error *error)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *serve = (struct serve){.page = page, .policy = policy};
    serve->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (serve->listener >= 0)
        setsockopt(serve->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (serve->listener < 0 ||
        bind(serve->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(serve->listener, CONNECTIONS) != 0 ||
        getsockname(serve->listener, (struct sockaddr *)&address, &length) != 0 ||
        !make_token(serve->token)) {
        error_set(error, port ? "leave --port out for a free one" : NULL,
                  "cannot listen on 127.0.0.1 port %d: %s", port, strerror(errno));
        serve_close(serve);
        return false;
    }
    serve->port = ntohs(address.sin_port);
    snprintf(serve->url, sizeof serve->url, "http://127.0.0.1:%d/%s/", serve->port, serve->token);
    return true;
}

void serve_close(struct serve *serve)
{
    if (serve->listener >= 0)
        close(serve->listener);
    serve->listener = -1;
}

/* The value of a header, or NULL; the request's lines end with CR LF, which is cut off. */
static bool has_header(const char *request, const char *name, const char *value)
{
    size_t length = strlen(name);
    for (const char *line = strstr(request, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        const char *at = line + 2;
        if (strncasecmp(at, name, length) != 0 || at[length] != ':')
            continue;
        at += length + 1;
        at += strspn(at, " \t");
        size_t there = strcspn(at, "\r");
        return there == strlen(value) && strncasecmp(at, value, there) == 0;
    }
    return false;
}

/* A foreign page would reach this address by another host name (DNS rebinding). */
static bool is_our_host(const struct serve *serve, const char *request)
{
    char number[32], name[32];
    snprintf(number, sizeof number, "127.0.0.1:%d", serve->port);
    snprintf(name, sizeof name, "localhost:%d", serve->port);
    return has_header(request, "Host", number) || has_header(request, "Host", name);
}

/* Compares all bytes, so that the time it takes reveals nothing. */
static bool is_our_path(const struct serve *serve, const char *path, size_t length)
{
    char ours[48];
    int size = snprintf(ours, sizeof ours, "/%s/", serve->token);
    unsigned char differs = 0;
    if (length != (size_t)size)
        return false;
    for (size_t i = 0; i < length; i++)
        differs |= (unsigned char)(ours[i] ^ path[i]);
    return differs == 0;
}

static const char *status_of(const struct serve *serve, const char *request)
{
    if (!is_our_host(serve, request))
        return "403 Forbidden";
    if (strncmp(request, "GET ", 4) != 0)
        return "405 Method Not Allowed";
    const char *path = request + 4;
    if (!is_our_path(serve, path, strcspn(path, " ?\r\n")))
        return "404 Not Found";
    return "200 OK";
}

static void serve_answer(const struct serve *serve, struct connection *connection,
                         const char *status)
{
    static const struct text nothing = {.bytes = "", .length = 0};
    bool good = strncmp(status, "200", 3) == 0;
    connection->body = good ? serve->page : &nothing;
    text_format(&connection->head,
                "HTTP/1.1 %s\r\n"
                "Content-Type: text/html; charset=utf-8\r\n"
                "Content-Length: %zu\r\n"
                "Content-Security-Policy: %s; frame-ancestors 'none'\r\n"
                "X-Content-Type-Options: nosniff\r\n"
                "Cross-Origin-Resource-Policy: same-origin\r\n"
                "Cross-Origin-Opener-Policy: same-origin\r\n"
                "Referrer-Policy: no-referrer\r\n"
                "Cache-Control: no-store\r\n"
                "%sConnection: close\r\n\r\n",
                status, connection->body->length, serve->policy,
                strncmp(status, "405", 3) == 0 ? "Allow: GET\r\n" : "");
}

static void serve_drop(struct connection *connection)
{
    close(connection->socket);
    text_done(&connection->head);
    *connection = (struct connection){.socket = -1};
}

static void serve_receive(const struct serve *serve, struct connection *connection)
{
    size_t room = MOST_REQUEST - 1 - connection->received;
    ssize_t count = recv(connection->socket, connection->request + connection->received, room, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        serve_drop(connection);
        return;
    }
    connection->received += (size_t)count;
    connection->request[connection->received] = '\0';
    if (strlen(connection->request) < connection->received)
        serve_answer(serve, connection, "400 Bad Request");
    else if (strstr(connection->request, "\r\n\r\n"))
        serve_answer(serve, connection, status_of(serve, connection->request));
    else if (connection->received == MOST_REQUEST - 1)
        serve_answer(serve, connection, "431 Request Header Fields Too Large");
}

static void send_more(struct connection *connection)
{
    size_t head = connection->head.length, sent = connection->sent;
    const char *from =
        sent < head ? connection->head.bytes + sent : connection->body->bytes + (sent - head);
    size_t left = sent < head ? head - sent : connection->body->length - (sent - head);
    ssize_t count = left ? send(connection->socket, from, left, MSG_NOSIGNAL) : 0;
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    connection->sent += count > 0 ? (size_t)count : 0;
    if (count < 0 || connection->sent == head + connection->body->length) {
        shutdown(connection->socket, SHUT_WR);
        serve_drop(connection);
    }
}

/* The connection that gives way to another one: it has sent no request for longest. It may be a
 * browser's spare one, or a client that never sends anything. Unless WANTS_USED, a free
 * one comes first. NULL: there is none. */
static struct connection *serve_choose(struct connection *connections, bool wants_used)
{
    struct connection *best = NULL;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *other = &connections[i];
        bool is_free = other->socket < 0;
        if (is_free && !wants_used)
            return other;
        if (!is_free && (!best || (!other->body && (best->body || other->born < best->born))))
            best = other;
    }
    return best;
}

static int take_socket(const struct serve *serve)
{
    /* cppcheck-suppress nullPointer ; no caller asks for its name */
    return accept4(serve->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* False when it must wait, as no descriptor is free. */
static bool serve_take(const struct serve *serve, struct connection *connections, uint64_t born)
{
    int socket = take_socket(serve);
    bool is_full = socket < 0 && (errno == EMFILE || errno == ENFILE);
    struct connection *used = is_full ? serve_choose(connections, true) : NULL;
    if (used) {
        serve_drop(used);
        socket = take_socket(serve);
    }
    if (socket < 0)
        return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
    struct connection *place = serve_choose(connections, false);
    if (place->socket >= 0)
        serve_drop(place);
    place->socket = socket;
    place->born = born;
    return true;
}

static void go_on(const struct serve *serve, struct connection *connection)
{
    if (connection->body)
        send_more(connection);
    else
        serve_receive(serve, connection);
}

/* While IS_RESTING the listener is left out, for RETRY_MS: a connection that cannot be taken makes
 * it readable all the time. False when STOP is readable. */
static bool serve_turn(const struct serve *serve, int stop, struct connection *connections,
                       uint64_t number, bool *is_resting)
{
    struct pollfd polled[CONNECTIONS + 2] = {
        {.fd = stop, .events = POLLIN},
        {.fd = *is_resting ? -1 : serve->listener, .events = POLLIN}};
    for (size_t i = 0; i < CONNECTIONS; i++)
        polled[i + 2] = (struct pollfd){.fd = connections[i].socket,
                                        .events = connections[i].body ? POLLOUT : POLLIN};
    if (poll(polled, CONNECTIONS + 2, *is_resting ? RETRY_MS : -1) < 0 && errno != EINTR)
        return false;
    if (polled[0].revents)
        return false;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (polled[i + 2].revents)
            go_on(serve, &connections[i]);
    }
    *is_resting = polled[1].revents && !serve_take(serve, connections, number);
    return true;
}

void serve_run(struct serve *serve, int stop)
{
    struct connection *connections = calloc(CONNECTIONS, sizeof *connections);
    if (!connections)
        abort();
    for (size_t i = 0; i < CONNECTIONS; i++)
        connections[i].socket = -1;
    bool is_resting = false;
    for (uint64_t number = 1; serve_turn(serve, stop, connections, number, &is_resting);)
        number++;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (connections[i].socket >= 0)
            serve_drop(&connections[i]);
    }
    free(connections);
}
