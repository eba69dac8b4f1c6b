// SPDX-License-Identifier: GPL-2.0-only
/* What a device looks like from inside. Root only. */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>

#include "mock.h"
#include "parse.h"

static struct dentry *cxl_mock_debugfs;

static int regions_show(struct seq_file *s, void *unused)
{
	struct cxl_mock *mock = s->private;
	const struct cxl_dc *dc = &mock->device.dc;

	guard(mutex)(&mock->lock);
	seq_puts(s, "region base length block_size extents sharable\n");
	for (unsigned int i = 0; i < dc->nr_regions; i++) {
		const struct cxl_dc_region *region = &dc->regions[i];

		seq_printf(s, "%u %#llx %#llx %#llx %u %d\n", i, region->base,
			   region->len, region->block_size, region->nr_extents,
			   region->sharable);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(regions);

static const char *const states[] = {
	[DC_OFFERED] = "offered",
	[DC_ACCEPTED] = "accepted",
	[DC_RELEASING] = "releasing",
	[DC_HELD] = "held",
};

static void show_extent(struct seq_file *s, const struct dc_extent *extent)
{
	static const u8 none[CXL_DC_TAG_LEN];

	seq_printf(s, "%#llx %#llx %pUb %u %u %s\n", extent->start, extent->len,
		   extent->tag ? extent->tag->id : none, extent->seq, extent->region,
		   states[extent->state]);
}

static int extents_show(struct seq_file *s, void *unused)
{
	struct cxl_mock *mock = s->private;
	const struct dc_index *extents = &mock->device.dc.extents;
	const struct dc_extent *extent;

	guard(mutex)(&mock->lock);
	seq_puts(s, "dpa length tag sequence region state\n");
	for (extent = dc_index_find(extents, 0); extent;
	     extent = dc_index_find(extents, extent->start + extent->len))
		show_extent(s, extent);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(extents);

static int pending_show(struct seq_file *s, void *unused)
{
	struct cxl_mock *mock = s->private;
	struct dc_overlap *overlap;
	struct dc_extent *extent;
	struct dc_chain *chain;
	unsigned int nr = 0;

	guard(mutex)(&mock->lock);
	seq_puts(s, "offer dpa length tag sequence region state\n");
	list_for_each_entry(chain, &mock->device.dc.chains, list) {
		list_for_each_entry(extent, &chain->extents, in_chain) {
			seq_printf(s, "%u%s ", nr,
				   chain == mock->device.dc.open ? "+" : "");
			show_extent(s, extent);
		}
		list_for_each_entry(overlap, &chain->overlaps, list)
			seq_printf(s, "%u%s %#llx %#llx %pUb %u %u overlaps\n", nr,
				   chain == mock->device.dc.open ? "+" : "",
				   le64_to_cpu(overlap->extent.start_dpa),
				   le64_to_cpu(overlap->extent.length), overlap->extent.tag,
				   le16_to_cpu(overlap->extent.shared_seq), overlap->region);
		nr++;
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pending);

static int backends_show(struct seq_file *s, void *unused)
{
	struct cxl_mock *mock = s->private;
	struct cxl_dc_backend *backend;

	guard(mutex)(&mock->lock);
	seq_puts(s, "tag size kind state\n");
	list_for_each_entry(backend, &mock->device.dc.backends, list)
		seq_printf(s, "%pUb %#llx %s %s\n", backend->tag, backend->size,
			   cxl_mock_backing_name(backend->kind),
			   cxl_dc_backend_state(backend));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(backends);

static const char *const event_types[] = {
	[CXL_DC_EVENT_ADD] = "add",
	[CXL_DC_EVENT_RELEASE] = "release",
	[CXL_DC_EVENT_FORCED_RELEASE] = "forced-release",
	[CXL_DC_EVENT_CONFIG_UPDATED] = "config-updated",
	[CXL_DC_EVENT_ADD_RESPONSE] = "add-response",
	[CXL_DC_EVENT_RELEASED] = "released",
};

static void show_log(struct seq_file *s, const char *name, const struct cxl_mock_ring *log)
{
	for (unsigned int i = 0; i < log->nr; i++) {
		const struct cxl_mock_record *record =
			&log->records[(log->first + i) % CXL_MOCK_LOG_RECORDS];
		const struct cxl_dc_event_data *event = (const void *)record->data;

		seq_printf(s, "%s %u %s %#llx %#llx %pUb %u %s\n", name,
			   le16_to_cpu(record->handle), event_types[event->type],
			   le64_to_cpu(event->extent.start_dpa),
			   le64_to_cpu(event->extent.length), event->extent.tag,
			   le16_to_cpu(event->extent.shared_seq),
			   event->flags & CXL_DC_EVENT_MORE ? "more" : "last");
	}
	if (log->overflows)
		seq_printf(s, "%s overflow %u\n", name, log->overflows);
}

static int events_show(struct seq_file *s, void *unused)
{
	struct cxl_mock *mock = s->private;

	guard(mutex)(&mock->lock);
	seq_puts(s, "log handle event dpa length tag sequence chain\n");
	show_log(s, "host", &mock->device.events.log[CXL_MOCK_LOG_DC]);
	show_log(s, "fm", &mock->device.fm_events.log[CXL_MOCK_LOG_DC]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(events);

static int stats_show(struct seq_file *s, void *unused)
{
	struct cxl_mock *mock = s->private;
	const struct cxl_dc *dc = &mock->device.dc;

	guard(mutex)(&mock->lock);
	seq_printf(s, "extents %u\naccepted_now %u\ntags %u\ngeneration %u\n",
		   dc->nr_extents, dc->nr_accepted, dc->nr_tags, dc->generation);
	seq_printf(s, "offered %llu\naccepted %llu\nrejected %llu\nreleased %llu\n",
		   dc->stats.offered, dc->stats.accepted, dc->stats.rejected,
		   dc->stats.released);
	seq_printf(s, "forced %llu\nrefused %llu\nlast_refusal %s\n", dc->stats.forced,
		   dc->stats.refused, dc->reason);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/**
 * cxl_mock_debugfs_add() - show a device in debugfs
 * @mock: the device, complete
 */
void cxl_mock_debugfs_add(struct cxl_mock *mock)
{
	struct dentry *dir = debugfs_create_dir(dev_name(&mock->mem->dev), cxl_mock_debugfs);

	mock->debugfs = dir;
	debugfs_create_file("regions", 0400, dir, mock, &regions_fops);
	debugfs_create_file("extents", 0400, dir, mock, &extents_fops);
	debugfs_create_file("pending", 0400, dir, mock, &pending_fops);
	debugfs_create_file("backends", 0400, dir, mock, &backends_fops);
	debugfs_create_file("events", 0400, dir, mock, &events_fops);
	debugfs_create_file("stats", 0400, dir, mock, &stats_fops);
}

/**
 * cxl_mock_debugfs_init() - make the directory of all devices
 */
void cxl_mock_debugfs_init(void)
{
	cxl_mock_debugfs = debugfs_create_dir(KBUILD_MODNAME, NULL);
}

/**
 * cxl_mock_debugfs_exit() - remove it
 */
void cxl_mock_debugfs_exit(void)
{
	debugfs_remove(cxl_mock_debugfs);
}
