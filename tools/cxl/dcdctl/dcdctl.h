/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_H__
#define __DCDCTL_H__

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <json-c/json.h>

/* Exit statuses, which functions return as well; an error has been printed then. */
enum dcdctl_status {
	DCDCTL_DONE	= 0,
	DCDCTL_REFUSED	= 1,
	DCDCTL_USAGE	= 2,
	DCDCTL_TIMEOUT	= 3,
};

#define DCDCTL_TAG_LEN		16
#define DCDCTL_UUID_TEXT	37
#define DCDCTL_ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * struct dcdctl_option - an option of a subcommand
 * @name: after --
 * @letter: after -, 0: none
 * @argument: what help calls its argument, NULL: it has none
 * @optional: the argument may be left out: --name or --name=ARGUMENT
 * @several: may be given more than once
 * @help: a line of help
 */
struct dcdctl_option {
	const char *name;
	char letter;
	const char *argument;
	bool optional;
	bool several;
	const char *help;
};

/**
 * struct dcdctl_command - a subcommand
 * @name: its name
 * @arguments: how help shows its arguments
 * @min: arguments that it needs
 * @max: arguments that it takes
 * @help: a line of help
 * @options: its options, with an empty one at the end; NULL: none
 * @commands: its own subcommands, with an empty one at the end; NULL: none
 * @run: what it does
 */
struct dcdctl_command {
	const char *name;
	const char *arguments;
	int min;
	int max;
	const char *help;
	const struct dcdctl_option *options;
	const struct dcdctl_command *commands;
	int (*run)(const struct dcdctl_command *command, char **arguments);
};

/* options.c: what the user has asked for */
int dcdctl_options_parse(const struct dcdctl_command *command, const char *prefix, int argc,
			 char **argv, char ***arguments, bool *help);
const char *dcdctl_option(const char *name);
const char *dcdctl_option_next(const char *name, unsigned int *at);
bool dcdctl_option_given(const char *name);
bool dcdctl_is_dry(void);
void dcdctl_help(FILE *to, const struct dcdctl_command *command, const char *prefix);

/* the option of all that change something, which dcdctl_is_dry() asks for */
#define DCDCTL_DRY_RUN {						\
	.name = "dry-run",						\
	.letter = 'n',							\
	.help = "print what would be written, and do nothing",		\
}

/* error.c */
__attribute__((format(printf, 2, 3)))
int dcdctl_fail(enum dcdctl_status status, const char *format, ...);
int dcdctl_no_memory(void);
int dcdctl_flush(void);
int dcdctl_print_json(struct json_object *json);
void dcdctl_json_add_size(struct json_object *to, const char *name, uint64_t size);
void dcdctl_json_add_hex(struct json_object *to, const char *name, uint64_t number);
void dcdctl_json_add_text(struct json_object *to, const char *name, const char *text);

/* Time that a wait has: until when in ms of the monotonic clock */
uint64_t dcdctl_now(void);
void dcdctl_pause(unsigned int ms);

/* What the subcommands are */
extern const struct dcdctl_command dcdctl_list;
extern const struct dcdctl_command dcdctl_map;
extern const struct dcdctl_command dcdctl_add;
extern const struct dcdctl_command dcdctl_release;
extern const struct dcdctl_command dcdctl_config;
extern const struct dcdctl_command dcdctl_ref;
extern const struct dcdctl_command dcdctl_create;
extern const struct dcdctl_command dcdctl_destroy;
extern const struct dcdctl_command dcdctl_backend;
extern const struct dcdctl_command dcdctl_event;
extern const struct dcdctl_command dcdctl_health;
extern const struct dcdctl_command dcdctl_monitor;
extern const struct dcdctl_command dcdctl_raw;

#endif /* __DCDCTL_H__ */
