/*
 * From the Official Journal to a list of lists (TS 119 615 4.1.4), and from
 * there to the signers of each national list (4.2.4).
 *
 * The way is walked from the Journal forward: the certificates published there
 * sign the oldest pivot, each pivot names the signers of the next one, the
 * last pivot those of the list. So nothing is read before its signer was named
 * by something that was. Which pivots there are and in which order is said by
 * the list of lists itself; none may be left out.
 *
 * A pivot is the list of lists of an earlier day. It is current in no sense but
 * this, so its end does not matter.
 */
#ifndef NW_TRUST_LISTS_TSL_LOTL_H
#define NW_TRUST_LISTS_TSL_LOTL_H

#include "tsl.h"

struct tsl_pivot_file {
    const char *name; /* as the last part of its address, or anything: then its number counts */
    struct nw_slice file;
};

struct tsl_way {
    const char *journal;         /* the address of the publication, as in SchemeInformationURI */
    const struct nw_slice *pins; /* its certificates */
    size_t pin_n;
    const struct tsl_pivot_file *pivots; /* in any order, others among them */
    size_t pivot_n;
};

/* Opens the list of lists `file` at the end of the way; policy says the rest (its pins and kind are
 * not used). TSL_PIVOT, with the pivot in d, or the codes of tsl_open(). checks are those of the
 * file that was refused, or of the list of lists. */
NW_MUST_USE enum nw_err tsl_lotl_open(struct nw_crypto *c, struct nw_slice file,
                                      const struct tsl_way *way, const struct tsl_policy *policy,
                                      struct tsl **out, struct nw_checks *checks,
                                      struct nw_diag *d);

/* Sets kind, territory and pins of policy to what an accepted list of lists says about the list of
 * a territory; the pins are borrowed from it. TSL_POINTER when it names none, or two. */
NW_MUST_USE enum nw_err tsl_lotl_names(const struct tsl *lotl, const char *territory,
                                       struct tsl_policy *policy, struct nw_diag *d);

#endif
