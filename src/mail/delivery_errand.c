/*
 * delivery_errand.c -- a delivery under way, in a process of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/delivery_errand.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	HANDED_OVER = -1,
	/* Once all is told, taking leave of the server is not worth more. */
	GOODBYE_MS = 1000,
};

/* What goes through the pipe; less than PIPE_BUF, so always in one piece. */
struct note {
	int recipient; /* or HANDED_OVER */
	struct fate fate;
};

struct voice {
	int fd;
	size_t count, told;
	bool *is_told;
	const struct errand_order *order;
};

static void
copy(char to[DELIVERY_TEXT], const char *from)
{
	struct text text;

	text_init(&text, to, DELIVERY_TEXT);
	text_add_line(&text, from, strcspn(from, "\r\n"));
}

/* --- who delivers ---------------------------------------------------------- */

static void
say(const struct voice *voice, const struct note *note)
{
	ssize_t done;

	do
		done = write(voice->fd, note, sizeof(*note));
	while (done < 0 && errno == EINTR);
}

static void
tell(struct voice *voice, size_t recipient, const struct fate *fate)
{
	const struct note note = { (int)recipient, *fate };

	if (voice->is_told[recipient])
		return;
	voice->is_told[recipient] = true;
	say(voice, &note);
	if (++voice->told == voice->count)
		task_hurry(GOODBYE_MS);
}

void
voice_tell(struct voice *voice, size_t recipient, enum delivery result,
    const char *text)
{
	struct fate fate = { .result = result };

	copy(fate.text, text);
	tell(voice, recipient, &fate);
}

void
voice_tell_all(
    struct voice *voice, enum delivery result, bool is_down, const char *text)
{
	struct fate fate = { .result = result, .is_down = is_down };

	copy(fate.text, text);
	for (size_t i = 0; i < voice->count; i++)
		tell(voice, i, &fate);
}

bool
voice_is_told(const struct voice *voice, size_t recipient)
{
	return voice->is_told[recipient];
}

void
voice_hand_over(struct voice *voice)
{
	const struct note note = { .recipient = HANDED_OVER };
	struct pollfd pipe = { .fd = voice->fd, .events = POLLOUT };

	if (poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR) != 0)
		_exit(EX_UNAVAILABLE);
	say(voice, &note);
}

static void
work(int fd, void *data)
{
	struct voice *voice = data;

	voice->fd = fd;
	voice->order->work(voice, voice->order->data);
}

/* --- who sends ------------------------------------------------------------- */

static void
take(struct errand *errand, size_t recipient, const struct fate *fate)
{
	if (recipient >= errand->report.count || errand->is_told[recipient])
		return;
	errand->is_told[recipient] = true;
	errand->report.fates[recipient] = *fate;
	errand->told++;
}

static void
take_rest(struct errand *errand, bool is_down, const char *why)
{
	struct fate fate = { .result = DELIVERY_RETRY, .is_down = is_down };

	copy(fate.text, why);
	for (size_t i = 0; i < errand->report.count; i++)
		take(errand, i, &fate);
}

static enum delivery
judge(const struct delivery_report *report)
{
	size_t done = 0, retry = 0;

	for (size_t i = 0; i < report->count; i++) {
		done += report->fates[i].result == DELIVERY_DONE;
		retry += report->fates[i].result == DELIVERY_RETRY;
	}
	if (done == report->count && done > 0)
		return DELIVERY_DONE;
	if (done > 0)
		return DELIVERY_PARTLY;
	return retry > 0 ? DELIVERY_RETRY : DELIVERY_REFUSED;
}

/* One line for the log: the thanks, or what the first one who did not get it
 * was told. */
static void
summarise(struct delivery_report *report)
{
	report->result = judge(report);
	report->is_down = report->count > 0;
	copy(report->text,
	    report->count > 0 ? report->fates[0].text : "no recipient");
	for (size_t i = report->count; i-- > 0;) {
		report->is_down = report->is_down && report->fates[i].is_down;
		if (report->fates[i].result != DELIVERY_DONE)
			copy(report->text, report->fates[i].text);
	}
}

void
errand_start(struct errand *errand, const struct errand_order *order)
{
	struct voice voice = { .count = order->recipients, .order = order };

	memset(errand, 0, sizeof(*errand));
	errand->task.fd = -1;
	errand->report.count = order->recipients;
	errand->report.fates =
	    mem_new(order->recipients + 1, sizeof(*errand->report.fates));
	errand->is_told = mem_new(order->recipients + 1, sizeof(bool));
	voice.is_told = mem_new(order->recipients + 1, sizeof(bool));
	errand->is_over = order->recipients == 0;
	if (!errand->is_over && task_start(&errand->task, work, &voice,
				    order->timeout_ms) != 0) {
		take_rest(errand, true, strerror(errno));
		errand->is_over = true;
	}
	free(voice.is_told);
	if (errand->is_over)
		summarise(&errand->report);
}

/* Its pipe has ended: find out why. */
static void
finish(struct errand *errand)
{
	bool is_late = task_end(&errand->task);

	errand->is_over = true;
	take_rest(errand, is_late,
	    is_late ? "it took too long" : "it ended before it was done");
}

bool
errand_hear(struct errand *errand)
{
	bool was_known = errand->told == errand->report.count;
	struct note note;

	while (!errand->is_over) {
		ssize_t done = read(errand->task.fd, &note, sizeof(note));

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN)
			break;
		if (done != sizeof(note))
			finish(errand);
		else if (note.recipient == HANDED_OVER)
			errand->is_handed_over = true;
		else
			take(errand, (size_t)note.recipient, &note.fate);
	}
	if (errand->told < errand->report.count)
		return false;
	if (!was_known)
		summarise(&errand->report);
	return true;
}

void
errand_wait(struct errand *errand)
{
	while (!errand_hear(errand)) {
		struct pollfd pipe = { .fd = errand->task.fd,
			.events = POLLIN };

		/* Its own deadline ends the pipe. */
		poll(&pipe, 1, -1);
	}
}

void
errand_call_back(struct errand *errand)
{
	if (errand->is_over)
		return;
	/* What it said before it is ended counts. */
	task_halt(&errand->task);
	if (errand_hear(errand) || errand->is_handed_over) {
		task_go_on(&errand->task);
		return;
	}
	task_kill(&errand->task);
	take_rest(errand, false, "called back");
	summarise(&errand->report);
}

void
errand_end(struct errand *errand)
{
	task_end(&errand->task);
	free(errand->report.fates);
	free(errand->is_told);
	memset(errand, 0, sizeof(*errand));
}
