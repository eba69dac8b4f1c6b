// SPDX-License-Identifier: GPL-2.0-only
/* The options of a subcommand, by its table; and help, from the same table. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "dcdctl.h"

#define OPTIONS_MAX	24
#define GIVEN_MAX	64

static struct {
	const char *name;
	const char *value;
} given[GIVEN_MAX];
static unsigned int nr_given;

/* What every subcommand has */
static const struct dcdctl_option common[] = {
	{ .name = "qmp", .argument = "socket",
	  .help = "drive QEMU's devices through this QMP socket" },
	{ .name = "help", .letter = 'h', .help = "show this help" },
	{}
};

static const struct dcdctl_option none[] = { {} };

/* Its options, and behind them those that all have; NULL at the end */
static const struct dcdctl_option *nth_option(const struct dcdctl_command *command, int n)
{
	const struct dcdctl_option *own = command->options ?: none;
	int nr = 0;

	while (own[nr].name)
		nr++;
	if (n < nr)
		return &own[n];
	n -= nr;
	return n < (int)DCDCTL_ARRAY_SIZE(common) - 1 ? &common[n] : NULL;
}

static int has_arg(const struct dcdctl_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->optional ? optional_argument : required_argument;
}

static int fill(const struct dcdctl_command *command, struct option *longs, char *shorts)
{
	const struct dcdctl_option *option;
	int nr;

	*shorts++ = '+';
	*shorts++ = ':';
	for (nr = 0; (option = nth_option(command, nr)); nr++) {
		longs[nr] = (struct option) { option->name, has_arg(option), NULL, 1000 + nr };
		if (!option->letter)
			continue;
		*shorts++ = option->letter;
		if (option->argument)
			*shorts++ = ':';
	}
	longs[nr] = (struct option) {};
	*shorts = '\0';
	return nr;
}

static int keep(const struct dcdctl_option *option, const char *prefix, const char *value)
{
	if (!option->several && dcdctl_option_given(option->name))
		return dcdctl_fail(DCDCTL_USAGE, "--%s is given twice: %s takes it once",
				   option->name, prefix);
	if (nr_given == GIVEN_MAX)
		return dcdctl_fail(DCDCTL_USAGE, "--%s: %s takes at most %d options",
				   option->name, prefix, GIVEN_MAX);
	given[nr_given].name = option->name;
	given[nr_given++].value = value;
	return DCDCTL_DONE;
}

/**
 * dcdctl_options_parse() - read the options of a subcommand
 * @command: the subcommand
 * @prefix: what leads to it, for errors, such as "dcdctl add"
 * @argc: words, from the name of the subcommand on
 * @argv: these words; options and arguments may be mixed
 * @arguments: what is no option, with NULL at the end; to be freed
 * @help: --help was among them, and nothing else is checked
 *
 * Return: a status.
 */
int dcdctl_options_parse(const struct dcdctl_command *command, const char *prefix, int argc,
			 char **argv, char ***arguments, bool *help)
{
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 3];
	int c, nr = 0, rc = DCDCTL_DONE;

	fill(command, longs, shorts);
	*help = false;
	*arguments = calloc(argc + 1, sizeof(**arguments));
	if (!*arguments)
		return dcdctl_no_memory();

	opterr = 0;
	optind = 1;
	while (!rc && optind < argc) {
		const struct dcdctl_option *option = NULL;
		const char *word = argv[optind];

		c = getopt_long(argc, argv, shorts, longs, NULL);
		if (c == -1) {
			if (optind < argc)
				(*arguments)[nr++] = argv[optind++];
			continue;
		}
		if (c == ':' || c == '?') {
			rc = dcdctl_fail(DCDCTL_USAGE, c == ':' ?
					 "%s needs an argument: see %s --help" :
					 "%s: unknown option: see %s --help",
					 word, prefix);
			break;
		}
		for (int i = 0; (option = nth_option(command, i)); i++)
			if (c == 1000 + i || (option->letter && c == option->letter))
				break;
		if (!strcmp(option->name, "help"))
			*help = true;
		else
			rc = keep(option, prefix, optarg ? optarg : "");
	}
	if (rc || *help)
		return rc;
	if (nr < command->min)
		return dcdctl_fail(DCDCTL_USAGE, "%s needs %s: see %s --help", prefix,
				   command->arguments, prefix);
	if (nr > command->max)
		return dcdctl_fail(DCDCTL_USAGE, "'%s': %s takes %s and no more: see %s --help",
				   (*arguments)[command->max], prefix,
				   command->max ? command->arguments : "no arguments", prefix);
	return DCDCTL_DONE;
}

/**
 * dcdctl_option() - the argument of an option
 * @name: the option
 *
 * Return: its argument, empty if it was left out; NULL if it was not given.
 */
const char *dcdctl_option(const char *name)
{
	unsigned int at = 0;

	return dcdctl_option_next(name, &at);
}

/**
 * dcdctl_option_next() - the arguments of an option that may be given several times
 * @name: the option
 * @at: where to go on; 0 at first
 *
 * Return: as dcdctl_option().
 */
const char *dcdctl_option_next(const char *name, unsigned int *at)
{
	while (*at < nr_given) {
		unsigned int i = (*at)++;

		if (!strcmp(given[i].name, name))
			return given[i].value;
	}
	return NULL;
}

/**
 * dcdctl_option_given() - whether an option was given
 * @name: the option
 *
 * Return: true if so.
 */
bool dcdctl_option_given(const char *name)
{
	return dcdctl_option(name);
}

/**
 * dcdctl_is_dry() - whether nothing is to be changed, only printed
 *
 * Return: true if so.
 */
bool dcdctl_is_dry(void)
{
	return dcdctl_option_given("dry-run");
}

static void help_option(FILE *to, const struct dcdctl_option *option)
{
	char left[64], letter[8] = "";

	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s%s%s", letter, option->name,
		 option->argument ? option->optional ? "[=" : " " : "",
		 option->argument ? "<" : "", option->argument ? option->argument : "",
		 option->argument ? option->optional ? ">]" : ">" : "");
	fprintf(to, strlen(left) > 26 ? "    %s\n%30s %s\n" : "    %-26s%s%s\n", left, "",
		option->help);
}

/**
 * dcdctl_help() - help for a subcommand, or for all of them
 * @to: where
 * @command: the subcommand
 * @prefix: what leads to it
 */
void dcdctl_help(FILE *to, const struct dcdctl_command *command, const char *prefix)
{
	const struct dcdctl_option *option;

	if (command->commands) {
		fprintf(to, "usage: %s <command> [<options>]\n\n%s:\n\n", prefix, command->help);
		for (const struct dcdctl_command *sub = command->commands; sub->name; sub++)
			fprintf(to, "    %-12s%s\n", sub->name, sub->help);
		fprintf(to, "\nSee '%s <command> --help' for one of them.\n", prefix);
		return;
	}
	fprintf(to, "usage: %s%s%s [<options>]\n\n%s.\n\n", prefix, *command->arguments ? " " : "",
		command->arguments, command->help);
	for (int i = 0; (option = nth_option(command, i)); i++)
		help_option(to, option);
}
