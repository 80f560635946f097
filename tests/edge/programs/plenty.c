/* plenty.c -- Uses what loads more: locales, conversions, names of users and hosts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "edge.h"
#include <iconv.h>
#include <locale.h>
#include <netdb.h>
#include <pwd.h>

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    iconv_t converter = iconv_open("ISO-8859-15", "UTF-16");
    must(converter != (iconv_t)-1 && iconv_close(converter) == 0);
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found;
    must(getaddrinfo("127.0.0.1", "80", &hints, &found) == 0);
    freeaddrinfo(found);
    struct passwd *user = getpwuid(0);
    must(user);
    puts(user->pw_name);
    FILE *file = popen("cat", "w");
    must(file && fputs("through cat\n", file) >= 0);
    fflush(stdout);
    must(pclose(file) == 0);
    return 0;
}
