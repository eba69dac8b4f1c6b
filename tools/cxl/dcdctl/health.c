// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl health: how the mock says that it is. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wait.h"

#define TEXT_MAX	100

static const char *const status_words[] = { "normal", "maintenance", "degraded", "replacement" };
static const char *const media_words[] = {
	"normal", "not_ready", "persistence_lost", "data_lost", "powerloss_persistence_loss",
	"shutdown_persistence_loss", "persistence_loss_imminent", "powerloss_data_loss",
	"shutdown_data_loss", "data_loss_imminent",
};

/* What can be set: an option, an attribute of the device, and a field of the answer */
static const struct field {
	const char *option;
	const char *attribute;
	const char *const *words;
	size_t nr_words;
	bool several;
	int64_t min, max;
} fields[] = {
	{ "status", "health/status", status_words, DCDCTL_ARRAY_SIZE(status_words), true },
	{ "media-status", "health/media_status", media_words, DCDCTL_ARRAY_SIZE(media_words) },
	{ "life-used", "health/life_used", .max = 100 },
	{ "temperature", "health/temperature", .min = -273, .max = 1000 },
	{ "dirty-shutdowns", "health/dirty_shutdowns", .max = UINT32_MAX },
	{ "corrected-errors", "health/corrected_errors", .max = UINT32_MAX },
};

/* The first word says that all is well, and stands alone. */
static bool is_word(const struct field *field, const char *word, size_t length, bool alone)
{
	for (size_t i = alone ? 0 : 1; i < field->nr_words; i++)
		if (strlen(field->words[i]) == length && !strncmp(field->words[i], word, length))
			return true;
	return false;
}

static int check_words(const struct field *field, const char *text)
{
	const char *word = text;
	char list[256] = "";

	while (word) {
		size_t length = field->several ? strcspn(word, ",") : strlen(word);

		if (!is_word(field, word, length, length == strlen(text)))
			break;
		word = word[length] ? word + length + 1 : NULL;
	}
	if (!word && strlen(text) < TEXT_MAX)
		return DCDCTL_DONE;
	for (size_t i = 0; i < field->nr_words; i++) {
		strcat(list, i ? ", " : "");
		strcat(list, field->words[i]);
	}
	return dcdctl_fail(DCDCTL_USAGE, "--%s %s: must be one of %s%s", field->option, text, list,
			   field->several ?
			   "; except for normal, several can be combined with commas" : "");
}

static int check_number(const struct field *field, const char *text)
{
	bool negative = field->min < 0 && text[0] == '-';
	uint64_t number;

	if (!dcdctl_parse_number(text + negative, UINT32_MAX, &number)) {
		int64_t value = negative ? -(int64_t)number : (int64_t)number;

		if (value >= field->min && value <= field->max)
			return DCDCTL_DONE;
	}
	return dcdctl_fail(DCDCTL_USAGE, "--%s %s: must be a number from %" PRId64 " to %" PRId64,
			   field->option, text, field->min, field->max);
}

/* All of it is checked before any of it is written. */
static int check(void)
{
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && i < DCDCTL_ARRAY_SIZE(fields); i++) {
		const char *text = dcdctl_option(fields[i].option);

		if (text)
			rc = fields[i].words ? check_words(&fields[i], text) :
					       check_number(&fields[i], text);
	}
	if (!rc && dcdctl_option_given("qmp"))
		rc = dcdctl_fail(DCDCTL_USAGE, "--qmp: not supported: QEMU's devices are always healthy");
	return rc;
}

static int set(const struct dcdctl_device *device)
{
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && i < DCDCTL_ARRAY_SIZE(fields); i++)
		if (dcdctl_option_given(fields[i].option))
			rc = dcdctl_attribute_write(device, fields[i].attribute,
						    dcdctl_option(fields[i].option));
	return rc;
}

static int print(const struct dcdctl_device *device)
{
	struct json_object *json = json_object_new_object();
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && i < DCDCTL_ARRAY_SIZE(fields); i++) {
		const char *name = strchr(fields[i].attribute, '/') + 1;
		char text[TEXT_MAX];

		rc = dcdctl_attribute_read(device, fields[i].attribute, text, sizeof(text));
		if (!rc && fields[i].words)
			dcdctl_json_add_text(json, name, text);
		else if (!rc)
			json_object_object_add(json, name,
					       json_object_new_int64(strtoll(text, NULL, 10)));
	}
	if (!rc)
		return dcdctl_print_json(json);
	json_object_put(json);
	return rc;
}

static int run(const struct dcdctl_command *command, char **arguments)
{
	struct dcdctl_devices devices = {};
	int rc = check();

	if (!rc)
		rc = dcdctl_find_one(arguments[0], &devices) ?: set(&devices.list[0]);
	if (!rc && !dcdctl_is_dry())
		rc = print(&devices.list[0]);
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option options[] = {
	{ .name = "status", .letter = 's', .argument = "status",
	  .help = "normal, or a list of maintenance, degraded, replacement" },
	{ .name = "media-status", .letter = 'm', .argument = "status",
	  .help = "normal, not_ready, data_lost or another, see dcdctl(1)" },
	{ .name = "life-used", .letter = 'l', .argument = "percent", .help = "0 to 100" },
	{ .name = "temperature", .letter = 't', .argument = "degrees",
	  .help = "degrees Celsius, -273 to 1000" },
	{ .name = "dirty-shutdowns", .argument = "n", .help = "number of dirty shutdowns" },
	{ .name = "corrected-errors", .letter = 'c', .argument = "n",
	  .help = "number of corrected errors of volatile capacity" },
	DCDCTL_DRY_RUN,
	{}
};

const struct dcdctl_command dcdctl_health = {
	.name = "health",
	.arguments = "<memdev>",
	.min = 1,
	.max = 1,
	.help = "Set and show the health that a mock device reports",
	.options = options,
	.run = run,
};
