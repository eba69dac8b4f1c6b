// SPDX-License-Identifier: GPL-2.0-only
/*
 * dcdctl create, destroy and backend: the devices that the mock makes, which are
 * directories in configfs. What fails is undone; --dry-run prints what would be done.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"
#include "wait.h"

#define CONFIGFS	"/sys/kernel/config/cxl_mock_dcd"
#define APPEAR_MS	20000
/* under one window */
#define DEVICES_MAX	8
/* a line of the mock's about a value, as long as it gets */
#define VALUE_LEN	512

/* What the kernel's log says of the directory since then; -1: not read */
static int kernel_log = -1;

/* Why the mock has refused: its line in the log is "cxl_mock_dcd: NAME/..." */
static int refused(const char *name, const char *what, int error)
{
	char prefix[128], line[1024];
	const char *const words[] = { prefix, NULL };

	snprintf(prefix, sizeof(prefix), "cxl_mock_dcd: %s/", name);
	if (dcdctl_log_find(kernel_log, words, line, sizeof(line)))
		return dcdctl_fail(DCDCTL_REFUSED, "%s", strstr(line, prefix) + 14);
	return dcdctl_fail(DCDCTL_REFUSED, "%s: %s: %s", name, what, strerror(error));
}

__attribute__((format(printf, 1, 2)))
static char *path_of(const char *format, ...)
{
	static char path[PATH_MAX];
	size_t length = strlen(CONFIGFS "/");
	va_list args;

	snprintf(path, sizeof(path), CONFIGFS "/");
	va_start(args, format);
	vsnprintf(path + length, sizeof(path) - length, format, args);
	va_end(args);
	return path;
}

static int make_directory(const char *name, const char *path)
{
	if (dcdctl_is_dry()) {
		printf("mkdir %s\n", path);
		return DCDCTL_DONE;
	}
	if (!mkdir(path, 0755))
		return DCDCTL_DONE;
	if (errno == EEXIST)
		return dcdctl_fail(DCDCTL_REFUSED, "%s already exists: use another name, or destroy it",
				   path);
	return refused(name, "mkdir", errno);
}

static int remove_directory(const char *name, const char *path)
{
	if (dcdctl_is_dry()) {
		printf("rmdir %s\n", path);
		return DCDCTL_DONE;
	}
	return rmdir(path) ? refused(name, "rmdir", errno) : DCDCTL_DONE;
}

static int write_value(const char *name, const char *path, const char *value)
{
	ssize_t written;
	int fd, error;

	if (dcdctl_is_dry()) {
		printf("echo %s > %s\n", value, path);
		return DCDCTL_DONE;
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return dcdctl_fail(DCDCTL_REFUSED, "%s: this cxl_mock_dcd has no such attribute",
				   path);
	if (fd < 0)
		return refused(name, strrchr(path, '/') + 1, errno);
	written = write(fd, value, strlen(value));
	error = errno;
	close(fd);
	return written < 0 ? refused(name, strrchr(path, '/') + 1, error) : DCDCTL_DONE;
}

static int need_configfs(void)
{
	if (dcdctl_is_dry() || !access(CONFIGFS, F_OK))
		return DCDCTL_DONE;
	return dcdctl_fail(DCDCTL_REFUSED,
			   CONFIGFS ": %s: 'modprobe cxl_mock_dcd' and mount configfs first",
			   strerror(errno));
}

static int check_name(const char *name)
{
	const char *rule = dcdctl_parse_name(name);

	if (dcdctl_option_given("qmp"))
		return dcdctl_fail(DCDCTL_USAGE,
				   "--qmp: not supported: QEMU's command line creates its devices and backends");
	return rule ? dcdctl_fail(DCDCTL_USAGE, "%s: %s", name, rule) : need_configfs();
}

/* Options of create that are a value of the attribute, sizes and all */
static const struct {
	const char *option;
	const char *attribute;
	bool is_size;
} values[] = {
	{ "size", "dc_total_size", true },
	{ "regions", "num_dc_regions", true },
	{ "block-size", "dc_block_size", true },
	{ "backing", "dc_backing", false },
	{ "serial", "serial", true },
	{ "devices", "devices", true },
	{ "sharable", "sharable", true },
	{ "read-only", "readonly", true },
	{ "ram-size", "ram_size", true },
	{ "region-size", "region_size", true },
	{ "window-base", "window_base", true },
	{ "window-size", "window_size", true },
	{ "qos-class", "qos_class", true },
	{ "max-extents", "max_extents", true },
	{ "max-tags", "max_tags", true },
	{ "poison-limit", "poison_limit", true },
	{ "alerts", "alerts", true },
};

static int check_values(void)
{
	uint64_t size;
	int rc = DCDCTL_DONE;

	if (!dcdctl_option_given("size"))
		return dcdctl_fail(DCDCTL_USAGE, "--size is missing: give an amount, such as --size 4G");
	for (size_t i = 0; !rc && i < DCDCTL_ARRAY_SIZE(values); i++)
		if (values[i].is_size)
			rc = dcdctl_size_option(values[i].option, &size);
	return rc;
}

/* The extents that are there from the start, all in one attribute */
static int write_extents(const char *name)
{
	char text[4096] = "";
	const char *extent;
	unsigned int at = 0;
	size_t length = 0;

	while ((extent = dcdctl_option_next("extent", &at))) {
		length += snprintf(text + length, sizeof(text) - length, "%s%s",
				   length ? "," : "", extent);
		if (length >= sizeof(text))
			return dcdctl_fail(DCDCTL_USAGE, "--extent: too many: they must fit in %zu bytes",
					   sizeof(text));
	}
	return length ? write_value(name, path_of("%s/dc_extents", name), text) : DCDCTL_DONE;
}

static int write_values(const char *name)
{
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && i < DCDCTL_ARRAY_SIZE(values); i++)
		if (dcdctl_option_given(values[i].option))
			rc = write_value(name, path_of("%s/%s", name, values[i].attribute),
					 dcdctl_option(values[i].option));
	return rc ?: write_extents(name) ?: write_value(name, path_of("%s/live", name), "1");
}

/*
 * The devices that were made together and have a memdev: those under the bridge of the
 * first, which is the one that the directory names.
 */
static size_t find_created(const char *name, const struct dcdctl_devices *devices,
			   struct dcdctl_device *created[DEVICES_MAX])
{
	const char *bridge = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < devices->nr; i++)
		if (!strcmp(devices->list[i].directory, name))
			bridge = devices->list[i].bridge;
	for (size_t i = 0; bridge && i < devices->nr && nr < DEVICES_MAX; i++)
		if (*devices->list[i].memdev && !strcmp(devices->list[i].bridge, bridge))
			created[nr++] = &devices->list[i];
	return nr;
}

/* One device is an object, as it is by itself; those of --devices are a list, as of list. */
static int print_devices(struct dcdctl_device *const *created, size_t nr)
{
	struct json_object *list;
	int rc = DCDCTL_DONE;

	for (size_t i = 0; !rc && i < nr; i++)
		rc = created[i]->ops->load(created[i]);
	if (rc)
		return rc;
	if (!dcdctl_option_given("devices"))
		return dcdctl_print_json(dcdctl_device_json(created[0]));
	list = json_object_new_array();
	for (size_t i = 0; i < nr; i++)
		json_object_array_add(list, dcdctl_device_json(created[i]));
	return dcdctl_print_json(list);
}

/* What was made, once its memdevs are there */
static int print_created(const char *name)
{
	uint64_t deadline = dcdctl_now() + APPEAR_MS, wanted_nr = 1;
	struct dcdctl_device *created[DEVICES_MAX];
	struct dcdctl_devices devices;
	size_t nr = 0;
	int rc;

	/* the mock has taken it */
	dcdctl_size_option("devices", &wanted_nr);
	for (;;) {
		rc = dcdctl_find(NULL, &devices);
		nr = rc ? 0 : find_created(name, &devices, created);
		if (rc || nr >= wanted_nr || dcdctl_now() >= deadline)
			break;
		dcdctl_forget(&devices);
		dcdctl_pause(DCDCTL_LOOK_MS);
	}
	if (!rc && nr < wanted_nr)
		rc = dcdctl_fail(DCDCTL_TIMEOUT,
				 "%s: created, but only %zu of %" PRIu64 " memdevs have appeared within %d s: see the kernel log",
				 name, nr, wanted_nr, APPEAR_MS / 1000);
	rc = rc ?: print_devices(created, nr);
	dcdctl_forget(&devices);
	return rc;
}

static int run_create(const struct dcdctl_command *command, char **arguments)
{
	const char *name = arguments[0];
	int rc = check_name(name) ?: check_values();

	if (rc)
		return rc;
	kernel_log = dcdctl_log_open();
	rc = make_directory(name, path_of("%s", name));
	if (rc)
		return rc;
	rc = write_values(name);
	if (rc) {
		rmdir(path_of("%s", name));
		return rc;
	}
	return dcdctl_is_dry() ? dcdctl_flush() : print_created(name);
}

/* Each backend of a device: @each, until one fails */
static int each_backend(const char *name, int (*each)(const char *name, const char *backend))
{
	DIR *entries = opendir(path_of("%s/backends", name));
	struct dirent *entry;
	int rc = DCDCTL_DONE;

	if (!entries)
		return DCDCTL_DONE;
	while (!rc && (entry = readdir(entries)))
		if (*entry->d_name != '.')
			rc = each(name, entry->d_name);
	closedir(entries);
	return rc;
}

static int remove_backend(const char *name, const char *backend)
{
	return remove_directory(name, path_of("%s/backends/%s", name, backend));
}

static int run_destroy(const struct dcdctl_command *command, char **arguments)
{
	const char *name = arguments[0];
	int rc = check_name(name);

	if (rc)
		return rc;
	if (!dcdctl_is_dry() && access(path_of("%s", name), F_OK))
		return dcdctl_fail(DCDCTL_REFUSED,
				   "%s: no such device in " CONFIGFS, name);
	kernel_log = dcdctl_log_open();
	/* its backends are not attached any more then */
	return write_value(name, path_of("%s/live", name), "0") ?:
	       each_backend(name, remove_backend) ?:
	       remove_directory(name, path_of("%s", name)) ?: dcdctl_flush();
}

/* The directory of a device, by its own name or by one of the device's */
static int find_directory(const char *mem, char *name, size_t room)
{
	struct dcdctl_devices devices = {};
	int rc;

	snprintf(name, room, "%s", mem);
	if (dcdctl_is_dry() || !access(path_of("%s", mem), F_OK))
		return DCDCTL_DONE;
	rc = dcdctl_find(mem, &devices);
	if (!rc && (devices.nr != 1 || !*devices.list[0].directory))
		rc = dcdctl_fail(DCDCTL_REFUSED,
				 "%s: must be a device made by 'dcdctl create': the device of the module parameters takes no backends",
				 mem);
	if (!rc)
		snprintf(name, room, "%s", devices.list[0].directory);
	dcdctl_forget(&devices);
	return rc;
}

static int write_backend(const char *name, const char *backend, const char *tag)
{
	const char *kind = dcdctl_option("kind");

	return write_value(name, path_of("%s/backends/%s/tag", name, backend), tag) ?:
	       write_value(name, path_of("%s/backends/%s/size", name, backend),
			   dcdctl_option("size")) ?:
	       (kind ? write_value(name, path_of("%s/backends/%s/kind", name, backend), kind) :
		       DCDCTL_DONE) ?:
	       write_value(name, path_of("%s/backends/%s/live", name, backend), "1");
}

static int print_backend(const char *name, const char *backend, const char *tag)
{
	struct json_object *json = json_object_new_object();
	uint64_t size = 0;

	dcdctl_size_option("size", &size);
	dcdctl_json_add_text(json, "name", name);
	dcdctl_json_add_text(json, "backend", backend);
	dcdctl_json_add_text(json, "tag", tag);
	dcdctl_json_add_size(json, "size", size);
	return dcdctl_print_json(json);
}

static int run_attach(const struct dcdctl_command *command, char **arguments)
{
	char name[DCDCTL_NAME_LEN], text[DCDCTL_UUID_TEXT];
	const char *backend = dcdctl_option("name");
	uint8_t tag[DCDCTL_TAG_LEN] = {};
	uint64_t size;
	int rc;

	if (!dcdctl_option_given("tag") || !dcdctl_option_given("size"))
		return dcdctl_fail(DCDCTL_USAGE,
				   "backend attach needs --tag and --size: see dcdctl backend attach --help");
	rc = check_name(arguments[0]) ?: (backend ? check_name(backend) : DCDCTL_DONE) ?:
	     dcdctl_tag_option(tag) ?: dcdctl_size_option("size", &size) ?:
	     find_directory(arguments[0], name, sizeof(name));
	if (rc)
		return rc;
	dcdctl_tag_text(tag, text);
	backend = backend ?: text;
	kernel_log = dcdctl_log_open();
	rc = make_directory(name, path_of("%s/backends/%s", name, backend));
	if (rc)
		return rc;
	rc = write_backend(name, backend, text);
	if (rc) {
		rmdir(path_of("%s/backends/%s", name, backend));
		return rc;
	}
	return dcdctl_is_dry() ? dcdctl_flush() : print_backend(name, backend, text);
}

/* The tag that is looked for, and the directory of its backend */
static char wanted[DCDCTL_UUID_TEXT], found[DCDCTL_NAME_LEN];

static int compare_backend(const char *name, const char *backend)
{
	char text[VALUE_LEN];

	if (dcdctl_read_text(text, sizeof(text), "%s", path_of("%s/backends/%s/tag", name,
							       backend)) &&
	    !strcasecmp(text, wanted))
		snprintf(found, sizeof(found), "%s", backend);
	return DCDCTL_DONE;
}

static int run_detach(const struct dcdctl_command *command, char **arguments)
{
	uint8_t tag[DCDCTL_TAG_LEN] = {};
	char name[DCDCTL_NAME_LEN];
	int rc;

	if (!dcdctl_option_given("tag") || !strcmp(dcdctl_option("tag"), "new"))
		return dcdctl_fail(DCDCTL_USAGE, "--tag is missing: give the tag of a backend");
	rc = check_name(arguments[0]) ?: dcdctl_tag_option(tag) ?:
	     find_directory(arguments[0], name, sizeof(name));
	if (rc)
		return rc;
	dcdctl_tag_text(tag, wanted);
	each_backend(name, compare_backend);
	if (!*found && dcdctl_is_dry())
		snprintf(found, sizeof(found), "%s", wanted);
	if (!*found)
		return dcdctl_fail(DCDCTL_REFUSED, "%s: no backend has tag %s: see 'dcdctl list %s'",
				   name, wanted, name);
	kernel_log = dcdctl_log_open();
	return write_value(name, path_of("%s/backends/%s/live", name, found), "0") ?:
	       remove_backend(name, found) ?: dcdctl_flush();
}

static const struct dcdctl_option create_options[] = {
	{ .name = "size", .letter = 's', .argument = "size",
	  .help = "Dynamic Capacity of the device, such as 4G" },
	{ .name = "regions", .letter = 'r', .argument = "n",
	  .help = "number of DC regions (1)" },
	{ .name = "block-size", .letter = 'b', .argument = "size",
	  .help = "bytes per block (2M)" },
	{ .name = "backing", .argument = "kind",
	  .help = "none (default), phantom or reserved" },
	{ .name = "serial", .argument = "number",
	  .help = "serial number" },
	{ .name = "devices", .argument = "n",
	  .help = "identical memory devices under one window, up to 8 (1)" },
	{ .name = "sharable", .argument = "bits",
	  .help = "bitmask of the DC regions that are sharable" },
	{ .name = "read-only", .argument = "bits",
	  .help = "bitmask of the DC regions that are read-only" },
	{ .name = "ram-size", .argument = "size",
	  .help = "static capacity below the DC regions" },
	{ .name = "region-size", .argument = "size",
	  .help = "size of a region that is committed already, as by firmware" },
	{ .name = "window-base", .argument = "address",
	  .help = "host physical address of the window" },
	{ .name = "window-size", .argument = "size",
	  .help = "bytes of the window" },
	{ .name = "qos-class", .argument = "n",
	  .help = "QoS class of a second window (0: none)" },
	{ .name = "max-extents", .argument = "n",
	  .help = "maximum number of extents (4096)" },
	{ .name = "max-tags", .argument = "n",
	  .help = "maximum number of tags (1024)" },
	{ .name = "poison-limit", .argument = "n",
	  .help = "maximum number of addresses to poison, up to 256 (0)" },
	{ .name = "alerts", .argument = "0|1",
	  .help = "1: the host may set the thresholds of health alerts (0)" },
	{ .name = "extent", .letter = 'e', .argument = "extent", .several = true,
	  .help = "an extent that the host has accepted before: DPA:LENGTH:TAG[:SEQUENCE]" },
	{ .name = "human", .letter = 'u', .help = "use human friendly number formats" },
	DCDCTL_DRY_RUN,
	{}
};

const struct dcdctl_command dcdctl_create = {
	.name = "create",
	.arguments = "<name>",
	.min = 1,
	.max = 1,
	.help = "Create a mock device",
	.options = create_options,
	.run = run_create,
};

static const struct dcdctl_option destroy_options[] = {
	DCDCTL_DRY_RUN,
	{}
};

const struct dcdctl_command dcdctl_destroy = {
	.name = "destroy",
	.arguments = "<name>",
	.min = 1,
	.max = 1,
	.help = "Remove a mock device and its backends, even if in use",
	.options = destroy_options,
	.run = run_destroy,
};

static const struct dcdctl_option attach_options[] = {
	{ .name = "tag", .letter = 't', .argument = "uuid|new",
	  .help = "tag of the extent that it backs" },
	{ .name = "size", .letter = 's', .argument = "size",
	  .help = "size of that extent" },
	{ .name = "kind", .argument = "kind",
	  .help = "phantom (default) or reserved" },
	{ .name = "name", .argument = "name",
	  .help = "name of its directory (the tag)" },
	{ .name = "human", .letter = 'u', .help = "use human friendly number formats" },
	DCDCTL_DRY_RUN,
	{}
};

static const struct dcdctl_option detach_options[] = {
	{ .name = "tag", .letter = 't', .argument = "uuid",
	  .help = "tag of the backend" },
	DCDCTL_DRY_RUN,
	{}
};

static const struct dcdctl_command backend_commands[] = {
	{
		.name = "attach",
		.arguments = "<name>",
		.min = 1,
		.max = 1,
		.help = "Attach a backend for the extent of a tag",
		.options = attach_options,
		.run = run_attach,
	}, {
		.name = "detach",
		.arguments = "<name>",
		.min = 1,
		.max = 1,
		.help = "Detach a backend",
		.options = detach_options,
		.run = run_detach,
	},
	{}
};

const struct dcdctl_command dcdctl_backend = {
	.name = "backend",
	.help = "Tagged backends of mock devices",
	.commands = backend_commands,
};
