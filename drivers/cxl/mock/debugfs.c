// SPDX-License-Identifier: GPL-2.0-only
/* The state of a device, for debugging. Root only. */
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

/*
 * The long lists are shown piece by piece, the lock released in between, and go on
 * from where they were: extents at a DPA, the others after as many as were shown.
 */
static void *extents_at(struct seq_file *s, loff_t pos)
{
	struct cxl_mock *mock = s->private;
	unsigned long dpa = pos - 1;

	return mt_find(&mock->device.dc.extents, &dpa, ULONG_MAX);
}

static void *extents_start(struct seq_file *s, loff_t *pos)
{
	struct cxl_mock *mock = s->private;

	mutex_lock(&mock->lock);
	return *pos ? extents_at(s, *pos) : SEQ_START_TOKEN;
}

static void *extents_next(struct seq_file *s, void *v, loff_t *pos)
{
	const struct dc_extent *extent = v;

	*pos = 1 + (v == SEQ_START_TOKEN ? 0 : extent->start + extent->len);
	return extents_at(s, *pos);
}

static void locked_stop(struct seq_file *s, void *v)
{
	struct cxl_mock *mock = s->private;

	mutex_unlock(&mock->lock);
}

static int extents_show(struct seq_file *s, void *v)
{
	if (v == SEQ_START_TOKEN)
		seq_puts(s, "dpa length tag sequence region state\n");
	else
		show_extent(s, v);
	return 0;
}

static const struct seq_operations extents_sops = {
	.start = extents_start,
	.next = extents_next,
	.stop = locked_stop,
	.show = extents_show,
};
DEFINE_SEQ_ATTRIBUTE(extents);

static void *pending_start(struct seq_file *s, loff_t *pos)
{
	struct cxl_mock *mock = s->private;

	mutex_lock(&mock->lock);
	return seq_list_start_head(&mock->device.dc.chains, *pos);
}

static void *pending_next(struct seq_file *s, void *v, loff_t *pos)
{
	struct cxl_mock *mock = s->private;

	return seq_list_next(v, &mock->device.dc.chains, pos);
}

static int pending_show(struct seq_file *s, void *v)
{
	struct cxl_mock *mock = s->private;
	struct dc_overlap *overlap;
	struct dc_extent *extent;
	struct dc_chain *chain;

	if (v == &mock->device.dc.chains) {
		seq_puts(s, "offer dpa length tag sequence region state\n");
		return 0;
	}
	chain = list_entry(v, struct dc_chain, list);
	list_for_each_entry(extent, &chain->extents, in_chain) {
		seq_printf(s, "%lld%s ", s->index - 1,
			   chain == mock->device.dc.open ? "+" : "");
		show_extent(s, extent);
	}
	list_for_each_entry(overlap, &chain->overlaps, list)
		seq_printf(s, "%lld%s %#llx %#llx %pUb %u %u overlaps\n", s->index - 1,
			   chain == mock->device.dc.open ? "+" : "",
			   le64_to_cpu(overlap->extent.start_dpa),
			   le64_to_cpu(overlap->extent.length), overlap->extent.tag,
			   le16_to_cpu(overlap->extent.shared_seq), overlap->region);
	return 0;
}

static const struct seq_operations pending_sops = {
	.start = pending_start,
	.next = pending_next,
	.stop = locked_stop,
	.show = pending_show,
};
DEFINE_SEQ_ATTRIBUTE(pending);

static void *backends_start(struct seq_file *s, loff_t *pos)
{
	struct cxl_mock *mock = s->private;

	mutex_lock(&mock->lock);
	return seq_list_start_head(&mock->device.dc.backends, *pos);
}

static void *backends_next(struct seq_file *s, void *v, loff_t *pos)
{
	struct cxl_mock *mock = s->private;

	return seq_list_next(v, &mock->device.dc.backends, pos);
}

static int backends_show(struct seq_file *s, void *v)
{
	struct cxl_mock *mock = s->private;
	const struct cxl_dc_backend *backend;

	if (v == &mock->device.dc.backends) {
		seq_puts(s, "tag size kind state\n");
		return 0;
	}
	backend = list_entry(v, struct cxl_dc_backend, list);
	seq_printf(s, "%pUb %#llx %s %s\n", backend->tag, backend->size,
		   cxl_mock_backing_name(backend->kind), cxl_dc_backend_state(backend));
	return 0;
}

static const struct seq_operations backends_sops = {
	.start = backends_start,
	.next = backends_next,
	.stop = locked_stop,
	.show = backends_show,
};
DEFINE_SEQ_ATTRIBUTE(backends);

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
