/* Looks things up in what libraries load or open by name. */
#include <iconv.h>
#include <netdb.h>
#include <sasl/sasl.h>
#include <stdio.h>
#include <string.h>

static int contains(const char *path, const char *what)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strstr(line, what))
            return 1;
    return 0;
}

int main(void)
{
    struct servent *smtp = getservbyname("submission", "tcp");
    printf("submission: %d\n", smtp ? (smtp->s_port >> 8 | (smtp->s_port & 255) << 8) : -1);
    char in[] = "\xfc", out[8] = "", *from = in, *to = out;
    size_t left = 1, room = 7;
    iconv_t codec = iconv_open("UTF-8", "CP437");
    printf("codec: %d\n", codec != (iconv_t)-1 && iconv(codec, &from, &left, &to, &room) == 0);
    printf("countries: %d\n", contains("/usr/share/iso-codes/json/iso_3166-1.json", "\"CHE\""));
    const char **names = NULL;
    sasl_client_init(NULL);
    int digest = 0;
    for (names = sasl_global_listmech(); names && *names; names++)
        digest |= !strcmp(*names, "DIGEST-MD5");
    printf("digest: %d\n", digest);
    return 0;
}
