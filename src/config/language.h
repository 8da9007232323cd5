/*
 * language.h -- the languages of what users read.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_LANGUAGE_H
#define CONFIG_LANGUAGE_H

enum language { LANGUAGE_UNSET, LANGUAGE_EN, LANGUAGE_DE, LANGUAGES };

#endif
