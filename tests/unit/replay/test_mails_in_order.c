/*
 * test_mails_in_order.c -- see replay/mails_in_order.h, log_source.h and log_input.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/mails_in_order.h"

#include "base/clock.h"
#include "base/mem.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { FILES_MAX = 8 };
#define START_MS INT64_C(1767323045000)		/* 2026-01-02T03:04:05Z */

static char directory[64];
static char *paths[FILES_MAX];
static size_t file_count;
static struct reading reading;

static FILE *
file(void)
{
	FILE *out;

	if (file_count == 0) {
		strcpy(directory, "/tmp/policyd-mails-XXXXXX");
		ck_assert_ptr_nonnull(mkdtemp(directory));
	}
	paths[file_count] = mem_printf("%s/%zu", directory, file_count);
	out = fopen(paths[file_count++], "w");
	ck_assert_ptr_nonnull(out);
	return out;
}

/* A mail of Postfix, so many seconds after the start. */
static void
mail(FILE *out, int second, const char *host, const char *id,
    const char *user)
{
	char at[24];

	clock_format(START_MS + second * INT64_C(1000), at);
	fprintf(out, "%s %s postfix/smtpd[1]: %s: client=x[192.0.2.1], "
	    "sasl_method=PLAIN, sasl_username=%s\n", at, host, id, user);
}

static void
recipients(FILE *out, int second, const char *host, const char *id,
    unsigned count)
{
	char at[24];

	clock_format(START_MS + second * INT64_C(1000), at);
	fprintf(out, "%s %s postfix/qmgr[1]: %s: from=<x>, size=1, nrcpt=%u "
	    "(queue active)\n", at, host, id, count);
}

/* Read the files, and write "user@second:recipients " of each mail. */
static char *
play(bool wants_recipients)
{
	struct mails *mails;
	struct entry *entry;
	char *told = NULL;
	size_t length;
	FILE *out = mem_stream(&told, &length);

	memset(&reading, 0, sizeof(reading));
	reading.wants_recipients = wants_recipients;
	mails = mails_open(paths, file_count, &reading);
	ck_assert_ptr_nonnull(mails);
	while ((entry = mails_next(mails)) != NULL) {
		fprintf(out, "%s@%lld:%u ", entry->user,
		    (long long)((entry->at_ms - START_MS) / 1000),
		    entry->recipients);
		free(entry);
	}
	ck_assert_ptr_null(mails_next(mails));
	mails_close(mails);
	fclose(out);
	for (; file_count > 0; file_count--) {
		unlink(paths[file_count - 1]);
		free(paths[file_count - 1]);
	}
	rmdir(directory);
	return told;
}

#define expect(wants, text)                                                    \
	do {                                                                   \
		char *told = play(wants);                                      \
		ck_assert_str_eq(told, text);                                  \
		free(told);                                                    \
	} while (0)

START_TEST(files_are_merged_by_time)
{
	FILE *out = file();

	mail(out, 2, "a", "1", "two");
	mail(out, 5, "a", "2", "five");
	fclose(out);
	out = file();
	mail(out, 0, "b", "1", "zero");
	mail(out, 3, "b", "2", "three");
	fclose(out);
	fclose(file());
	out = file();
	mail(out, 4, "c", "1", "four");
	fprintf(out, "not a line\n");
	fclose(out);
	expect(false, "zero@0:0 two@2:0 three@3:0 four@4:0 five@5:0 ");
	ck_assert_uint_eq(reading.lines, 6);
	ck_assert_uint_eq(reading.bad, 1);
}
END_TEST

START_TEST(lines_out_of_order)
{
	FILE *out = file();

	mail(out, 100, "a", "1", "b");
	mail(out, 0, "a", "2", "a");
	mail(out, 100, "a", "3", "c");
	mail(out, 230, "a", "4", "e");
	/* More than two minutes late: it comes when it comes. */
	mail(out, 101, "a", "5", "d");
	fclose(out);
	expect(false, "a@0:0 b@100:0 c@100:0 d@101:0 e@230:0 ");
	out = file();
	mail(out, 300, "a", "1", "late");
	mail(out, 600, "a", "2", "x");
	mail(out, 0, "a", "3", "early");
	mail(out, 601, "a", "4", "y");
	fclose(out);
	expect(false, "late@300:0 early@0:0 x@600:0 y@601:0 ");
}
END_TEST

START_TEST(recipients_by_host_and_queue_id)
{
	FILE *out = file();

	mail(out, 0, "a", "1", "joe");
	mail(out, 1, "b", "1", "ann");
	recipients(out, 2, "b", "1", 7);
	recipients(out, 3, "a", "1", 5);
	/* Told again when it is delivered again. */
	recipients(out, 4, "a", "1", 9);
	/* The id is used again. */
	mail(out, 5, "a", "1", "eve");
	recipients(out, 6, "a", "1", 2);
	/* Never told: it waits for ten minutes. */
	mail(out, 7, "a", "3", "ben");
	mail(out, 8, "a", "4", "tom");
	recipients(out, 8, "a", "4", 3);
	mail(out, 700, "a", "5", "end");
	fclose(out);
	expect(true, "joe@0:5 ann@1:7 eve@5:2 ben@7:0 tom@8:3 end@700:0 ");
}
END_TEST

START_TEST(recipients_in_another_file)
{
	FILE *out = file();

	recipients(out, 5, "a", "1", 7);
	fclose(out);
	out = file();
	mail(out, 5, "a", "1", "joe");
	fclose(out);
	expect(true, "joe@5:7 ");
}
END_TEST

START_TEST(policyds_lines_beside_postfix)
{
	FILE *out = file();

	fprintf(out, "2026-01-02T03:04:05Z a policyd[1]: decision account=x "
	    "client=192.0.2.1 verdict=pass\n");
	mail(out, 1, "a", "1", "joe");
	fprintf(out, "2026-01-02T03:04:07Z a policyd[1]: decision account=y "
	    "client=192.0.2.1 verdict=pass\n");
	fclose(out);
	expect(true, "joe@1:0 ");
	ck_assert_uint_eq(reading.aside, 2);
	/* Alone they count. */
	out = file();
	fprintf(out, "2026-01-02T03:04:05Z a policyd[1]: decision account=x "
	    "client=192.0.2.1 verdict=pass\n");
	fclose(out);
	expect(true, "x@0:0 ");
}
END_TEST

/* Far more than wait, or are looked ahead at. */
START_TEST(many)
{
	enum { MANY = 200000 };
	FILE *out = file();
	FILE *other = file();
	char *told;
	unsigned count = 0;

	for (int i = 0; i < MANY; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%X", i);
		mail(i % 2 ? out : other, i / 10000, "a", id, "joe");
	}
	for (int i = 0; i < MANY; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%X", i);
		recipients(i % 2 ? out : other, 21, "a", id, 1);
	}
	fclose(out);
	fclose(other);
	told = play(true);
	for (const char *c = told; *c != '\0'; c++)
		count += *c == ' ';
	ck_assert_uint_eq(count, MANY);
	ck_assert_ptr_nonnull(strstr(told, "joe@0:0"));
	ck_assert_ptr_nonnull(strstr(told, "joe@19:1"));
	free(told);
}
END_TEST

START_TEST(compressed_in_several_members)
{
	FILE *out = file();
	gzFile compressed;

	fclose(out);
	for (int i = 0; i < 2; i++) {
		static const char line[] = "2026-01-02T03:04:05Z h postfix/"
		    "smtpd[1]: A: client=x[192.0.2.1], sasl_username=joe\n";

		compressed = gzopen(paths[0], i == 0 ? "wb" : "ab");
		ck_assert_int_eq(gzwrite(compressed, line, sizeof(line) - 1),
		    (int)sizeof(line) - 1);
		gzclose(compressed);
	}
	expect(false, "joe@0:0 joe@0:0 ");
}
END_TEST

START_TEST(long_lines_nul_bytes_and_no_last_newline)
{
	FILE *out = file();
	long end;

	for (int i = 0; i < 70000; i++)
		fputc('x', out);
	fputc('\n', out);
	for (int i = 0; i < 1000000; i++)
		fputc('y', out);
	fputc('\n', out);
	fwrite("\0\0\0", 1, 3, out);
	mail(out, 1, "a", "1", "joe");
	fwrite("\n\r\n", 1, 3, out);
	mail(out, 2, "a", "2", "ann");
	end = ftell(out);
	fclose(out);
	ck_assert_int_eq(truncate(paths[0], end - 1), 0);
	expect(false, "joe@1:0 ann@2:0 ");
	ck_assert_uint_eq(reading.bad, 2);
	ck_assert_uint_eq(reading.lines, 6);
	ck_assert_ptr_nonnull(strstr(reading.first_bad, ":1: xxx"));
	ck_assert_uint_lt(strlen(reading.first_bad), 400);
}
END_TEST

START_TEST(what_cannot_be_read)
{
	char none[] = "/nonexistent/log", folder[] = "/tmp";
	char *list[] = { none }, *folders[] = { folder };

	ck_assert_ptr_null(mails_open(list, 1, &reading));
	ck_assert_ptr_null(mails_open(folders, 1, &reading));
}
END_TEST

UNIT("replay/mails_in_order", files_are_merged_by_time, lines_out_of_order,
    recipients_by_host_and_queue_id, recipients_in_another_file,
    policyds_lines_beside_postfix, many, compressed_in_several_members,
    long_lines_nul_bytes_and_no_last_newline, what_cannot_be_read)
