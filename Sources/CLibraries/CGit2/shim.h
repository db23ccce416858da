// The system library as its own headers declare it, and its variadic settings in a form that Swift can call.
#include <git2.h>
#include <git2/sys/mempack.h>

static inline int git_sluice_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

static inline int git_sluice_set_cache_limit(size_t bytes) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)bytes);
}

static inline int git_sluice_set_pack_object_limit(size_t objects) {
    return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, objects);
}

static inline int git_sluice_set_ca_file(const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, path, NULL);
}

static inline int git_sluice_set_config_search_path(int level, const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

// What the `git` program needs at its start.
#include "../processes.h"
