#include <stdio.h>

int main(void)
{
    (void)fprintf(stderr, "nachweis-trust has no commands yet\n");
    return 64;
}
