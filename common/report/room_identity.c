/* Identity: does the A1 name the person in front of the officer? Against an ID document typed in,
 * or a PID that is verified first, under its own roles and with its own checks. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/internal.h"

static bool identity_has_name(const struct nw_person *p)
{
    return p->surnames[0] != '\0' && p->birth_date[0] != '\0';
}

/* Takes the stricter of two comparisons. */
static void identity_take(struct nw_report *r, enum nw_match m, enum nw_id_source source)
{
    if (r->id_source == NW_ID_NONE || m < r->match || r->match == NW_MATCH_NONE) {
        r->match = m;
        r->id_source = source;
    }
}

static void identity_refuse(struct nw_case *k, const struct nw_case *pid)
{
    const struct nw_check *bad = nw_check_first_failure(pid->checks);
    const char *first = nw_report_decisive(pid->r);
    (void)snprintf(k->r->pid_refusal, sizeof k->r->pid_refusal, "%s%s%.200s",
                   bad != NULL ? bad->id : first, bad != NULL ? ": " : "",
                   bad != NULL ? bad->detail : "");
}

/* Amber is no proof of identity: an old list, a provider that has lost its entitlement since. A
 * test list is amber of its own kind and colours the whole check. */
static bool identity_clean(const struct nw_case *pid)
{
    const struct nw_reasons *r = &pid->r->reasons;
    for (size_t i = 0; i < r->n; i++) {
        if (r->v[i].reason->colour != NW_NOTE && strcmp(r->v[i].reason->code, "A14") != 0) {
            return false;
        }
    }
    return true;
}

static void identity_test(struct nw_case *k, const struct nw_case *pid)
{
    if (pid->r->test) {
        k->r->test = true;
        if (k->job->policy->test_lists == NW_TEST_MARK) {
            nw_case_reason(k, "A14", "PID von einer Testliste", "PID of a test list");
        }
    }
}

/* A PID counts when it is genuine, of a PID provider, current, not withdrawn as of fresh data, and
 * presented to this request by the holder of its key. */
static enum nw_err identity_pid(struct nw_case *k, struct nw_person *person)
{
    struct nw_case *pid = NULL;
    struct nw_policy policy = *k->job->policy;
    struct nw_verify_job job = {
        .input = k->job->pid,
        .types = k->job->types,
        .bundle = k->job->bundle,
        .policy = &policy,
        .at = k->job->at,
        .nonce = k->job->nonce,
        .audience = k->job->audience,
        .transcript = k->job->transcript,
        .reader_key = k->job->reader_key,
    };
    memset(policy.types, 0, sizeof policy.types);
    policy.types[0] = "pid";
    policy.require_binding = true;
    enum nw_err e = nw_case_new(k->c, &job, &pid);
    if (e == NW_OK) {
        e = nw_case_authenticate(pid);
    }
    if (e == NW_OK && pid->r->has_issuer && !nw_case_stopped(pid) && pid->status.present) {
        e = nw_room_status(pid);
    }
    if (e == NW_OK) {
        nw_room_document(pid);
        nw_reasons_from_checks(pid);
        k->r->pid_accepted = identity_clean(pid) && pid->r->has_issuer && pid->r->proven;
        if (k->r->pid_accepted) {
            identity_test(k, pid);
            bool mdoc = pid->r->form == NW_FORM_MDOC;
            nw_person_from_pid(mdoc ? pid->r->claims : pid->sdjwt.payload, person);
        } else {
            identity_refuse(k, pid);
        }
    }
    nw_case_free(&pid);
    return e;
}

static void identity_reasons(struct nw_case *k, const struct nw_person *subject)
{
    struct nw_report *r = k->r;
    bool named = identity_has_name(subject);
    bool two_proofs = r->pid_accepted && r->proven;
    if (!named && (r->profile == NW_PROFILE_DC4EU || r->profile == NW_PROFILE_DC4EU_PILOT)) {
        /* a1-domain 1.1: these carry no name; both credentials proven to one request stand in for
         * it */
        if (!two_proofs) {
            nw_case_reason(k, "A12", NULL, NULL);
        }
        return;
    }
    if (!named) {
        nw_case_reason(k, "A11", "Name und Geburtsdatum", "name and date of birth");
        return;
    }
    switch (r->match) {
    case NW_MATCH_EXACT:
        break;
    case NW_MATCH_PROBABLE:
        nw_case_reason(k, "A13", NULL, NULL);
        break;
    case NW_MATCH_DIFFERENT:
        nw_case_reason(k, "R07", NULL, NULL);
        break;
    case NW_MATCH_NONE:
    default:
        nw_case_reason(k, "A02", NULL, NULL);
        break;
    }
}

/* A03: nobody proved to hold the key. An exact comparison with an ID document stands in for it. */
static void identity_possession(struct nw_case *k)
{
    const struct nw_report *r = k->r;
    if (r->proven || (r->id_source != NW_ID_NONE && r->match == NW_MATCH_EXACT)) {
        return;
    }
    if (k->kb_given) {
        nw_case_reason(k, "A03", "ohne Anfrage dieser Prüfung",
                       "it answers no request of this check");
    } else {
        nw_case_reason(k, "A03", NULL, NULL);
    }
}

/* A PID is about whom it names; a card names nobody but a person who is represented. */
void nw_room_other_identity(struct nw_case *k)
{
    struct nw_person subject;
    memset(&subject, 0, sizeof subject);
    if (strcmp(nw_type_name(k->r->type), "pid") == 0 && k->job->pid.n == 0) {
        nw_person_from_pid(k->r->claims, &subject);
        if (k->job->person != NULL) {
            identity_take(k->r, nw_person_compare(&subject, k->job->person), NW_ID_DOCUMENT);
            identity_reasons(k, &subject);
        }
        if (!k->r->proven) { /* whoever copied it knows what it says */
            nw_case_reason(k, "A03", NULL, NULL);
        }
    } else if (k->job->person != NULL || k->job->pid.n > 0) {
        nw_case_reason(k, "A02", "bei dieser Art von Nachweis wird sie nicht verglichen",
                       "it is not compared for this type of document");
    }
}

enum nw_err nw_room_identity(struct nw_case *k)
{
    struct nw_person subject, person;
    memset(&subject, 0, sizeof subject);
    memset(&person, 0, sizeof person);
    nw_person_from_record(k->r->claims, &subject);
    if (k->job->pid.n > 0) {
        enum nw_err e = identity_pid(k, &person);
        if (e != NW_OK) {
            return e;
        }
        if (k->r->pid_accepted) {
            identity_take(k->r, nw_person_compare(&subject, &person), NW_ID_PID);
        } else {
            nw_case_reason(k, "A02", "die PID ist nicht bestätigt",
                           "the person identification data are not confirmed");
        }
    }
    if (k->job->person != NULL) {
        identity_take(k->r, nw_person_compare(&subject, k->job->person), NW_ID_DOCUMENT);
    }
    identity_reasons(k, &subject);
    identity_possession(k);
    return NW_OK;
}
