// The system library as its own headers declare it.
#include <yaml.h>
