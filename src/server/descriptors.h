/*
 * descriptors.h -- the descriptors that a process begins with, and may have.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_DESCRIPTORS_H
#define SERVER_DESCRIPTORS_H

#include <stdint.h>

/*
 * See that 0, 1 and 2 are open, to /dev/null those that are not: else the next
 * file or socket would become one of them, and get what is printed and logged.
 * To be called before anything is opened. Return 0, or -1 with errno set.
 */
int descriptors_complete(void);

/* Let this process have so many, or as many as the system allows; how many it
 * may have now. */
uint64_t descriptors_allow(uint64_t wanted);

#endif
