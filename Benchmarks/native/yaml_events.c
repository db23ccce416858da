// Reads all files of a folder and takes every YAML event of them, with nothing done about it: the least that reading
// flows can cost.
//
//   yaml_events FOLDER
//
// Prints one line of JSON.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <yaml.h>

static long files, bytes, events;

static void read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(2);
    static unsigned char text[1 << 20];
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    yaml_parser_t parser;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, text, size);
    for (int done = 0; !done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            fprintf(stderr, "%s: %s\n", path, parser.problem);
            exit(2);
        }
        done = event.type == YAML_STREAM_END_EVENT;
        events++;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    files++;
    bytes += size;
}

static void read_folder(const char *folder) {
    DIR *directory = opendir(folder);
    if (!directory) exit(2);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct stat kind;
        if (stat(path, &kind)) exit(2);
        if (S_ISDIR(kind.st_mode)) read_folder(path);
        else read_file(path);
    }
    closedir(directory);
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    read_folder(argv[1]);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double elapsed = (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9;
    printf("{\"files\": %ld, \"bytes\": %ld, \"events\": %ld, \"seconds\": %.6f}\n", files, bytes, events, elapsed);
    return 0;
}
