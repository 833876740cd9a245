#include "test_table.h"

#include "support.h"

/* One line: its fields, cut at the tabs. */
static size_t split(char *line, char *field[], size_t max)
{
    size_t n = 0;
    for (char *p = line; n < max; p++) {
        field[n++] = p;
        p = strchr(p, '\t');
        if (p == NULL) {
            break;
        }
        *p = '\0';
    }
    return n;
}

size_t test_table_each(struct nw_slice table, void (*row)(char *field[], size_t n))
{
    size_t rows = 0;
    for (size_t pos = nw_slice_find(table, '\n', 0) + 1; pos < table.n;) {
        char line[1024];
        char *field[16];
        size_t end = nw_slice_find(table, '\n', pos);
        assert_true(nw_slice_cstr(nw_slice_sub(table, pos, end - pos), line, sizeof line));
        row(field, split(line, field, ARRAY_LENGTH(field)));
        pos = end + 1;
        rows++;
    }
    return rows;
}
