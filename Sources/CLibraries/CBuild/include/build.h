#ifndef SLUICE_BUILD_H
#define SLUICE_BUILD_H

/// The commit that the program was built from, as `git describe` names it; empty when the build was not told.
const char *sluice_commit(void);

#endif
