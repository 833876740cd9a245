/*
 * Reading a parsed XML tree: elements by name and namespace, text whole.
 *
 * Names always come with their namespace; an element of the same name from
 * elsewhere does not exist here. Text is the concatenation of everything
 * between the tags: a comment in the middle hides nothing. Base64 may hold
 * white space of XML and otherwise only text.
 *
 * No function recurses; the depth of a tree is what libxml2 lets pass (256).
 */
#ifndef NW_TRUST_LISTS_TSL_DOM_H
#define NW_TRUST_LISTS_TSL_DOM_H

#include "base/buf.h"

struct _xmlAttr;
struct _xmlDoc;
struct _xmlNode;

#define TSL_NS "http://uri.etsi.org/02231/v2#"
#define TSL_NS_MORE "http://uri.etsi.org/02231/v2/additionaltypes#"
#define TSL_NS_SIE "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"
#define TSL_NS_DS "http://www.w3.org/2000/09/xmldsig#"
#define TSL_NS_XADES "http://uri.etsi.org/01903/v1.3.2#"
#define TSL_NS_XML "http://www.w3.org/XML/1998/namespace"

/* True if the file begins like XML: a list is told apart by its content. */
bool tsl_looks_like_xml(struct nw_slice file);
/* NULL: TSL_DOCTYPE (nothing of it is processed), TSL_XML, LIMIT, or NOMEM. UTF-8 only; nothing is
 * fetched, no entity is expanded. Freed with xmlFreeDoc(). */
NW_MUST_USE enum nw_err tsl_parse(struct nw_slice file, size_t max, struct _xmlDoc **out,
                                  struct nw_diag *d);

bool tsl_is(const struct _xmlNode *n, const char *ns, const char *name);
/* First child element of this name; NULL if none, or if parent is NULL. */
struct _xmlNode *tsl_child(const struct _xmlNode *parent, const char *ns, const char *name);
/* The next sibling of the same name. */
struct _xmlNode *tsl_again(const struct _xmlNode *n);
/* The child of this name if there is exactly one, else NULL. */
struct _xmlNode *tsl_only(const struct _xmlNode *parent, const char *ns, const char *name);
/* First and next element, of whatever name. */
struct _xmlNode *tsl_first(const struct _xmlNode *parent);
struct _xmlNode *tsl_next(const struct _xmlNode *n);
/* Child elements, of whatever name. */
size_t tsl_count(const struct _xmlNode *parent);
/* The node after n in document order inside top; NULL at the end. */
struct _xmlNode *tsl_walk(const struct _xmlNode *n, const struct _xmlNode *top);
/* The value of an attribute; NULL if it is not plain text. */
const char *tsl_attr_value(const struct _xmlAttr *a);
/* The value of an attribute without namespace; NULL if it is not there. */
const char *tsl_attr(const struct _xmlNode *n, const char *name);
const char *tsl_attr_ns(const struct _xmlNode *n, const char *ns, const char *name);
bool tsl_attr_is(const struct _xmlNode *n, const char *name, const char *value);

/* Appends the text of an element, white space of XML cut off at both ends. TSL_SCHEME when it is
 * NULL or holds elements; LIMIT or NOMEM of the buffer. */
NW_MUST_USE enum nw_err tsl_text(const struct _xmlNode *n, struct nw_buf *out);
/* The same into a C string, without the heap; false also if it does not fit. */
bool tsl_text_short(const struct _xmlNode *n, char *out, size_t cap);
/* True if the text of the element is this (at most 511 bytes). */
bool tsl_text_is(const struct _xmlNode *n, const char *text);
/* Appends the bytes. BASE64 when there is anything but text in it. */
NW_MUST_USE enum nw_err tsl_base64(const struct _xmlNode *n, struct nw_buf *out);
/* YYYY-MM-DDThh:mm:ssZ; TIME otherwise. */
NW_MUST_USE enum nw_err tsl_time_of(const struct _xmlNode *n, int64_t *out);
/* Any xs:dateTime with a zone; fractions are dropped. TIME otherwise. */
NW_MUST_USE enum nw_err tsl_date_time(struct nw_slice text, int64_t *out);

#endif
