// SPDX-License-Identifier: GPL-2.0-only
/* What a device looks like from inside, and the FM's way in. Root only. */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "mock.h"

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
	show_log(s, "fm", &mock->device.fm_log);
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

/*
 * An open file of fmapi: a request is collected until it is as long as its
 * header says, executed, and its response read from the start. The next write
 * begins another request.
 */
struct fmapi_file {
	struct mutex lock;	/* the file may be shared by threads */
	struct cxl_mock *mock;
	size_t request_len;
	size_t response_len;
	size_t read;
	struct {
		struct cxl_fmapi_header header;
		u8 payload[CXL_MOCK_PAYLOAD_SIZE];
	} __packed request, response;
};

static int fmapi_open(struct inode *inode, struct file *file)
{
	struct fmapi_file *fm = kvzalloc(sizeof(*fm), GFP_KERNEL);

	if (!fm)
		return -ENOMEM;
	mutex_init(&fm->lock);
	fm->mock = inode->i_private;
	file->private_data = fm;
	return nonseekable_open(inode, file);
}

static int fmapi_release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static void fmapi_exec(struct fmapi_file *fm)
{
	struct cxl_mock *mock = fm->mock;
	struct cxl_mbox_io io = {
		.in = fm->request.payload,
		.in_len = le32_to_cpu(fm->request.header.length),
		.out = fm->response.payload,
		.out_max = sizeof(fm->response.payload),
	};
	enum cxl_mbox_rc rc;

	memset(&fm->response, 0, sizeof(fm->response));
	scoped_guard(mutex, &mock->lock) {
		rc = cxl_mock_fm_exec(&mock->device, le16_to_cpu(fm->request.header.code), &io);
		cxl_mock_signal(mock);
	}
	fm->response.header.code = cpu_to_le16(rc);
	fm->response.header.length = cpu_to_le32(io.out_len);
	fm->response_len = sizeof(fm->response.header) + io.out_len;
	fm->read = 0;
	fm->request_len = 0;
}

static ssize_t fmapi_write(struct file *file, const char __user *buf, size_t count,
			   loff_t *pos)
{
	const size_t header = sizeof(struct cxl_fmapi_header);
	struct fmapi_file *fm = file->private_data;

	guard(mutex)(&fm->lock);
	if (count > sizeof(fm->request) - fm->request_len)
		goto refuse;
	if (copy_from_user((u8 *)&fm->request + fm->request_len, buf, count)) {
		fm->request_len = 0;
		return -EFAULT;
	}
	fm->response_len = 0;
	fm->request_len += count;
	if (fm->request_len < header)
		return count;

	if (fm->request.header.rsvd[0] || fm->request.header.rsvd[1] ||
	    le32_to_cpu(fm->request.header.length) > sizeof(fm->request.payload) ||
	    fm->request_len - header > le32_to_cpu(fm->request.header.length))
		goto refuse;
	if (fm->request_len - header == le32_to_cpu(fm->request.header.length))
		fmapi_exec(fm);
	return count;

refuse:
	/* longer than a request can be or than its header says, or another header */
	fm->request_len = 0;
	return -EINVAL;
}

static ssize_t fmapi_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct fmapi_file *fm = file->private_data;
	size_t len;

	guard(mutex)(&fm->lock);
	len = min(count, fm->response_len - min(fm->read, fm->response_len));
	if (copy_to_user(buf, (u8 *)&fm->response + fm->read, len))
		return -EFAULT;
	fm->read += len;
	return len;
}

static const struct file_operations fmapi_fops = {
	.owner = THIS_MODULE,
	.open = fmapi_open,
	.release = fmapi_release,
	.write = fmapi_write,
	.read = fmapi_read,
};

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
	debugfs_create_file("fmapi", 0600, dir, mock, &fmapi_fops);
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
