#include <stdio.h>

int main(void)
{
    (void)fprintf(stderr, "nachweis-issuer  has no commands yet\n");
    return 64;
}
