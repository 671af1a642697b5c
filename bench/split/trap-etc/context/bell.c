/* What this machine says of accounts, groups and itself. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int count, char **words)
{
    struct passwd *bell = getpwnam("bell"), *me = getpwuid(getuid());
    printf("bell: %s, me: %s\n", bell ? bell->pw_dir : "nobody", me ? me->pw_shell : "none");
    gid_t groups[32];
    int n = getgroups(32, groups);
    for (int at = 0; at < n; at++)
        printf("%s\n", getgrgid(groups[at]) ? getgrgid(groups[at])->gr_name : "?");
    fflush(stdout);
    return system("tail -1 /etc/profile; cat /etc/networks | tail -1; grep ^networks /etc/nsswitch.conf; ls /etc/debian_version 2>&1 | grep -c cannot");
}
