/*
 * bar.c -- a share, drawn.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/bar.h"

#include <string.h>

const char *
bar_draw(const struct terminal *terminal, uint64_t value, uint64_t whole,
    size_t cells, char text[BAR_SIZE])
{
	/* U+2588, U+258F to U+2589: one eighth to seven of them. */
	static const char full[] = "\xe2\x96\x88";
	static const char *const parts[] = { "", "\xe2\x96\x8f",
		"\xe2\x96\x8e", "\xe2\x96\x8d", "\xe2\x96\x8c",
		"\xe2\x96\x8b", "\xe2\x96\x8a", "\xe2\x96\x89" };
	size_t eighths;
	char *at = text;

	if (cells > BAR_CELLS)
		cells = BAR_CELLS;
	if (value > whole)
		value = whole;
	eighths = whole == 0 ? 0 :
	    (size_t)((double)value / (double)whole * (double)cells * 8 + 0.5);
	if (eighths == 0 && value > 0)
		eighths = 1;
	if (!terminal->has_utf8)
		eighths = (eighths + 7) / 8 * 8;
	for (; eighths >= 8; eighths -= 8) {
		const char *cell = terminal->has_utf8 ? full : "#";

		memcpy(at, cell, strlen(cell));
		at += strlen(cell);
	}
	strcpy(at, parts[eighths]);
	return text;
}
