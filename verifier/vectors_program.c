/* Vectors that another program judges: started beside this one, without a shell. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "input.h"
#include "vectors.h"

#define OUTPUT_MAX (1u << 20)
#define ARGS_MAX 48

struct args {
    char text[ARGS_MAX][4096];
    char *v[ARGS_MAX + 1];
    size_t n;
};

static void args_add(struct args *a, const char *text)
{
    if (text != NULL && a->n < ARGS_MAX) {
        (void)snprintf(a->text[a->n], sizeof a->text[0], "%s", text);
        a->v[a->n] = a->text[a->n];
        a->n++;
        a->v[a->n] = NULL;
    }
}

/* Beside this program, or where a build folder has it. */
static bool program_find(const char *name, const char *folder, char out[4096])
{
    char self[2048];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        return false;
    }
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    (void)snprintf(out, 4096, "%s/%s", self, name);
    if (access(out, X_OK) == 0) {
        return true;
    }
    (void)snprintf(out, 4096, "%s/../%s/%s", self, folder, name);
    return access(out, X_OK) == 0;
}

static void program_child(const struct args *a, int out_fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out_fd, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0) {
        _exit(127);
    }
    (void)execv(a->v[0], a->v);
    _exit(127);
}

static enum nw_err program_output(int fd, struct nw_buf *out)
{
    for (;;) {
        char part[4096];
        ssize_t n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n == 0 ? nw_buf_err(out) : NW_ERR_IO;
        }
        nw_buf_put(out, nw_slice(part, (size_t)n));
    }
}

static enum nw_err program_run(const struct args *a, struct nw_buf *output, int *status)
{
    int fds[2];
    if (pipe(fds) != 0) {
        return NW_ERR_IO;
    }
    (void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        program_child(a, fds[1]);
    }
    (void)close(fds[1]);
    enum nw_err e = child < 0 ? NW_ERR_IO : program_output(fds[0], output);
    (void)close(fds[0]);
    if (child > 0) {
        int raw = 0;
        while (waitpid(child, &raw, 0) < 0 && errno == EINTR) {
        }
        *status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128;
    }
    return e;
}

static void outcome_add(struct nw_outcome *out, struct nw_slice id)
{
    for (size_t i = 0; i < out->failed_n; i++) {
        if (nw_slice_is(id, out->failed[i])) {
            return;
        }
    }
    if (out->failed_n < NW_OUTCOME_IDS) {
        (void)nw_slice_cstr(id, out->failed[out->failed_n++], sizeof out->failed[0]);
    }
}

/* nachweis-issuer check: "FILE: V04  error   path: text", a line for each finding. */
static void program_findings(struct nw_slice s, struct nw_outcome *out)
{
    while (s.n > 0) {
        size_t end = nw_slice_find(s, '\n', 0);
        struct nw_slice line = nw_slice_sub(s, 0, end);
        for (size_t i = 0; i + 10 < line.n; i++) {
            struct nw_slice rest = nw_slice_from(line, i);
            struct nw_slice level = nw_slice_from(rest, 7);
            if (nw_slice_starts(rest, ": V") &&
                (nw_slice_starts(level, "error") || nw_slice_starts(level, "warning"))) {
                outcome_add(out, nw_slice_sub(rest, 2, 3));
                break;
            }
        }
        s = nw_slice_from(s, end + 1);
    }
}

static void take_text(const struct nw_json *text, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%s", nw_json_text(text) != NULL ? nw_json_text(text) : "");
}

/* nachweis-trust verify --json: the checks that failed, and what it says about the list; false if
 * this is no such report. */
static bool program_checks(struct nw_slice text, struct nw_outcome *out)
{
    struct nw_json *root = NULL;
    if (nw_json_parse(text, &root, NULL) != NW_OK) {
        return false;
    }
    const struct nw_json *checks = nw_json_get(root, "checks");
    for (const struct nw_json *c = nw_json_first(checks); c != NULL; c = nw_json_next(c)) {
        const char *id = nw_json_text(nw_json_get(c, "id"));
        if (nw_json_is_text(nw_json_get(c, "result"), "fail") && id != NULL) {
            outcome_add(out, nw_str(id));
        }
    }
    const struct nw_json *reason = nw_json_get(root, "reason");
    const struct nw_json *warning = nw_json_first(nw_json_get(root, "warnings"));
    const struct nw_json *granted = nw_json_get(nw_json_get(root, "list"), "granted");
    take_text(nw_json_get(reason, "code"), out->code, sizeof out->code);
    take_text(reason != NULL ? nw_json_get(reason, "place") : nw_json_get(warning, "path"),
              out->place, sizeof out->place);
    if (!nw_json_int(nw_json_get(granted, "qualified_certificates"), &out->granted)) {
        out->granted = -1;
    }
    bool is = nw_json_kind(checks) == NW_JSON_ARRAY;
    nw_json_free(&root);
    return is;
}

/* One option a file, for a member that is a path or a list of them. */
static void args_files(struct args *a, const char *option, const char *dir,
                       const struct nw_json *member)
{
    static char path[4096];
    const bool one = nw_json_text(member) != NULL;
    for (const struct nw_json *x = one ? member : nw_json_first(member); x != NULL;
         x = one ? NULL : nw_json_next(x)) {
        args_add(a, option);
        args_add(a, nw_vector_path(dir, x, path));
    }
}

static void args_text(struct args *a, const char *option, const struct nw_json *text)
{
    if (text != NULL) {
        args_add(a, option);
        args_add(a, nw_json_text(text));
    }
}

static void program_args(const char *dir, const struct nw_json *v, bool trust, const char *input,
                         struct args *a)
{
    args_add(a, trust ? "verify" : "check");
    if (trust) {
        args_files(a, "--signer", dir, nw_json_get(v, "signers"));
        args_files(a, "--state", dir, nw_json_get(v, "state"));
        args_files(a, "--lotl", dir, nw_json_get(v, "lotl"));
        args_files(a, "--pivot", dir, nw_json_get(v, "pivots"));
        args_text(a, "--journal", nw_json_get(v, "journal"));
        args_text(a, "--territory", nw_json_get(v, "territory"));
        args_text(a, "--list", nw_json_get(v, "list"));
        args_add(a, "--json");
    } else {
        args_text(a, "--person", nw_json_get(v, "person"));
    }
    args_text(a, "--at", nw_json_get(v, "at"));
    args_add(a, input);
    args_files(a, NULL, dir, nw_json_get(v, "inputs"));
}

/* An input that grows: the file, and spaces up to the length. The name is written to path. */
static enum nw_err program_pad(const char *input, int64_t length, char path[4096])
{
    static char spaces[1u << 16];
    struct nw_buf bytes = NW_BUF(NW_MAX_INPUT);
    memset(spaces, ' ', sizeof spaces);
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, 4096, "%s/nachweis-vector-XXXXXX", folder != NULL ? folder : "/tmp");
    enum nw_err e = nw_input_read(input, &bytes, NULL);
    int fd = e == NW_OK ? mkstemp(path) : -1;
    bool ok = fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;
    for (int64_t left = length - (int64_t)bytes.n; ok && left > 0;) {
        size_t part = left < (int64_t)sizeof spaces ? (size_t)left : sizeof spaces;
        ok = write(fd, spaces, part) == (ssize_t)part;
        left -= (int64_t)part;
    }
    if (fd >= 0 && close(fd) != 0) {
        ok = false;
    }
    if (fd >= 0 && !ok) {
        (void)unlink(path);
    }
    nw_buf_free(&bytes);
    return ok ? NW_OK : e != NW_OK ? e : NW_ERR_IO;
}

enum nw_err nw_judge_program(const char *dir, const struct nw_json *v, struct nw_outcome *out)
{
    static struct args a;
    bool trust = nw_json_is_text(nw_json_get(v, "judge"), "trust");
    const char *name = trust ? "nachweis-trust" : "nachweis-issuer";
    char program[4096];
    struct nw_buf output = NW_BUF(OUTPUT_MAX);
    static char given[4096], grown[4096];
    const char *input = nw_vector_path(dir, nw_json_get(v, "input"), given);
    int64_t length = 0;
    grown[0] = '\0';
    a.n = 0;
    if (!program_find(name, trust ? "trust-lists" : "issuer", program)) {
        (void)snprintf(out->why, sizeof out->why, "%s is not beside this program", name);
        return NW_OK;
    }
    enum nw_err e = NW_OK;
    if (nw_json_int(nw_json_get(v, "padded_to"), &length)) {
        e = program_pad(input, length, grown);
        input = grown;
    }
    if (e != NW_OK) {
        return e;
    }
    args_add(&a, program);
    program_args(dir, v, trust, input, &a);
    e = program_run(&a, &output, &out->exit);
    if (grown[0] != '\0') {
        (void)unlink(grown);
    }
    out->run = e == NW_OK && out->exit != 127 && out->exit != 64;
    if (!out->run) {
        (void)snprintf(out->why, sizeof out->why, "%s could not be run (exit %d)", name, out->exit);
    } else if (!trust) {
        out->exact = true;
        program_findings(nw_buf_slice(&output), out);
    } else {
        out->exact = program_checks(nw_buf_slice(&output), out);
    }
    nw_buf_free(&output);
    return e;
}
