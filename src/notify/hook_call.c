/*
 * hook_call.c -- tell a program or a web server of an event.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/hook_call.h"

#include "base/clock.h"
#include "notify/exec.h"
#include "notify/webhook.h"

/* For ending what did not end by itself, and for saying so. */
enum { MARGIN_MS = 5000 };

static void
run_program(struct voice *voice, const void *data)
{
	const struct call *call = data;
	struct fate fate;

	voice_hand_over(voice);
	exec_run(&call->options->exec, call->json, CALL_S * 1000, &fate);
	voice_tell_all(voice, fate.result, fate.is_down, fate.text);
}

static void
post(struct voice *voice, const void *data)
{
	const struct call *call = data;
	const struct webhook_event event = { call->id, clock_wall_ms() / 1000,
		call->json };
	struct fate fate;

	voice_hand_over(voice);
	webhook_post(call->options, &event, CALL_S * 1000, &fate);
	voice_tell_all(voice, fate.result, fate.is_down, fate.text);
}

static void
start(struct errand *errand, const struct call *call,
    void (*work)(struct voice *, const void *))
{
	errand_start(errand, &(struct errand_order) {
		.recipients = 1,
		.work = work,
		.data = call,
		.timeout_ms = CALL_S * 1000 + MARGIN_MS,
	});
}

void
call_program(struct errand *errand, const struct call *call)
{
	start(errand, call, run_program);
}

void
call_webhook(struct errand *errand, const struct call *call)
{
	start(errand, call, post);
}
