#include "qr.h"

#include <errno.h>
#include <math.h>
#include <qrencode.h>

#include "base/alloc.h"
#include "base/limits.h"

/* Millimetres a module: 3.5 camera pixels at 7.1 pixels a millimetre, and the least that prints. */
#define MODULE_GOOD (3.5 / 7.1)
#define MODULE_LEAST 0.4
#define Q_FROM 55.0
#define SIDE_MAX 500.0

static enum nw_err encode(struct nw_slice text, enum nw_qr_level level, QRcode **out)
{
    QRinput *input = QRinput_new2(0, level == NW_QR_Q ? QR_ECLEVEL_Q : QR_ECLEVEL_M);
    if (input == NULL) {
        return NW_ERR_NOMEM;
    }
    enum nw_err e = NW_OK;
    QRcode *code = NULL;
    if (QRinput_append(input, QR_MODE_AN, (int)text.n, text.p) != 0) {
        e = errno == ENOMEM ? NW_ERR_NOMEM : NW_ERR_BASE45_CHAR;
    } else {
        code = QRcode_encodeInput(input);
        if (code == NULL) {
            e = errno == ERANGE ? NW_ERR_LIMIT : NW_ERR_NOMEM;
        }
    }
    QRinput_free(input);
    if (e == NW_OK) {
        *out = code;
    }
    return e;
}

static double good_side(const QRcode *code)
{
    return 5.0 * ceil(code->width * MODULE_GOOD / 5.0);
}

/* M unless the side is 55 mm or more and Q fits there: then Q. */
static enum nw_err choose(struct nw_slice text, double mm, QRcode **out, enum nw_qr_level *level,
                          double *side)
{
    QRcode *m = NULL;
    QRcode *q = NULL;
    enum nw_err e = encode(text, NW_QR_M, &m);
    if (e != NW_OK) {
        return e;
    }
    double m_side = mm > 0 ? mm : good_side(m);
    if (m_side >= Q_FROM) {
        e = encode(text, NW_QR_Q, &q);
    }
    if (e != NW_OK && e != NW_ERR_LIMIT) {
        QRcode_free(m);
        return e;
    }
    double q_side = q == NULL ? 0 : mm > 0 ? mm : good_side(q);
    if (q != NULL && q_side >= q->width * MODULE_LEAST) {
        QRcode_free(m);
        *out = q;
        *level = NW_QR_Q;
        *side = q_side;
        return NW_OK;
    }
    QRcode_free(q);
    *out = m;
    *level = NW_QR_M;
    *side = m_side;
    return NW_OK;
}

static enum nw_err take(const QRcode *code, struct nw_qr *qr)
{
    size_t n = (size_t)code->width * (size_t)code->width;
    qr->version = (unsigned)code->version;
    qr->modules = (unsigned)code->width;
    if (qr->mm < qr->modules * MODULE_LEAST) {
        return NW_ERR_QR_SIZE;
    }
    qr->dark = nw_alloc(n);
    if (qr->dark == NULL) {
        return NW_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        qr->dark[i] = code->data[i] & 1u;
    }
    return NW_OK;
}

enum nw_err nw_qr_make(struct nw_slice text, double mm, struct nw_qr *out)
{
    struct nw_qr qr = {0};
    QRcode *code = NULL;
    if (text.n == 0 || text.n > NW_MAX_QR_TEXT) {
        return NW_ERR_LIMIT;
    }
    if (!(mm >= 0 && mm <= SIDE_MAX)) {
        return NW_ERR_QR_SIZE;
    }
    enum nw_err e = choose(text, mm, &code, &qr.level, &qr.mm);
    if (e == NW_OK) {
        e = take(code, &qr);
    }
    if (e == NW_OK) {
        *out = qr;
    }
    QRcode_free(code);
    return e;
}

void nw_qr_free(struct nw_qr *qr)
{
    nw_free(qr->dark);
    *qr = (struct nw_qr){0};
}
