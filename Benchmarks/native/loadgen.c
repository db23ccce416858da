// Sends one HTTP request again and again over keep-alive connections and tells rate and latencies.
//
//   loadgen PORT CONNECTIONS TOTAL REQUEST_FILE [PAUSE_MICROSECONDS]
//
// Each connection has at most one request under way. With a pause, a connection waits that long after each answer: the
// latency of a server that has nothing else to do. Prints one line of JSON. One thread, epoll: it must not take the
// processor from the server it measures.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 20 };

struct connection {
    int socket;
    size_t sent, got;
    double since;
    char *answer;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(2);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Whether the answer is whole; its status into *status.
static int whole(struct connection *c, int *status) {
    c->answer[c->got] = 0;
    char *end = strstr(c->answer, "\r\n\r\n");
    if (!end) return 0;
    *status = atoi(c->answer + 9);
    size_t head = end - c->answer + 4;
    if (*status == 204) return 1;
    char *length = strcasestr(c->answer, "\r\ncontent-length:");
    if (length && length < end) return c->got >= head + strtoull(length + 17, NULL, 10);
    return c->got >= head + 5 && memcmp(c->answer + c->got - 5, "0\r\n\r\n", 5) == 0;
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: loadgen PORT CONNECTIONS TOTAL REQUEST_FILE [PAUSE_MICROSECONDS]\n");
        return 2;
    }
    int port = atoi(argv[1]), connections = atoi(argv[2]), total = atoi(argv[3]);
    long pause = argc > 5 ? atol(argv[5]) : 0;
    FILE *file = fopen(argv[4], "rb");
    if (!file) fail(argv[4]);
    static char request[1 << 20];
    size_t size = fread(request, 1, sizeof request, file);
    fclose(file);
    if (connections > total) connections = total;

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int poll = epoll_create1(0);
    struct connection *all = calloc(connections, sizeof *all);
    double *times = calloc(total, sizeof *times);
    for (int i = 0; i < connections; i++) {
        struct connection *c = &all[i];
        c->answer = malloc(ROOM + 1);
        c->socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c->socket, (struct sockaddr *)&address, sizeof address)) fail("connect");
        int on = 1;
        setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event);
    }

    int begun = 0, done = 0, refused = 0;
    double start = now();
    for (int i = 0; i < connections; i++, begun++) {
        all[i].since = now();
        if (send(all[i].socket, request, size, 0) != (ssize_t)size) fail("send");
    }
    struct epoll_event events[256];
    while (done < total) {
        int count = epoll_wait(poll, events, 256, 30000);
        if (count == 0) {
            fprintf(stderr, "no answer for 30 s after %d of %d\n", done, total);
            return 3;
        }
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            ssize_t got = recv(c->socket, c->answer + c->got, ROOM - c->got, 0);
            if (got <= 0) {
                fprintf(stderr, "connection closed after %d of %d: %s\n", done, total, got ? strerror(errno) : "end");
                return 3;
            }
            c->got += got;
            int status = 0;
            if (!whole(c, &status)) continue;
            if (status < 200 || status > 299) {
                if (refused++ == 0) fprintf(stderr, "answer %d: %.400s\n", status, c->answer);
            }
            times[done++] = now() - c->since;
            c->got = 0;
            if (begun < total) {
                if (pause) usleep(pause);
                begun++;
                c->since = now();
                if (send(c->socket, request, size, 0) != (ssize_t)size) fail("send");
            }
        }
    }
    double elapsed = now() - start;
    qsort(times, total, sizeof *times, by_size);
    printf("{\"requests\": %d, \"refused\": %d, \"seconds\": %.6f, \"rate\": %.1f, \"p50_ms\": %.3f, \"p95_ms\": %.3f, "
           "\"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
           total, refused, elapsed, total / elapsed, times[total / 2] * 1e3, times[(int)(total * 0.95)] * 1e3,
           times[(int)(total * 0.99)] * 1e3, times[total - 1] * 1e3);
    return 0;
}
