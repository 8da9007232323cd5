/*
 * test_held_parse.c -- read what postqueue and postcat print.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/config.h"
#include "postfix/held_parse.h"
#include "unit.h"

#include <string.h>

#define MAIL(queue, id, sender)                                                \
	"{\"queue_name\": \"" queue "\", \"queue_id\": \"" id                  \
	"\", \"arrival_time\": 1795254901, \"sender\": \"" sender              \
	"\", \"recipients\": []}"

static const struct {
	const char *what, *line;
	const char *id;		/* NULL: no mail on hold */
} listings[] = {
	{ "a mail on hold", MAIL("hold", "4BC12", "joe@d"), "4BC12" },
	{ "a long id", MAIL("hold", "4g1XkZ3Wz7z9rVf", "joe@d"),
	    "4g1XkZ3Wz7z9rVf" },
	{ "a bounce", MAIL("hold", "4BC12", ""), "4BC12" },
	{ "one that is deferred", MAIL("deferred", "4BC12", "joe@d"), NULL },
	{ "one that is active", MAIL("active", "4BC12", "joe@d"), NULL },
	{ "an id that is an option", MAIL("hold", "-d", "joe@d"), NULL },
	{ "the id of all mail there is", MAIL("hold", "ALL", "joe@d"), NULL },
	{ "twice", MAIL("hold", "ALL ALL", "joe@d"), NULL },
	{ "a sender of two lines",
	    MAIL("hold", "4BC12", "x\\nnamed_attribute: sasl_username=joe"),
	    NULL },
	{ "no id", "{\"queue_name\": \"hold\", \"sender\": \"joe@d\"}",
	    NULL },
	{ "no JSON", "Mail queue is empty", NULL },
	{ "nothing", "", NULL },
};

START_TEST(listing)
{
	for (size_t i = 0; i < ROWS(listings); i++) {
		struct held_mails mails = { NULL, 0, 0 };

		held_mails_add(&mails, listings[i].line);
		ck_assert_msg(mails.count == (listings[i].id != NULL), "%s",
		    listings[i].what);
		if (mails.count == 1)
			ck_assert_str_eq(mails.list[0].id, listings[i].id);
		held_mails_clear(&mails);
	}
}
END_TEST

static const char *const records[] = {
	"*** ENVELOPE RECORDS hold/4BC12 ***",
	"named_attribute: sasl_username=joe@d",
	"sender: bank@example.net",
	"named_attribute: client_address=192.0.2.1",
	"named_attribute: sasl_username=forged@d",
	"named_attribute: client_address=192.0.2.2",
	"recipient: x@example.net",
	"*** MESSAGE CONTENTS hold/4BC12 ***",
	"named_attribute: sasl_username=forged@d",
	"*** MESSAGE FILE END hold/4BC12 ***",
	"*** ENVELOPE RECORDS active/4BC14 ***",
	"named_attribute: sasl_username=ann@d",
	"sender: ann@d",
	"*** ENVELOPE RECORDS hold/4/B/4BC13 ***",
	"sender: kim@d",
	"*** ENVELOPE RECORDS hold/UNKNOWN ***",
	"named_attribute: sasl_username=ben@d",
};

START_TEST(reading)
{
	struct held_mails mails = { NULL, 0, 0 };
	struct record_reader reader = { .mails = &mails };

	held_mails_add(&mails, MAIL("hold", "4BC12", "bank@example.net"));
	held_mails_add(&mails, MAIL("hold", "4BC13", "kim@d"));
	held_mails_add(&mails, MAIL("hold", "4BC14", "ann@d"));
	for (size_t i = 0; i < ROWS(records); i++)
		record_reader_take(&reader, records[i]);
	ck_assert(mails.list[0].is_read && mails.list[1].is_read);
	ck_assert_str_eq(mails.list[0].sasl_username, "joe@d");
	ck_assert_str_eq(mails.list[0].client_address, "192.0.2.1");
	ck_assert_str_eq(mails.list[1].sasl_username, "");
	/* It is not on hold any more. */
	ck_assert(!mails.list[2].is_read);
	ck_assert_str_eq(mails.list[2].sasl_username, "");
	held_mails_clear(&mails);
}
END_TEST

static const struct {
	const char *what;
	enum identity key;
	const char *login, *sender, *client, *name;
} owners[] = {
	{ "the login wins", IDENTITY_SASL_USERNAME, "Joe@D", "bank@x",
	    "192.0.2.1", "joe@d" },
	{ "else the sender", IDENTITY_SASL_USERNAME, "", "Joe@D", "192.0.2.1",
	    "joe@d" },
	{ "where accounts are senders", IDENTITY_SENDER, "ann@d", "joe@d", "",
	    "joe@d" },
	{ "where accounts are clients", IDENTITY_CLIENT, "ann@d", "joe@d",
	    "192.0.2.1", "192.0.2.1" },
	{ "nobody's", IDENTITY_SASL_USERNAME, "", "", "", "" },
};

START_TEST(naming)
{
	for (size_t i = 0; i < ROWS(owners); i++) {
		char extension[] = "";
		struct config config;
		char login[40], sender[40], client[40];
		struct held_mail mail = { .sasl_username = login,
			.sender = sender, .client_address = client };
		char name[ACCOUNT_SIZE];

		memset(&config, 0, sizeof(config));
		config.identity.extension = extension;
		config.identity.keys[0] = owners[i].key;
		config.identity.key_count = 1;
		strcpy(login, owners[i].login);
		strcpy(sender, owners[i].sender);
		strcpy(client, owners[i].client);
		held_mail_name(&config, &mail, name);
		ck_assert_msg(strcmp(name, owners[i].name) == 0, "%s: %s",
		    owners[i].what, name);
	}
}
END_TEST

START_TEST(counting)
{
	ck_assert_uint_eq(queue_parse_count("postsuper: Deleted: 3 messages"),
	    3);
	ck_assert_uint_eq(queue_parse_count(
	    "postsuper: Released from hold: 1 message"), 1);
	ck_assert_uint_eq(queue_parse_count("postsuper: 4BC12: removed"), 0);
	ck_assert_uint_eq(queue_parse_count(""), 0);
}
END_TEST

UNIT("postfix/held_parse", listing, reading, naming, counting)
