// What SQLite can do at most on this disk: WAL, synchronous=FULL.
//
//   sqlite_limit FOLDER TRANSITIONS
//
// A transition is an update of a row of 1 KiB and the insert of a small row. Measured one by one, in batches of 10, 100
// and 1000 a transaction, and for rows that are only appended (batches of 1000). Also the time of one durable write of
// 4 KiB at the end of a file. Prints one line of JSON.
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static sqlite3 *database;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int result, int wanted) {
    if (result == wanted) return;
    fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
    exit(2);
}

static void execute(const char *sql) { check(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK); }

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { ROWS = 1000 };

// Transitions a second; the median time of a commit in milliseconds into *median.
static double transitions(int total, int batch, int append, double *median) {
    sqlite3_stmt *update, *insert;
    check(sqlite3_prepare_v2(database, "UPDATE state SET body = ?2 WHERE key = ?1", -1, &update, NULL), SQLITE_OK);
    check(sqlite3_prepare_v2(database, "INSERT INTO history (state, what) VALUES (?1, ?2)", -1, &insert, NULL), SQLITE_OK);
    char body[1024];
    int commits = total / batch;
    double *times = calloc(commits, sizeof *times), start = now();
    for (int i = 0; i < commits; i++) {
        double since = now();
        execute("BEGIN IMMEDIATE");
        for (int j = 0; j < batch; j++) {
            int key = (i * batch + j) * 7919 % ROWS + 1;
            if (!append) {
                memset(body, 'a' + (i + j) % 26, sizeof body);
                sqlite3_bind_int(update, 1, key);
                sqlite3_bind_blob(update, 2, body, sizeof body, SQLITE_STATIC);
                check(sqlite3_step(update), SQLITE_DONE);
                sqlite3_reset(update);
            }
            sqlite3_bind_int(insert, 1, key);
            sqlite3_bind_text(insert, 2, "RUNNING 2026-01-01T00:00:00.000Z", -1, SQLITE_STATIC);
            check(sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
        }
        execute("COMMIT");
        times[i] = now() - since;
    }
    double elapsed = now() - start;
    qsort(times, commits, sizeof *times, by_size);
    *median = times[commits / 2] * 1e3;
    free(times);
    sqlite3_finalize(update);
    sqlite3_finalize(insert);
    return commits * batch / elapsed;
}

static double durable_write(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    static char page[4096];
    double times[200];
    for (int i = 0; i < 200; i++) {
        double since = now();
        if (write(file, page, sizeof page) != sizeof page || fdatasync(file)) exit(2);
        times[i] = now() - since;
    }
    close(file);
    unlink(path);
    qsort(times, 200, sizeof *times, by_size);
    return times[100] * 1e3;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    int total = atoi(argv[2]);
    char path[4096];
    snprintf(path, sizeof path, "%s/limit.probe", argv[1]);
    double disk = durable_write(path);
    snprintf(path, sizeof path, "%s/limit.db", argv[1]);
    unlink(path);
    check(sqlite3_open(path, &database), SQLITE_OK);
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE state (key INTEGER PRIMARY KEY, body BLOB);"
            "CREATE TABLE history (key INTEGER PRIMARY KEY, state INTEGER, what TEXT);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            " INSERT INTO state SELECT i, zeroblob(1024) FROM n");
    double one, other;
    double ones = transitions(total / 5, 1, 0, &one);
    double tens = transitions(total / 2, 10, 0, &other);
    double hundreds = transitions(total, 100, 0, &other);
    double thousands = transitions(total, 1000, 0, &other);
    double appends = transitions(total, 1000, 1, &other);
    sqlite3_close(database);
    printf("{\"version\": \"%s\", \"disk_ms\": %.3f, \"one_ms\": %.3f, \"ones\": %.0f, \"tens\": %.0f, \"hundreds\": %.0f, "
           "\"thousands\": %.0f, \"appends\": %.0f}\n",
           sqlite3_libversion(), disk, one, ones, tens, hundreds, thousands, appends);
    return 0;
}
