// The system library as its own headers declare it.
#include <git2.h>
