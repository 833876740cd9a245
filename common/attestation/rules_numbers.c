/* Rules about numbers and lengths: V16 V17 V18 V19. */
#include "attestation/rules_internal.h"
#include "base/unicode.h"

#include <stdio.h>
#include <string.h>

#define PIN "subject.pin"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Area, day of birth, initial, serial number, check digit. */
static bool german_form(const char *s)
{
    if (strlen(s) != 12 || s[8] < 'A' || s[8] > 'Z') {
        return false;
    }
    for (size_t i = 0; i < 12; i++) {
        if (i != 8 && !is_digit(s[i])) {
            return false;
        }
    }
    return true;
}

/* Last digit of the sum of the digit sums of digits times 2 1 2 5 7 1 2 1 2 1 2 1, the letter
 * written as two digits (V16). */
static char german_check_digit(const char *s)
{
    static const int factor[12] = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
    int digit[12], letter = s[8] - 'A' + 1, sum = 0;
    for (size_t i = 0; i < 8; i++) {
        digit[i] = s[i] - '0';
    }
    digit[8] = letter / 10;
    digit[9] = letter % 10;
    digit[10] = s[9] - '0';
    digit[11] = s[10] - '0';
    for (size_t i = 0; i < 12; i++) {
        int product = digit[i] * factor[i];
        sum += product / 10 + product % 10;
    }
    return (char)('0' + sum % 10);
}

static bool birth_date_agrees(const struct rule_run *r, const char *pin)
{
    char six[7];
    const char *birth = nw_json_text(nw_json_path(r->record, "subject.dateOfBirth"));
    if (birth == NULL || strlen(birth) != 10) {
        return true;
    }
    memcpy(six, birth + 8, 2);
    memcpy(six + 2, birth + 5, 2);
    memcpy(six + 4, birth + 2, 2);
    return memcmp(six, pin + 2, 6) == 0;
}

static bool gender_agrees(const struct rule_run *r, const char *pin)
{
    const struct nw_json *gender = nw_json_path(r->record, "subject.gender");
    int serial = (pin[9] - '0') * 10 + (pin[10] - '0');
    return !(nw_json_is_text(gender, "1") && serial >= 50) &&
           !(nw_json_is_text(gender, "2") && serial < 50);
}

/* Initial of the name at birth, as a plain letter. */
static bool initial_agrees(const struct rule_run *r, const char *pin)
{
    const char *name = nw_json_text(nw_json_path(r->record, "subject.names.surnameAtBirth"));
    if (name == NULL) {
        name = nw_json_text(nw_json_path(r->record, "subject.names.surnames"));
    }
    struct nw_buf folded = NW_BUF(4096);
    bool agrees = true;
    if (name != NULL && nw_text_fold(nw_str(name), &folded) == NW_OK && folded.n > 0 &&
        folded.p[0] >= 'a' && folded.p[0] <= 'z') {
        agrees = folded.p[0] - 'a' == pin[8] - 'A';
    }
    nw_buf_free(&folded);
    return agrees;
}

static void german_number(struct rule_run *r, const char *pin)
{
    if (!german_form(pin)) {
        rule_break(r, "V16", PIN, "a German number has eight digits, a letter, three digits");
        return;
    }
    if (german_check_digit(pin) != pin[11]) {
        rule_break(r, "V16", PIN, "the check digit would be %c", german_check_digit(pin));
    }
    if (!birth_date_agrees(r, pin)) {
        rule_break(r, "V16", PIN, "the birth date inside is another one");
    }
    if (!gender_agrees(r, pin)) {
        rule_break(r, "V16", PIN, "the serial number belongs to another gender");
    }
    if (!initial_agrees(r, pin)) {
        rule_break(r, "V16", PIN, "the letter is not the initial of the name at birth");
    }
}

static bool trimmed(const char *s)
{
    size_t n = strlen(s);
    return n == 0 || (s[0] != ' ' && s[n - 1] != ' ');
}

static void v16_v17(struct rule_run *r)
{
    const char *pin = nw_json_text(nw_json_path(r->record, PIN));
    int64_t min = 0, max = 0;
    if (pin == NULL) {
        rule_skip(r, "V16", "the number is not shown");
        rule_skip(r, "V17", "the number is not shown");
        return;
    }
    const struct nw_rule_row *row = rule_row(r, "V16");
    if (!nw_rule_value(row, "min", &min) || !nw_rule_value(row, "max", &max)) {
        return;
    }
    int64_t n = (int64_t)nw_text_length(nw_str(pin));
    if (n < min || n > max || !trimmed(pin) || !nw_text_is_clean(nw_str(pin))) {
        rule_break(r, "V16", PIN, "%lld to %lld characters without blanks around them",
                   (long long)min, (long long)max);
    }
    if (r->state != NULL && strcmp(r->state, "DE") == 0) {
        german_number(r, pin);
    }
    rule_skip(r, "V17", "formats of other states are not checked");
    rule_pass(r, "V16");
}

static bool plain_number(const char *s)
{
    for (; *s != '\0'; s++) {
        if (!is_digit(*s) && !(*s >= 'A' && *s <= 'Z') && !(*s >= 'a' && *s <= 'z') && *s != '-') {
            return false;
        }
    }
    return true;
}

static void v18(struct rule_run *r)
{
    const char *path = nw_type_field(r->t, NW_FIELD_NUMBER);
    const char *s = nw_type_value(r->t, NW_FIELD_NUMBER, r->record);
    int64_t min = 0, max = 0, max_others = 0;
    if (s == NULL) {
        rule_skip(r, "V18", "the document number is not shown");
        return;
    }
    const struct nw_rule_row *row = rule_row(r, "V18");
    if (!nw_rule_value(row, "min", &min) || !nw_rule_value(row, "max", &max) ||
        !nw_rule_value(row, "max_others", &max_others)) {
        return;
    }
    int64_t n = (int64_t)nw_text_length(nw_str(s));
    if (r->ctx->own_issuing && (n < min || n > max || !plain_number(s))) {
        rule_break(r, "V18", path, "%lld to %lld letters, digits and hyphens", (long long)min,
                   (long long)max);
    } else if (!r->ctx->own_issuing && (n < 1 || n > max_others || !nw_text_is_clean(nw_str(s)))) {
        rule_break(r, "V18", path, "at most %lld printable characters", (long long)max_others);
    }
    rule_pass(r, "V18");
}

static void too_long(struct rule_run *r, const struct nw_json *v, int64_t profile, int64_t mdoc,
                     const char *path)
{
    const char *s = nw_json_text(v);
    if (s == NULL) {
        return;
    }
    int64_t n = (int64_t)nw_text_length(nw_str(s));
    if (n > mdoc) {
        rule_break(r, "V19", path, "more than %lld characters do not fit an mdoc", (long long)mdoc);
    } else if (n > profile || n == 0) {
        rule_break(r, "V19", path, "the profile dc4eu takes 1 to %lld characters",
                   (long long)profile);
    }
}

static void v19(struct rule_run *r)
{
    int64_t id = 0, name = 0, mdoc = 0;
    const struct nw_json *institution = nw_json_get(r->record, "competentInstitution");
    char path[NW_TYPE_PATH];
    if (r->employers == NULL && institution == NULL) {
        rule_skip(r, "V19", "employers and institution are not shown");
        return;
    }
    const struct nw_rule_row *row = rule_row(r, "V19");
    if (!nw_rule_value(row, "id", &id) || !nw_rule_value(row, "name", &name) ||
        !nw_rule_value(row, "mdoc", &mdoc)) {
        return;
    }
    size_t i = 0;
    for (const struct nw_json *c = nw_json_first(r->employers); c != NULL; c = nw_json_next(c)) {
        (void)snprintf(path, sizeof path, "employmentSituations[%zu].employerID", i);
        too_long(r, nw_json_get(c, "employerID"), id, mdoc, path);
        (void)snprintf(path, sizeof path, "employmentSituations[%zu].name", i++);
        too_long(r, nw_json_get(c, "name"), name, mdoc, path);
    }
    too_long(r, nw_json_get(institution, "institutionID"), id, mdoc,
             "competentInstitution.institutionID");
    too_long(r, nw_json_get(institution, "institutionName"), name, mdoc,
             "competentInstitution.institutionName");
    rule_pass(r, "V19");
}

const struct rule_job rules_of_numbers[RULES_OF_NUMBERS] = {
    {"V16", v16_v17},
    {"V18", v18},
    {"V19", v19},
};
