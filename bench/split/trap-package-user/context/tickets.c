/* Draws a ticket and puts it into the queue. */
#include <stdio.h>
#include <uuid/uuid.h>
int main(void)
{
    uuid_t ticket;
    char text[37], path[60];
    uuid_generate_time_safe(ticket);
    uuid_unparse(ticket, text);
    snprintf(path, sizeof path, "queue/%s", text);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror("queue");
        return 1;
    }
    printf("version %d\n", uuid_type(ticket));
    return fclose(file);
}
