// What the C library says about starting and watching processes on Linux.
#include "../processes.h"
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

// As glibc has it.
enum { SPAWN_SETSID = 0x80 };

// Makes this process the parent of its descendants that lose theirs; 0 when it is. In a form that Swift can call.
static inline int process_sluice_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
