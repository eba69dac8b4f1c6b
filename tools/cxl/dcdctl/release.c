// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl release: ask the host for capacity, or take it. */
#include <string.h>
#include <unistd.h>

#include "wait.h"

static bool is_asked(const struct dcdctl_request *request, const struct dcdctl_extent *extent)
{
	if (!request->places.nr)
		return !memcmp(extent->tag, request->tag, DCDCTL_TAG_LEN);
	for (size_t i = 0; i < request->places.nr; i++) {
		const struct dcdctl_extent *place = &request->places.list[i];

		if (extent->dpa < place->dpa + place->len &&
		    place->dpa < extent->dpa + extent->len)
			return true;
	}
	return false;
}

/* What of the request the host has still; held by a reference it has not */
static const struct dcdctl_extent *left(const struct dcdctl_device *device,
					const struct dcdctl_request *request)
{
	for (size_t i = 0; i < device->extents.nr; i++)
		if (is_asked(request, &device->extents.list[i]) &&
		    device->extents.list[i].state != DCDCTL_HELD)
			return &device->extents.list[i];
	return NULL;
}

static int read_options(struct dcdctl_request *request, uint64_t *ms)
{
	bool at = dcdctl_option_given("at"), tag = dcdctl_option_given("tag");

	if (at == tag || at != dcdctl_option_given("size"))
		return dcdctl_fail(DCDCTL_USAGE,
				   "release needs --tag, or --at and --size: see dcdctl release --help");
	if (tag && !strcmp(dcdctl_option("tag"), "new"))
		return dcdctl_fail(DCDCTL_USAGE, "--tag new: must be an existing tag");
	request->forced = dcdctl_option_given("force");
	return dcdctl_wait_option(ms) ?: dcdctl_tag_option(request->tag) ?:
	       dcdctl_sizes_option(&request->len);
}

/* All that the host has of a tag; what is only offered counts if it is taken. */
static int complete(struct dcdctl_device *device, struct dcdctl_request *request)
{
	if (dcdctl_option_given("at"))
		return dcdctl_place(device, request);
	for (size_t i = 0; i < device->extents.nr; i++) {
		const struct dcdctl_extent *extent = &device->extents.list[i];

		if (is_asked(request, extent) && extent->state != DCDCTL_HELD &&
		    (extent->state != DCDCTL_PENDING || request->forced))
			request->len += extent->len;
	}
	return DCDCTL_DONE;
}

static int still_there(const struct dcdctl_device *device, const struct dcdctl_extent *extent,
		       uint64_t ms, int log)
{
	static const char *const words[] = { "release requested while", NULL };
	char line[512], *reason = NULL;

	if (dcdctl_log_find(log, words, line, sizeof(line)))
		reason = strstr(line, "dax") ?: line;
	return dcdctl_fail(DCDCTL_TIMEOUT, "%s: the host still has %s at 0x%llx after %g s%s%s",
			   dcdctl_shown_name(device), dcdctl_size_text(extent->len).text,
			   (unsigned long long)extent->dpa, ms / 1000.0, reason ? ": " : "",
			   reason ?: ": release requested, which may be done later");
}

/* Until the host has none of it */
static int wait_for_release(struct dcdctl_device *device, const struct dcdctl_request *request,
			    uint64_t ms, int log)
{
	uint64_t deadline = dcdctl_now() + ms;
	const struct dcdctl_extent *extent;
	int rc;

	for (;;) {
		rc = device->ops->load_extents(device);
		if (rc)
			return rc;
		extent = left(device, request);
		if (!extent)
			return DCDCTL_DONE;
		if (dcdctl_now() >= deadline)
			return still_there(device, extent, ms, log);
		dcdctl_pause(DCDCTL_LOOK_MS);
	}
}

static int run(const struct dcdctl_command *command, char **arguments)
{
	struct dcdctl_request request = {};
	struct dcdctl_devices devices = {};
	int log = dcdctl_log_open(), rc;
	uint64_t ms;

	rc = read_options(&request, &ms) ?: dcdctl_find_one(arguments[0], &devices);
	if (!rc) {
		struct dcdctl_device *device = &devices.list[0];

		rc = complete(device, &request) ?: device->ops->release(device, &request);
		if (!rc && ms && !dcdctl_is_dry())
			rc = wait_for_release(device, &request, ms, log);
	}
	if (log >= 0)
		close(log);
	dcdctl_extents_free(&request.places);
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option options[] = {
	{ .name = "tag", .letter = 't', .argument = "uuid",
	  .help = "release all extents of this tag" },
	{ .name = "at", .argument = "dpa", .several = true,
	  .help = "DPA of a range to release; can be repeated" },
	{ .name = "size", .letter = 's', .argument = "size", .several = true,
	  .help = "size of that range" },
	{ .name = "region", .letter = 'r', .argument = "n",
	  .help = "DC region that --at must lie in" },
	{ .name = "force", .letter = 'f',
	  .help = "forced release, whether or not the host uses it" },
	{ .name = "wait", .letter = 'w', .argument = "seconds", .optional = true,
	  .help = "wait until the host has released it (10 s)" },
	DCDCTL_DRY_RUN,
	{}
};

const struct dcdctl_command dcdctl_release = {
	.name = "release",
	.arguments = "<memdev>",
	.min = 1,
	.max = 1,
	.help = "Request or force the release of capacity",
	.options = options,
	.run = run,
};
