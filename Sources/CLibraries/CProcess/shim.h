// What the C library says about starting and watching processes on Linux.
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

// The C library (glibc from 2.34 on) has these too, but shows them to programs built with _GNU_SOURCE only.
int pipe2(int ends[2], int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
enum { SPAWN_SETSID = 0x80 };

// Makes this process the parent of its descendants that lose theirs; 0 when it is. In a form that Swift can call.
static inline int process_sluice_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
