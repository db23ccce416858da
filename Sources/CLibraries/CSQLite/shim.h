// The system library as its own headers declare it.
#include <sqlite3.h>
