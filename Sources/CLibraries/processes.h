// What the C library (glibc from 2.34 on) has about starting processes, but shows to programs built with _GNU_SOURCE only.
#pragma once
#include <fcntl.h>
#include <spawn.h>

int pipe2(int ends[2], int flags);
int mkostemp(char *template_, int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
