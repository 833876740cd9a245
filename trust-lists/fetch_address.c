/*
 * The special-purpose registries of IANA (RFC 6890), as far as they are not
 * globally reachable. IPv6 is told the other way round: 2000::/3 is what is
 * given out, everything else is not public.
 */
#include "fetch_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

struct net4 {
    uint32_t net;
    unsigned bits;
    enum fetch_scope scope;
};

static const struct net4 nets4[] = {
    {0x00000000, 8, FETCH_NEVER},    /* 0.0.0.0/8: this host */
    {0x0a000000, 8, FETCH_PRIVATE},  /* 10.0.0.0/8 */
    {0x64400000, 10, FETCH_PRIVATE}, /* 100.64.0.0/10: shared by carriers */
    {0x7f000000, 8, FETCH_PRIVATE},  /* 127.0.0.0/8: loopback */
    {0xa9fe0000, 16, FETCH_NEVER},   /* 169.254.0.0/16: link-local */
    {0xac100000, 12, FETCH_PRIVATE}, /* 172.16.0.0/12 */
    {0xc0000000, 24, FETCH_NEVER},   /* 192.0.0.0/24: protocol assignments */
    {0xc0000200, 24, FETCH_NEVER},   /* 192.0.2.0/24: documentation */
    {0xc0586300, 24, FETCH_NEVER},   /* 192.88.99.0/24: 6to4 relays */
    {0xc0a80000, 16, FETCH_PRIVATE}, /* 192.168.0.0/16 */
    {0xc6120000, 15, FETCH_NEVER},   /* 198.18.0.0/15: benchmarks */
    {0xc6336400, 24, FETCH_NEVER},   /* 198.51.100.0/24: documentation */
    {0xcb007100, 24, FETCH_NEVER},   /* 203.0.113.0/24: documentation */
    {0xe0000000, 3, FETCH_NEVER},    /* 224.0.0.0/3: multicast, reserved, broadcast */
};

struct net6 {
    uint8_t net[4];
    unsigned bits;
};

/* Inside 2000::/3: Teredo, ORCHID and other assignments, documentation, 6to4. */
static const struct net6 holes6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x20, 0x02, 0x00, 0x00}, 16},
    {{0x3f, 0xff, 0x00, 0x00}, 20},
};

static enum fetch_scope scope4(uint32_t address)
{
    for (size_t i = 0; i < sizeof nets4 / sizeof nets4[0]; i++) {
        if (((address ^ nets4[i].net) >> (32 - nets4[i].bits)) == 0) {
            return nets4[i].scope;
        }
    }
    return FETCH_PUBLIC;
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum fetch_scope scope6(const uint8_t a[16])
{
    static const uint8_t loopback[16] = {[15] = 1};
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(a, loopback, sizeof loopback) == 0) {
        return FETCH_PRIVATE;
    }
    /* RFC 4291 2.5.5.2 and RFC 6052: the IPv4 address inside is the one that is reached. */
    if (memcmp(a, mapped, sizeof mapped) == 0 || memcmp(a, nat64, sizeof nat64) == 0) {
        return scope4(big_endian(a + 12));
    }
    if ((a[0] & 0xfe) == 0xfc) {
        return FETCH_PRIVATE; /* fc00::/7: unique local */
    }
    if ((a[0] & 0xe0) != 0x20) {
        return FETCH_NEVER;
    }
    for (size_t i = 0; i < sizeof holes6 / sizeof holes6[0]; i++) {
        if (((big_endian(a) ^ big_endian(holes6[i].net)) >> (32 - holes6[i].bits)) == 0) {
            return FETCH_NEVER;
        }
    }
    return FETCH_PUBLIC;
}

enum fetch_scope fetch_address_scope(const struct sockaddr *a, size_t length)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (a->sa_family == AF_INET && length >= sizeof v4) {
        memcpy(&v4, a, sizeof v4);
        return scope4(ntohl(v4.sin_addr.s_addr));
    }
    if (a->sa_family == AF_INET6 && length >= sizeof v6) {
        memcpy(&v6, a, sizeof v6);
        return scope6(v6.sin6_addr.s6_addr);
    }
    return FETCH_NEVER;
}

void fetch_address_text(const struct sockaddr *a, size_t length, char out[FETCH_ADDRESS_TEXT])
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    const char *text = NULL;
    if (a->sa_family == AF_INET && length >= sizeof v4) {
        memcpy(&v4, a, sizeof v4);
        text = inet_ntop(AF_INET, &v4.sin_addr, out, FETCH_ADDRESS_TEXT);
    } else if (a->sa_family == AF_INET6 && length >= sizeof v6) {
        memcpy(&v6, a, sizeof v6);
        text = inet_ntop(AF_INET6, &v6.sin6_addr, out, FETCH_ADDRESS_TEXT);
    }
    if (text == NULL) {
        (void)snprintf(out, FETCH_ADDRESS_TEXT, "an address of another kind");
    }
}
