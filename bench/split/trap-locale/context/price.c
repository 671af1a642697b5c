#include <locale.h>
#include <stdio.h>

int main(void)
{
    setlocale(LC_ALL, "");
    printf("%.2f\n", 1234.5);
    return 0;
}
