#include "tenant.h"

#include <stdio.h>
#include <string.h>

#include "base/unicode.h"

const char nw_tenant_default[] =
    "{\n"
    "  \"id\": \"DE:DRVTEST01\",\n"
    "  \"name\": \"Deutsche Rentenversicherung Bund (Testdaten)\",\n"
    "  \"country\": \"DE\",\n"
    "  \"address\": {\"streetAndNumber\": \"Ruhrstraße 2\", \"postcode\": \"10709\",\n"
    "              \"town\": \"Berlin\", \"countryCode\": \"DE\"},\n"
    "  \"phone\": \"+49300000000\",\n"
    "  \"email\": \"a1-test@example.org\"\n"
    "}\n";

static const struct {
    const char *name, *target;
} contact_members[] = {
    {"fax", "officeFaxNumber"}, {"phone", "officePhoneNumber"}, {"email", "email"}};
#define CONTACT_MEMBERS (sizeof contact_members / sizeof contact_members[0])

static enum nw_err known_members(const struct nw_json *object, const char *const *names,
                                 const char *path, struct nw_diag *d)
{
    if (nw_json_kind(object) != NW_JSON_OBJECT) {
        return nw_fail_at(d, NW_ERR_JSON_TYPE, path, "wanted an object");
    }
    for (const struct nw_json *m = nw_json_first(object); m != NULL; m = nw_json_next(m)) {
        const char *const *n = names;
        while (*n != NULL && strcmp(*n, nw_json_name(m)) != 0) {
            n++;
        }
        if (*n == NULL) {
            return nw_fail_at(d, NW_ERR_CONFIG, nw_json_name(m), "unknown member");
        }
        if (nw_json_kind(m) != NW_JSON_STRING && strcmp(*n, "address") != 0) {
            return nw_fail_at(d, NW_ERR_JSON_TYPE, nw_json_name(m), "wanted a string");
        }
    }
    return NW_OK;
}

/* A clean text of 1 to cap-1 bytes. */
static enum nw_err take(const struct nw_json *file, const char *name, char *dst, size_t cap,
                        struct nw_diag *d)
{
    const char *text = nw_json_text(nw_json_get(file, name));
    if (text == NULL) {
        return nw_fail_at(d, NW_ERR_JSON_MISSING, name, "the institution needs it");
    }
    struct nw_slice s = nw_str(text);
    if (s.n == 0 || !nw_text_is_clean(s) || !nw_slice_cstr(s, dst, cap)) {
        return nw_fail_at(d, NW_ERR_CONFIG, name, "wanted 1 to %zu bytes of plain text", cap - 1);
    }
    return NW_OK;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static enum nw_err check_names(const struct nw_tenant *t, struct nw_diag *d)
{
    if (strlen(t->country) != 2 || !is_upper(t->country[0]) || !is_upper(t->country[1])) {
        return nw_fail_at(d, NW_ERR_CONFIG, "country", "wanted an ISO 3166-1 code such as DE");
    }
    if (strncmp(t->id, t->country, 2) != 0 || t->id[2] != ':' || t->id[3] == '\0') {
        return nw_fail_at(d, NW_ERR_CONFIG, "id", "wanted COUNTRY:CODE, such as DE:DRVTEST01");
    }
    for (const char *p = t->id + 3; *p != '\0'; p++) {
        if (!is_upper(*p) && !(*p >= '0' && *p <= '9') && *p != '-' && *p != '_') {
            return nw_fail_at(d, NW_ERR_CONFIG, "id", "wanted A-Z, 0-9, - and _ in the code");
        }
    }
    return NW_OK;
}

static enum nw_err take_url(const struct nw_json *file, struct nw_tenant *t, struct nw_diag *d)
{
    if (nw_json_get(file, "url") == NULL) {
        char host[sizeof t->id];
        size_t n = strlen(t->id);
        for (size_t i = 0; i <= n; i++) {
            char c = t->id[i];
            host[i] = is_upper(c) ? (char)(c + 32) : c;
            host[i] = c == ':' || c == '_' ? '-' : host[i];
        }
        (void)snprintf(t->url, sizeof t->url, "https://%s.a1.example", host);
        return NW_OK;
    }
    enum nw_err e = take(file, "url", t->url, sizeof t->url, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_slice url = nw_str(t->url);
    if (!nw_slice_starts(url, "https://") || url.n < 9 || t->url[url.n - 1] == '/' ||
        nw_slice_find(url, ' ', 0) < url.n || url.n > 200) {
        return nw_fail_at(d, NW_ERR_CONFIG, "url", "wanted https://..., without / at the end");
    }
    return NW_OK;
}

static enum nw_err copy_address(const struct nw_json *file, struct nw_json *contact,
                                struct nw_diag *d)
{
    static const char *const names[] = {"streetAndNumber", "town", "postcode", "countryCode", NULL};
    const struct nw_json *address = nw_json_get(file, "address");
    enum nw_err e = known_members(address, names, "address", d);
    if (e == NW_OK &&
        (nw_json_get(address, "town") == NULL || nw_json_get(address, "countryCode") == NULL)) {
        e = nw_fail_at(d, NW_ERR_JSON_MISSING, "address", "wanted town and countryCode");
    }
    struct nw_json *copy = NULL;
    if (e == NW_OK) {
        e = nw_json_dup(address, &copy);
    }
    if (e == NW_OK) {
        e = nw_json_put(contact, "address", &copy);
    }
    nw_json_free(&copy);
    return e;
}

static enum nw_err make_contact(const struct nw_json *file, struct nw_tenant *t, struct nw_diag *d)
{
    enum nw_err e = nw_json_new_object(&t->contact);
    if (e == NW_OK) {
        e = nw_json_put_text(t->contact, "institutionID", t->id);
    }
    if (e == NW_OK) {
        e = nw_json_put_text(t->contact, "institutionName", t->name);
    }
    if (e == NW_OK) {
        e = nw_json_put_text(t->contact, "countryCode", t->country);
    }
    if (e == NW_OK) {
        e = copy_address(file, t->contact, d);
    }
    for (size_t i = 0; e == NW_OK && i < CONTACT_MEMBERS; i++) {
        const char *text = nw_json_text(nw_json_get(file, contact_members[i].name));
        if (text != NULL) {
            e = nw_json_put_text(t->contact, contact_members[i].target, text);
        }
    }
    return e;
}

enum nw_err nw_tenant_parse(struct nw_slice text, struct nw_tenant *out, struct nw_diag *d)
{
    static const char *const names[] = {"id",  "name",  "country", "address", "phone",
                                        "fax", "email", "url",     NULL};
    struct nw_tenant t = {.contact = NULL};
    struct nw_json *file = NULL;
    enum nw_err e = nw_json_parse(text, &file, d);
    if (e == NW_OK) {
        e = known_members(file, names, "", d);
    }
    if (e == NW_OK) {
        e = take(file, "id", t.id, sizeof t.id, d);
    }
    if (e == NW_OK) {
        e = take(file, "name", t.name, 101, d); /* V19 */
    }
    if (e == NW_OK) {
        e = take(file, "country", t.country, sizeof t.country, d);
    }
    if (e == NW_OK) {
        e = check_names(&t, d);
    }
    if (e == NW_OK) {
        e = take_url(file, &t, d);
    }
    if (e == NW_OK) {
        e = make_contact(file, &t, d);
    }
    nw_json_free(&file);
    if (e != NW_OK) {
        nw_tenant_free(&t);
        return e;
    }
    *out = t;
    return NW_OK;
}

void nw_tenant_free(struct nw_tenant *t)
{
    nw_json_free(&t->contact);
}
