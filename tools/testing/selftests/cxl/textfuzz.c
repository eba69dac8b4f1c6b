// SPDX-License-Identifier: GPL-2.0-only
/*
 * textfuzz SEED ROUNDS FORM FILE...: write nonsense to files, each in one write, and
 * see that what they take is in the form that Documentation/ABI gives them. FORM is a
 * letter per file:
 *
 *	n  a number, with a suffix or without
 *	b  0 or 1
 *	k  none, phantom or reserved
 *	t  a UUID other than zero
 *	p  a list of extents
 *	a  an extent to add, d one to release, e an event
 *	s  the status of a device's health, M that of its media, T a temperature
 *	m  a number that is a parameter of a module, c auto or user as one
 *	u  a UUID or 0, z zero, i one, x a DAX device, r a region
 *	o  the mode of a decoder
 *
 * Of parameters the kernel cuts off what follows a NUL. Those from u on may end with one,
 * as cxl and daxctl write it.
 *
 * Prints each text that was taken and should not have been, and fails then. A file
 * that can be read must read as before after a text that was refused.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX	8192

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define STATUS	"(maintenance|degraded|replacement)"
#define WHAT	"(persistence|data)"
#define WHEN	"(powerloss|shutdown)"
#define MODULE	"(health|media|life_used|temperature|data_path|lsa|sideband_bus|media_fru|power)?"
#define LOG	"(info|warning|failure|fatal)"
#define NUMBER	"(0|[1-9][0-9]*|0[0-7]+|0[xX][0-9a-fA-F]+)[KMGTPEkmgtpe]?"
#define HEX4	"[0-9a-fA-F]{4}"
#define UUID	HEX4 HEX4 "-" HEX4 "-" HEX4 "-" HEX4 "-" HEX4 HEX4 HEX4
#define TAG	"(0|" UUID ")?"
#define PLACE	NUMBER ":" NUMBER ":" TAG
#define PRESENT	PLACE "(:" NUMBER ")?"

/* The forms, without the newline that may end each. */
static const struct form {
	char letter;
	const char *regex;
	const char *samples[8];
} forms[] = {
	{ 'n', "^" NUMBER "$", { "0", "4G", "0x10000000", "017", "18446744073709551615" } },
	{ 'b', "^[01]$", { "0", "1" } },
	{ 'k', "^(none|phantom|reserved)$", { "none", "phantom", "reserved" } },
	{ 't', "^" UUID "$", { "5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a1",
			       "00000000-0000-0000-0000-000000000000" } },
	{ 'p', "^(" PRESENT "(," PRESENT "){0,7})?$",
	  { "", "0:128M:", "0:2M:0,2M:2M:5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a1:1" } },
	{ 'a', "^" PLACE ":" NUMBER "(:" NUMBER ")?$",
	  { "0x0:0x200000::0", "0:2M:0:1:0", "2M:2M:5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a1:0" } },
	{ 'd', "^" PLACE "$", { "0x0:0x200000:", "0:2M:0" } },
	{ 'e', "^((general_media|dram|poison):" LOG ":" NUMBER "|memory_module:" LOG
		  "(:" MODULE "|$))(:" NUMBER ")?$",
	  { "dram:info:0x40", "memory_module:fatal", "poison:warning:2M:3",
	    "memory_module:info:lsa:2" } },
	{ 's', "^(normal|" STATUS "(," STATUS ")*)$", { "normal", "maintenance,degraded" } },
	{ 'M', "^(normal|not_ready|" WHAT "_lost|" WHEN "_" WHAT "_loss|" WHAT "_loss_imminent)$",
	  { "normal", "data_lost", "shutdown_data_loss" } },
	{ 'T', "^-?" NUMBER "$", { "25", "-5", "0x20" } },
	{ 'm', "^" NUMBER "$", { "0", "1000", "0x10", "1K" } },
	{ 'c', "^(auto|user)$", { "auto", "user" } },
	{ 'u', "^(0|" UUID ")$", { "0", "5be13bd1-c5c9-4b4b-a4a2-2dd2b6b9d0a1" } },
	{ 'z', "^(0+|0[xX]0+)[KMGTPEkmgtpe]?$", { "0", "2097152" } },
	{ 'i', "^(0*1|0[xX]0*1)$", { "1" } },
	{ 'x', "^dax[0-9]+[.][0-9]+$", { "dax0.1", "dax0.2" } },
	{ 'r', "^region[0-9]+$", { "region0", "region1", "region2" } },
	{ 'o', "^(ram|pmem|none|dynamic_ram(_1)?)$", { "ram", "dynamic_ram" } },
};

static uint64_t state;

static uint32_t chance(uint32_t n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

static const struct form *find_form(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].letter == letter)
			return &forms[i];
	fprintf(stderr, "textfuzz: there is no form %c\n", letter);
	exit(2);
}

/* What users, shells and the kernel's parsers make of numbers and of ends. */
static const char pieces[][12] = {
	"\n", "\0", " ", "\t", "x", "0x", "00", "+", "-", "1", "9", "K", "GB", ":", ",", "::",
	"yes", "on", "off", "n", "\x1b[2J", "\xff", "\xc2\xa0", "%s%n", "\r\n", "#", "08", "E",
};

static const size_t lengths[] = {
	1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 2, 1, 1, 2, 3, 2, 3, 1, 4, 1, 2, 4, 2, 1, 2, 1,
};

static size_t put_piece(char *text, size_t len, size_t at)
{
	uint32_t i = chance(ARRAY_SIZE(lengths));

	memmove(text + at + lengths[i], text + at, len - at);
	memcpy(text + at, pieces[i], lengths[i]);
	return len + lengths[i];
}

/* A text of this form or another, with a few changes; now and then a long or a wild one. */
static size_t make(const struct form *form, char *text)
{
	const char *sample;
	size_t len;

	if (chance(4))
		form = &forms[chance(ARRAY_SIZE(forms))];
	sample = form->samples[chance(8)] ?: form->samples[0];
	len = strlen(sample);

	memcpy(text, sample, len);
	if (!chance(16)) {
		len = 1 + chance(5000);
		memset(text, "01\n :"[chance(5)], len);
	}
	for (uint32_t changes = chance(4); changes--;) {
		size_t at = chance(3) ? (chance(2) ? len : 0) : chance(len + 1);

		if (chance(3))
			len = put_piece(text, len, at);
		else if (at < len)
			text[at] = chance(256);
	}
	return len;
}

static int read_all(const char *file, char *text)
{
	int fd = open(file, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, text, TEXT_MAX);
	close(fd);
	return len;
}

static void show(const char *what, const char *file, const char *text, size_t len)
{
	printf("%s: %s: '", file, what);
	for (size_t i = 0; i < len && i < 200; i++)
		printf(isprint((unsigned char)text[i]) ? "%c" : "\\x%02x", (unsigned char)text[i]);
	printf("'\n");
}

/* Whether a text, with the newline that may end it, is of a form and no longer than one. */
static int fits(const regex_t *regex, char letter, const char *text, size_t len)
{
	char line[TEXT_MAX];

	if (strchr("mc", letter))
		len = strnlen(text, len);
	if (strchr("uzixro", letter) && len && !text[len - 1])
		len--;
	if (len && text[len - 1] == '\n')
		len--;
	if (memchr(text, '\0', len) || memchr(text, '\n', len) || (letter != 'p' && len > 127))
		return 0;
	memcpy(line, text, len);
	line[len] = '\0';
	return !regexec(regex, line, 0, NULL, 0);
}

static int fuzz(const struct form *form, const regex_t *regex, const char *file)
{
	static char text[TEXT_MAX], before[TEXT_MAX], after[TEXT_MAX];
	size_t len = make(form, text);
	int had, has, fd, bad = 0;
	ssize_t taken;

	had = read_all(file, before);
	fd = open(file, O_WRONLY);
	if (fd < 0)
		return 0;	/* live=0 has taken it away */
	taken = write(fd, text, len);
	close(fd);
	has = read_all(file, after);

	if (taken >= 0 && len && !fits(regex, form->letter, text, taken)) {
		show("took", file, text, taken);
		bad = 1;
	}
	if (taken < 0 && (had != has || (had > 0 && memcmp(before, after, had)))) {
		show("refused, and changed by", file, text, len);
		bad = 1;
	}
	return bad;
}

int main(int argc, char **argv)
{
	int rounds, bad = 0;

	if (argc < 5 || (argc - 3) % 2) {
		fprintf(stderr, "usage: textfuzz SEED ROUNDS FORM FILE...\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 0);
	rounds = atoi(argv[2]);
	for (int i = 3; i < argc; i += 2) {
		const struct form *form = find_form(argv[i][0]);
		regex_t regex;

		if (regcomp(&regex, form->regex, REG_EXTENDED | REG_NOSUB)) {
			fprintf(stderr, "textfuzz: form %c does not compile\n", form->letter);
			return 2;
		}
		for (int round = 0; round < rounds; round++)
			bad |= fuzz(form, &regex, argv[i + 1]);
		regfree(&regex);
	}
	return bad;
}
