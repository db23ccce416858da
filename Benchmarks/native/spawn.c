// Starts `sh -c true` and waits for it, on some threads: what the machine can do at most.
//
//   spawn THREADS TOTAL
//
// Prints one line of JSON.
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;
static int each;

static void *run(void *unused) {
    char *arguments[] = {"sh", "-c", "true", NULL};
    for (int i = 0; i < each; i++) {
        pid_t child;
        int status;
        if (posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ)) exit(2);
        if (waitpid(child, &status, 0) != child || status) exit(2);
    }
    return unused;
}

int main(int argc, char **argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 2, total = argc > 2 ? atoi(argv[2]) : 2000;
    each = total / threads;
    pthread_t thread[64];
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < threads && i < 64; i++) pthread_create(&thread[i], NULL, run, NULL);
    for (int i = 0; i < threads && i < 64; i++) pthread_join(thread[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double elapsed = (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9;
    printf("{\"rate\": %.1f}\n", each * threads / elapsed);
    return 0;
}
