/*
 * What the last run read from its lists, so that a list that has not changed
 * is neither parsed nor verified again.
 *
 * An entry is one reading of one list that was accepted. It is used only when
 * a new reading would say the same:
 *
 *   - its key is right: the SHA-256 of all that the reading depended on, which
 *     is the bytes of the list, the certificates that may sign it, the options
 *     of its source, and the build ids of this program and of every library it
 *     has loaded;
 *   - the clock stands between the reading and the first date at which the
 *     list would be judged otherwise (its next update, the end of its signer);
 *   - the state file has seen no other edition.
 *
 * So times and numbers are judged in every run, and whatever is not plainly
 * the same is read from the list itself. A list that was refused is not kept,
 * nor one that had lapsed. With or without the file, a run writes the same
 * bundle.
 *
 * The file, STATE.cache, stands beside the state file and is signed with the key of the
 * bundle. Who can write into that folder can take the file away or spoil it:
 * then the lists are read, and the run says so. He can put back an older one:
 * its entries still fit only the same lists, signers and program. He cannot
 * make up an entry; who has the key for that can sign a bundle outright. (He
 * can also take away the state file, which loses the memory of numbers; that
 * is so without this file too.) There is nothing in it that is not in bundles
 * and public lists.
 *
 * In its form it is a bundle with lists only, under a type of its own, so that
 * no verifier takes it for one. What belongs to the entries stands where a
 * bundle has type metadata, under the name of the source.
 */
#ifndef NW_TRUST_LISTS_CACHE_H
#define NW_TRUST_LISTS_CACHE_H

#include "job.h"

#define TL_CACHE_TYP "application/nachweis-trust-cache+cose"

/* Opens the file beside the state file, if it is there and can be used. A run without it is only
 * slower. */
NW_MUST_USE enum nw_err tl_cache_open(struct tl_job *j, struct nw_signer *s,
                                      const char *state_path);
/* The entries of this run, if they are not those of the file. That it cannot be written is said and
 * no reason to stop. */
NW_MUST_USE enum nw_err tl_cache_write(struct tl_job *j, struct nw_signer *s);
void tl_cache_free(struct tl_cache **cache);

/* The key of a reading; parts begin with the kind of list, and name all it depends on but the
 * program. */
NW_MUST_USE enum nw_err tl_cache_key(const struct tl_job *j, const struct nw_slice *parts, size_t n,
                                     uint8_t key[NW_SHA256_BYTES]);
/* The source below `lotl` ("eu/") that this list was the last time; NULL if it is new. */
const char *tl_cache_name(const struct tl_job *j, const char *lotl, struct nw_slice list,
                          char room[80]);

/* If the reading is kept and still good, adds it to the job as the list itself would have, and sets
 * *used. lotl: the pointers of a list of lists, to be freed with tsl_free(); or NULL. */
NW_MUST_USE enum nw_err tl_cache_use(struct tl_job *j, const char *name,
                                     const uint8_t key[NW_SHA256_BYTES], bool test,
                                     struct tsl **lotl, bool *used);

/* Where the job stood before a list. */
struct tl_mark {
    size_t source, entity, service;
};
struct tl_mark tl_cache_mark(const struct tl_job *j);
/* Keeps what the job has got since the mark. until: the last second at which the list would be
 * judged the same. seen: the edition known before, or NULL. */
NW_MUST_USE enum nw_err tl_cache_add(struct tl_job *j, const struct tl_mark *mark,
                                     const uint8_t key[NW_SHA256_BYTES], int64_t signed_at,
                                     int64_t until, const struct lote_seen *seen,
                                     const struct tsl *lotl);

/* SHA-256 over the build ids of the program and its libraries; false if one of them has none. */
NW_MUST_USE enum nw_err tl_program_digest(struct nw_crypto *c, uint8_t out[NW_SHA256_BYTES],
                                          bool *known);

#endif
