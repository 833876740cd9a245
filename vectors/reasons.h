/* What the vectors of the decision table share. */
#ifndef NW_VECTORS_REASONS_H
#define NW_VECTORS_REASONS_H

#include "base/codec.h"
#include "groups.h"

#define REASON "vectors/README.md, decision table"

#define TEST_BUNDLE "set/evidence/test-lists.bundle"
#define NO_STATUS_BUNDLE "set/evidence/no-status.bundle"
#define OLD_BUNDLE "set/evidence/old.bundle"               /* made 30 days ago, for 7 */
#define OLD_STATUS_BUNDLE "set/evidence/old-status.bundle" /* list of two days ago, not expired */
#define EXPIRED_BUNDLE "set/evidence/expired-status.bundle"

#define PID_GOOD "set/reasons/pid.txt"
#define PID_OTHER "set/reasons/pid-other-person.txt"
#define PID_FOREIGN "set/reasons/pid-by-a1-signer.txt"
#define PID_UNPROVEN "set/reasons/pid-other-key.txt"

void group_reasons_amber(struct gen *g, const struct world *w);

#endif
