#define _GNU_SOURCE /* dl_iterate_phdr */
#include <elf.h>
#include <link.h>
#include <string.h>

#include "cache.h"

struct ids {
    struct nw_buf all;
    bool missing;
};

/* The description of the note NT_GNU_BUILD_ID in one segment of notes; empty if it is not there. */
static struct nw_slice build_id(const uint8_t *p, size_t n, size_t align)
{
    while (n >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head;
        memcpy(&head, p, sizeof head);
        size_t name = (head.n_namesz + align - 1) / align * align;
        size_t room = n - sizeof head;
        if (name > room || head.n_descsz > room - name) {
            break;
        }
        const uint8_t *text = p + sizeof head;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && memcmp(text, "GNU", 4) == 0) {
            return nw_slice(text + name, head.n_descsz);
        }
        size_t whole = sizeof head + name + (head.n_descsz + align - 1) / align * align;
        if (whole > n) {
            break;
        }
        p += whole;
        n -= whole;
    }
    return NW_SLICE_EMPTY;
}

static int one_object(struct dl_phdr_info *info, size_t size, void *ctx)
{
    struct ids *ids = ctx;
    struct nw_slice id = NW_SLICE_EMPTY;
    (void)size;
    for (size_t i = 0; id.n == 0 && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if (h->p_type == PT_NOTE) {
            uintptr_t at = info->dlpi_addr + h->p_vaddr; /* it is an address of this process */
            id = build_id((const uint8_t *)at, h->p_memsz, h->p_align == 8 ? 8 : 4);
        }
    }
    ids->missing = ids->missing || id.n == 0;
    nw_buf_putc(&ids->all, (uint8_t)id.n);
    nw_buf_put(&ids->all, id);
    return 0;
}

enum nw_err tl_program_digest(struct nw_crypto *c, uint8_t out[NW_SHA256_BYTES], bool *known)
{
    struct ids ids = {.all = NW_BUF(1u << 16)};
    (void)dl_iterate_phdr(one_object, &ids);
    enum nw_err e = nw_buf_err(&ids.all);
    *known = e == NW_OK && !ids.missing && ids.all.n > 0;
    if (*known) {
        e = nw_sha256(c, nw_buf_slice(&ids.all), out);
    }
    nw_buf_free(&ids.all);
    return e;
}
