/*
 * One run of `nachweis-trust bundle`: what was collected, checked and kept.
 *
 * Lists come first. From them alone a first bundle is made and opened, in
 * memory, and everything else is asked of that one with the same functions
 * that a verifier uses: whether a signer leads to an anchor, whether a status
 * list is signed by someone entitled. So nothing gets into a bundle that its
 * reader would not have accepted.
 */
#ifndef NW_TRUST_LISTS_JOB_H
#define NW_TRUST_LISTS_JOB_H

#include "config.h"
#include "state.h"
#include "tsl_lotl.h"

struct tl_cache; /* cache.h */

struct vical;

struct tl_token_owner { /* beside each token: who signed it, and how new it is */
    int64_t iat;
    char anchor[65];
};

struct tl_job {
    struct nw_crypto *c;
    const struct tl_config *config;
    struct tl_state *state;
    int64_t now;
    struct tl_cache *cache;
    struct tl_kept kept;
    struct lote **lists;
    size_t list_n;
    struct tsl **xml; /* lists in XML, without their trees */
    size_t xml_n;
    struct vical **vicals;
    size_t vical_n;
    struct nw_bundle_source *sources;
    size_t source_n;
    struct nw_bundle_entity *entities;
    size_t entity_n;
    struct nw_bundle_service *services;
    size_t service_n;
    struct nw_bundle_signer *signers;
    size_t signer_n;
    struct nw_bundle_token *tokens;
    struct tl_token_owner *owners;
    size_t token_n;
    struct nw_bundle_body *bodies;
    size_t body_n;
    struct nw_bundle_vctm_item *vctm;
    size_t vctm_n;
    struct nw_slice *sets;
    size_t set_n;
    struct nw_bundle_other_ca *others;
    size_t other_n;
    struct nw_json *registry;
    struct nw_bundle_note *notes;
    size_t note_n;
    enum nw_err note_err; /* a note found no memory */
    bool test;
    struct nw_bundle *trust; /* the lists alone, opened */
    size_t refused;
};

/* Each prints a line for what it took or refused. An error is our own trouble or the
 * configuration's; what is refused only counts in refused. */
NW_MUST_USE enum nw_err tl_job_sources(struct tl_job *j, struct nw_diag *d);
NW_MUST_USE enum nw_err tl_job_signers(struct tl_job *j, struct nw_diag *d);
NW_MUST_USE enum nw_err tl_job_tokens(struct tl_job *j, struct nw_diag *d);
NW_MUST_USE enum nw_err tl_job_bodies(struct tl_job *j, struct nw_diag *d);
NW_MUST_USE enum nw_err tl_job_vctm(struct tl_job *j, struct nw_diag *d);
/* Pinned certificates of a source, appended to *pins (nw_free()): a mistake in them is the
 * configuration's. */
NW_MUST_USE enum nw_err tl_job_pins(struct tl_job *j, const struct nw_json *names,
                                    struct nw_slice **pins, size_t *n, struct nw_diag *d);
/* Sources of kind vical and iaca: IACA roots. */
NW_MUST_USE enum nw_err tl_job_vical(struct tl_job *j, const struct nw_json *source,
                                     struct nw_diag *d);
NW_MUST_USE enum nw_err tl_job_iaca(struct tl_job *j, const struct nw_json *source,
                                    struct nw_diag *d);
/* A source of kind lotl: the list of lists and the national lists below it. An error that is about
 * the list of lists refuses the source. */
NW_MUST_USE enum nw_err tl_job_lotl(struct tl_job *j, const struct nw_json *source,
                                    struct nw_diag *d);
/* The services of a national list, and the list itself as a source. */
NW_MUST_USE enum nw_err tl_job_national(struct tl_job *j, const char *name, struct tsl *l,
                                        bool test);
/* The number of a set of qualifications among those of the job, plus 1; 0 for the empty one. */
NW_MUST_USE enum nw_err tl_job_set(struct tl_job *j, struct nw_slice set, uint64_t *out);
/* Numbers the sets in the order in which the services name them and drops the others: what the
 * bundle says does not depend on how the lists were come by. */
NW_MUST_USE enum nw_err tl_job_number_sets(struct tl_job *j);
/* A list as a source, and as the edition that was accepted last. The name is copied. */
NW_MUST_USE enum nw_err tl_job_add_source(struct tl_job *j, const struct nw_bundle_source *source,
                                          int64_t signed_at);
NW_MUST_USE enum nw_err tl_job_add_xml(struct tl_job *j, const char *name, const struct tsl *l,
                                       bool test);
void tl_job_free(struct tl_job *j);

/* Prints only. */
void tl_taken(const char *what, const char *fmt, ...) NW_PRINTF(2, 3);
/* These print and go into the bundle; what is refused is counted. */
void tl_note(struct tl_job *j, enum nw_note_kind kind, const char *what, const char *name,
             const char *fmt, ...) NW_PRINTF(5, 6);
void tl_refused(struct tl_job *j, const char *what, const char *name, const struct nw_diag *d);
void tl_list_read(struct tl_job *j, const char *name, bool unchanged, uint64_t number,
                  const char *fmt, ...) NW_PRINTF(5, 6);
void tl_list_notes(struct tl_job *j, const char *name, const struct lote_note *notes, size_t n);
/* A list; with the territory it claims to be of ("EU": the list of lists, "": none), for the report
 * of whoever misses it. */
void tl_refused_list(struct tl_job *j, const char *name, const char *territory,
                     const struct nw_diag *d);

#endif
