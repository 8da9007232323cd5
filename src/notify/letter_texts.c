/*
 * letter_texts.c -- what notifications say unless the administrator has templates.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/letter_texts.h"

#include <stddef.h>

/* The one who reads this was woken by it: first what happened, then what it
 * rests on, then the commands, ready to be pasted. */
static const struct {
	const char *subject;
	const char *text;
} notices[] = {
	[NOTICE_BLOCK] = {
		"[policyd] ${account} was blocked",
		"The account ${account} was blocked.\n"
		"\n"
		"  Reason:      ${reason}\n"
		"  When:        ${time}\n"
		"  Until:       ${until}\n"
		"  Last login:  ${login}\n"
		"  History:     ${history}\n"
		"  Noticed by:  ${host}\n"
		"\n"
		"Mail from this account is refused, wherever it comes from.\n"
		"\n"
		"Where it was used from:\n"
		"\n"
		"${logins}\n"
		"\n"
		"What to do now\n"
		"\n"
		"1. See what is known, and which limits hold:\n"
		"\n"
		"       policyd --explain ${argument}\n"
		"\n"
		"2. If these logins are not the owner's, somebody else knows\n"
		"   the password. Change it before you unblock the account,\n"
		"   and look for mail that is still in the queue.\n"
		"\n"
		"3. When the account is safe, or if the owner just travels:\n"
		"\n"
		"       policyd --unblock ${argument}\n"
		"\n"
		"   Who travels often can have limits of their own: see\n"
		"   \"overrides\" in policyd.yaml(5).\n",
	},
	[NOTICE_UNBLOCK] = {
		"[policyd] ${account} is no longer blocked",
		"The account ${account} is no longer blocked.\n"
		"\n"
		"  Reason:      ${reason}\n"
		"  When:        ${time}\n"
		"  Noticed by:  ${host}\n"
		"\n"
		"Its mail is accepted again, and its logins are counted anew\n"
		"from now on. If the password was not changed, expect it to be\n"
		"blocked again. To watch it:\n"
		"\n"
		"       policyd --explain ${argument}\n",
	},
	[NOTICE_DIGEST] = {
		"[policyd] ${count} accounts were blocked or unblocked",
		"So much happened within a short time that it comes in one\n"
		"message, not in ${count}:\n"
		"\n"
		"${logins}\n"
		"\n"
		"Many blocks at once may mean that many passwords were stolen,\n"
		"but also that a limit is too low, that the GeoIP file is wrong\n"
		"or that logins come through a proxy whose addresses should be\n"
		"in \"exempt.networks\".\n"
		"\n"
		"All that are blocked, one of them, and to unblock it:\n"
		"\n"
		"       policyd --list-blocked\n"
		"       policyd --explain ACCOUNT\n"
		"       policyd --unblock ACCOUNT\n"
		"\n"
		"Noticed by ${host}.\n",
	},
	[NOTICE_TEST] = {
		"[policyd] Test of notifications",
		"This is a test, made by \"policyd --test-notify\" on ${host}\n"
		"at ${time}.\n"
		"\n"
		"No account was blocked. As you read this, notifications\n"
		"reach you.\n",
	},
	[NOTICE_ACCOUNT_BLOCK] = {
		"Sending mail from ${account} is blocked",
		"Your mail account ${account} was used from unusually many\n"
		"places, so sending mail from it was stopped.\n"
		"\n"
		"  Reason:  ${reason}\n"
		"  When:    ${time}\n"
		"  Until:   ${until}\n"
		"  From:    ${login}\n"
		"\n"
		"It was used from:\n"
		"\n"
		"${logins}\n"
		"\n"
		"If some of these were not you, somebody else knows your\n"
		"password: change it now, also wherever else you use it. Then\n"
		"ask your postmaster to unblock the account. You can go on\n"
		"receiving mail.\n",
	},
	[NOTICE_ACCOUNT_UNBLOCK] = {
		"Sending mail from ${account} is possible again",
		"Your mail account ${account} can send mail again since\n"
		"${time}.\n"
		"\n"
		"If you have not changed your password since it was blocked,\n"
		"please do so now.\n",
	},
};

/* To the account alone: who administers policyd reads its manual. */
static const struct {
	enum notice notice;
	const char *subject;
	const char *text;
} german[] = {
	{ NOTICE_ACCOUNT_BLOCK,
		"Senden von ${account} ist gesperrt",
		"Ihr Mailkonto ${account} wurde von ungewöhnlich vielen\n"
		"Orten aus benutzt. Deshalb ist das Senden gesperrt.\n"
		"\n"
		"  Grund:  ${reason}\n"
		"  Wann:   ${time}\n"
		"  Bis:    ${until}\n"
		"  Von:    ${login}\n"
		"\n"
		"Benutzt wurde es von:\n"
		"\n"
		"${logins}\n"
		"\n"
		"Wenn das zum Teil nicht Sie waren, kennt jemand anderes Ihr\n"
		"Passwort: Ändern Sie es sofort, auch überall, wo Sie es sonst\n"
		"benutzen. Bitten Sie dann Ihren Postmaster, das Konto wieder\n"
		"freizugeben. Mail empfangen können Sie weiterhin.\n" },
	{ NOTICE_ACCOUNT_UNBLOCK,
		"Senden von ${account} ist wieder möglich",
		"Ihr Mailkonto ${account} kann seit\n"
		"${time} wieder Mail senden.\n"
		"\n"
		"Wenn Sie Ihr Passwort seit der Sperre nicht geändert haben,\n"
		"tun Sie es bitte jetzt.\n" },
};

const char *
letter_subject(enum notice notice)
{
	return notices[notice].subject;
}

const char *
letter_text(enum notice notice)
{
	return notices[notice].text;
}

const char *
letter_subject_in(enum language language, enum notice notice)
{
	for (size_t i = 0; language == LANGUAGE_DE && i < 2; i++)
		if (german[i].notice == notice)
			return german[i].subject;
	return letter_subject(notice);
}

const char *
letter_text_in(enum language language, enum notice notice)
{
	for (size_t i = 0; language == LANGUAGE_DE && i < 2; i++)
		if (german[i].notice == notice)
			return german[i].text;
	return letter_text(notice);
}
