/*
 * import.h -- print another program's configuration as one of ours.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include <stdio.h>

/*
 * --import-config: read the file, which is of the program named by format
 * (geoip-policyd, policyd-rate-limit, pcc or anti-spam), and print YAML that
 * config_load takes, with comments on what has no counterpart. Every error
 * goes to errors, with file and line. Return an exit status.
 */
int import_run(const char *format, const char *path, FILE *out, FILE *errors);

#endif
