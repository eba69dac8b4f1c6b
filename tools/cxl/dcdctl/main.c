// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl: a fabric manager's command for devices with Dynamic Capacity. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "dcdctl.h"

#define PREFIX_LEN	64

static struct dcdctl_command commands[14];

static const struct dcdctl_command dcdctl = {
	.name = "dcdctl",
	.help = "Add Dynamic Capacity to hosts and release it",
	.commands = commands,
};

static void collect_commands(void)
{
	const struct dcdctl_command *const all[] = {
		&dcdctl_list, &dcdctl_map, &dcdctl_add, &dcdctl_release, &dcdctl_config,
		&dcdctl_ref, &dcdctl_create, &dcdctl_destroy, &dcdctl_backend,
		&dcdctl_event, &dcdctl_health, &dcdctl_monitor, &dcdctl_raw,
	};

	_Static_assert(DCDCTL_ARRAY_SIZE(all) < DCDCTL_ARRAY_SIZE(commands),
		       "the last one is empty");
	for (size_t i = 0; i < DCDCTL_ARRAY_SIZE(all); i++)
		commands[i] = *all[i];
}

static const struct dcdctl_command *find(const struct dcdctl_command *list, const char *name)
{
	for (; list->name; list++)
		if (!strcmp(list->name, name))
			return list;
	return NULL;
}

/* --qmp may come before the subcommand, where it goes for all of them */
static int move_qmp(int argc, char **argv)
{
	int words;

	if (argc < 2 || strncmp(argv[1], "--qmp", 5))
		return 0;
	if (argv[1][5] != '=' && argv[1][5])
		return 0;
	words = argv[1][5] ? 1 : 2;
	return argc > words ? words : 0;
}

static int run(const struct dcdctl_command *command, char *prefix, int argc, char **argv)
{
	char **arguments = NULL;
	bool help;
	int rc;

	rc = dcdctl_options_parse(command, prefix, argc, argv, &arguments, &help);
	if (!rc && help) {
		dcdctl_help(stdout, command, prefix);
		rc = dcdctl_flush();
	} else if (!rc) {
		rc = command->run(command, arguments);
	}
	free(arguments);
	return rc;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
}

/* From the name of a command on; its own commands come next, or its options. */
static int dispatch(const struct dcdctl_command *command, char *prefix, int argc, char **argv)
{
	const struct dcdctl_command *sub;

	if (!command->commands)
		return run(command, prefix, argc, argv);
	if (argc < 2) {
		dcdctl_help(stderr, command, prefix);
		return DCDCTL_USAGE;
	}
	if (is_help(argv[1])) {
		dcdctl_help(stdout, command, prefix);
		return dcdctl_flush();
	}
	sub = find(command->commands, argv[1]);
	if (!sub)
		return dcdctl_fail(DCDCTL_USAGE, "%s: unknown command: see %s --help",
				   argv[1], prefix);
	strcat(prefix, " ");
	strcat(prefix, sub->name);
	return dispatch(sub, prefix, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	char prefix[PREFIX_LEN] = "dcdctl", **words;
	int moved = move_qmp(argc, argv), rc;

	/* a reader that has gone is an error of writing, which is cleaned up after */
	signal(SIGPIPE, SIG_IGN);
	collect_commands();
	words = calloc(argc + 1, sizeof(*words));
	if (!words)
		return dcdctl_no_memory();
	words[0] = argv[0];
	memcpy(words + 1, argv + 1 + moved, (argc - 1 - moved) * sizeof(*words));
	memcpy(words + argc - moved, argv + 1, moved * sizeof(*words));
	rc = dispatch(&dcdctl, prefix, argc, words);
	free(words);
	return rc;
}
