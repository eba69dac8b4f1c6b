// SPDX-License-Identifier: GPL-2.0-only
/* dcdctl list: devices, DC regions, extents, tags and backends as JSON. */
#include <string.h>

#include "list.h"

static void add_tag(struct json_object *to, const uint8_t *tag)
{
	char text[DCDCTL_UUID_TEXT];

	if (dcdctl_tag_is_null(tag))
		return;
	dcdctl_tag_text(tag, text);
	dcdctl_json_add_text(to, "tag", text);
}

/**
 * dcdctl_name_json() - add what a device is called
 * @device: the device
 * @to: where
 */
void dcdctl_name_json(const struct dcdctl_device *device, struct json_object *to)
{
	dcdctl_json_add_text(to, "memdev", device->memdev);
	dcdctl_json_add_text(to, "fm", device->name);
	dcdctl_json_add_text(to, "name", device->directory);
}

static struct json_object *regions_json(struct dcdctl_device *device)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < device->nr_regions; i++) {
		const struct dcdctl_region *region = &device->regions[i];
		struct json_object *json = json_object_new_object();

		json_object_object_add(json, "dc_region", json_object_new_int(i));
		dcdctl_json_add_hex(json, "base", region->base);
		dcdctl_json_add_size(json, "size", region->len);
		dcdctl_json_add_size(json, "free", region->free);
		dcdctl_json_add_size(json, "block_size", region->block_size);
		json_object_object_add(json, "sharable",
				       json_object_new_boolean(region->sharable));
		json_object_object_add(json, "read_only",
				       json_object_new_boolean(region->read_only));
		json_object_array_add(list, json);
	}
	return list;
}

/**
 * dcdctl_extents_json() - extents, and what the host on this machine makes of them
 * @device: their device
 * @extents: the extents
 *
 * Return: an array.
 */
struct json_object *dcdctl_extents_json(struct dcdctl_device *device,
					const struct dcdctl_extents *extents)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < extents->nr; i++) {
		const struct dcdctl_extent *extent = &extents->list[i];
		struct dcdctl_region *region = dcdctl_region_of(device, extent->dpa);
		struct json_object *json = json_object_new_object();
		struct dcdctl_use use;

		dcdctl_json_add_hex(json, "dpa", extent->dpa);
		dcdctl_json_add_size(json, "size", extent->len);
		add_tag(json, extent->tag);
		if (region)
			json_object_object_add(json, "dc_region",
					       json_object_new_int(region - device->regions));
		if (region && region->sharable)
			json_object_object_add(json, "sequence",
					       json_object_new_int(extent->seq));
		dcdctl_json_add_text(json, "state", dcdctl_states[extent->state]);
		if (dcdctl_host_use(device, extent, &use)) {
			dcdctl_json_add_text(json, "region", use.region);
			dcdctl_json_add_text(json, "dax", use.dax);
			dcdctl_json_add_text(json, "mode", use.mode);
		}
		json_object_array_add(list, json);
	}
	return list;
}

static struct json_object *tags_json(const struct dcdctl_device *device)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < device->nr_tags; i++) {
		const struct dcdctl_tag *tag = &device->tags[i];
		struct json_object *json = json_object_new_object();

		add_tag(json, tag->tag);
		json_object_object_add(json, "accepted", json_object_new_boolean(tag->accepted));
		json_object_object_add(json, "pending", json_object_new_boolean(tag->pending));
		json_object_object_add(json, "referenced",
				       json_object_new_boolean(tag->referenced));
		json_object_array_add(list, json);
	}
	return list;
}

static struct json_object *backends_json(const struct dcdctl_device *device)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < device->nr_tagged; i++) {
		const struct dcdctl_tagged *tagged = &device->tagged[i];
		struct json_object *json = json_object_new_object();

		add_tag(json, tagged->tag);
		dcdctl_json_add_size(json, "size", tagged->size);
		dcdctl_json_add_text(json, "kind", tagged->kind);
		dcdctl_json_add_text(json, "state", tagged->state);
		json_object_array_add(list, json);
	}
	return list;
}

/**
 * dcdctl_device_json() - all of a device
 * @device: the device, loaded
 *
 * Return: an object.
 */
struct json_object *dcdctl_device_json(struct dcdctl_device *device)
{
	struct json_object *json = json_object_new_object();

	dcdctl_name_json(device, json);
	if (device->has_serial)
		dcdctl_json_add_hex(json, "serial", device->serial);
	dcdctl_json_add_text(json, "host", device->host);
	json_object_object_add(json, "dc_regions", regions_json(device));
	json_object_object_add(json, "extents", dcdctl_extents_json(device, &device->extents));
	if (device->nr_tags)
		json_object_object_add(json, "tags", tags_json(device));
	if (device->nr_tagged)
		json_object_object_add(json, "backends", backends_json(device));
	return json;
}

static int run(const struct dcdctl_command *command, char **arguments)
{
	struct json_object *list;
	struct dcdctl_devices devices;
	int rc;

	if (arguments[0])
		rc = dcdctl_find_one(arguments[0], &devices);
	else
		rc = dcdctl_find(NULL, &devices);
	for (size_t i = 0; !rc && !arguments[0] && i < devices.nr; i++)
		rc = devices.list[i].ops->load(&devices.list[i]);
	if (!rc) {
		list = json_object_new_array();
		for (size_t i = 0; i < devices.nr; i++)
			json_object_array_add(list, dcdctl_device_json(&devices.list[i]));
		rc = dcdctl_print_json(list);
	}
	dcdctl_forget(&devices);
	return rc;
}

static const struct dcdctl_option options[] = {
	{ .name = "human", .letter = 'u', .help = "use human friendly number formats" },
	{}
};

const struct dcdctl_command dcdctl_list = {
	.name = "list",
	.arguments = "[<memdev>]",
	.max = 1,
	.help = "List devices, their DC regions, extents, tags and backends",
	.options = options,
	.run = run,
};
