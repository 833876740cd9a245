/* One function a group of rules; each writes its inputs and manifest entries. */
#ifndef NW_VECTORS_GROUPS_H
#define NW_VECTORS_GROUPS_H

#include "world.h"

/* Files that the groups share, below set/evidence/. */
#define GOOD_BUNDLE "set/evidence/good.bundle"
#define POLICY "set/evidence/policy.json"
#define POLICY_BINDING "set/evidence/policy-binding.json"     /* asks for a proof of possession */
#define POLICY_MARK "set/evidence/policy-mark.json"           /* test lists count, and are marked */
#define POLICY_LEGACY "set/evidence/policy-legacy.json"       /* takes vc+sd-jwt as well */
#define POLICY_SIGNATURE "set/evidence/policy-signature.json" /* no MAC of a device */
#define POLICY_IACA "set/evidence/policy-iaca.json"           /* mdocs below IACA roots */
#define POLICY_TYPES "set/evidence/policy-types.json"         /* an EHIC or a PID is asked for */
#define POLICY_QUALIFIED                                                                           \
    "set/evidence/policy-qualified.json" /* decides by the qualified certificate */
#define POLICY_BOTH                                                                                \
    "set/evidence/policy-both.json" /* by the list and the qualified certificate                   \
                                     */
#define PERSON_PL "Zieliński, Marek Paweł, 1990-04-17"
#define NONCE "vectors-nonce-7d1c2a44"
#define AUDIENCE "x509_hash:vectors"

void group_evidence(struct gen *g, const struct world *w);
void group_a11(struct gen *g, const struct world *w);
void group_a1(struct gen *g, const struct world *w);
void group_types(struct gen *g, const struct world *w);
void group_rules(struct gen *g, const struct world *w);
void group_reasons(struct gen *g, const struct world *w);
void group_lote(struct gen *g, const struct world *w);
void group_lote_content(struct gen *g, const struct world *w);
void group_bundle(struct gen *g, const struct world *w);
void group_tl(struct gen *g, const struct world *w);
void group_vical(struct gen *g, const struct world *w);
void group_records(struct gen *g, const struct world *w);
void group_sdjwt(struct gen *g, const struct world *w);
void group_kb(struct gen *g, const struct world *w);
void group_vc(struct gen *g, const struct world *w);
void group_status(struct gen *g, const struct world *w);
void group_mso(struct gen *g, const struct world *w);
void group_dev(struct gen *g, const struct world *w);
void group_x509(struct gen *g, const struct world *w);
void group_qualified(struct gen *g, const struct world *w);

/* Writes set/evidence/NAME.bundle and NAME.json, which says the same with plain files: anchors,
 * list tokens, type metadata. Entries that name this bundle name that file as `evidence`. */
void evidence_bundle(struct gen *g, const struct world *w, const struct world_bundle *how,
                     const char *name);

#endif
