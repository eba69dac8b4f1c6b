// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's log of Dynamic Capacity events: when it is read, and what is
 * done with a record. The device tells of new records by bit 4 of its event
 * status; one that cannot is polled.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <cxl/text.h>

#include "dcd.h"
#include "trace_record.h"

/* Event Status, CXL 3.1 8.2.8.3.1 */
#define STATUS_DYNAMIC_CAPACITY	BIT(4)

static void events_look_now(struct dcd_memdev *dcd)
{
	/* nothing happens before dcd_events_start() and after dcd_events_stop() */
	mod_delayed_work(dcd->worker, &dcd->work, 0);
}

/* A device that has not been polled would never notice a new interval. */
static int events_set_poll_ms(const char *text, const struct kernel_param *param)
{
	char line[CXL_TEXT_MAX + 1];
	u64 ms;
	int rc;

	rc = cxl_text_line(line, text, strlen(text)) ?: cxl_text_number(line, &ms);
	if (!rc && ms > UINT_MAX)
		rc = -ERANGE;
	if (rc) {
		pr_err("poll_ms=%s: must be a number of milliseconds from 0 (never) to %u\n",
		       cxl_text_shown(text, strlen(text)).shown, UINT_MAX);
		return rc;
	}
	*(unsigned int *)param->arg = ms;
	dcd_memdev_for_each(events_look_now);
	return 0;
}

static const struct kernel_param_ops poll_ms_ops = {
	.set = events_set_poll_ms,
	.get = param_get_uint,
};

static unsigned int poll_ms = 1000;
module_param_cb(poll_ms, &poll_ms_ops, &poll_ms, 0644);
MODULE_PARM_DESC(poll_ms, "Interval in ms at which devices that have never sent an event interrupt are polled for events (default 1000); 0: never");

static void events_complain_of_record(struct dcd_memdev *dcd, const struct dcd_record *record)
{
	dcd_complain(dcd, "event record %#x ignored: not a Dynamic Capacity record, or unknown type %u\n",
		     le16_to_cpu(record->handle), record->data.type);
}

static void events_handle_record(struct dcd_memdev *dcd, const struct dcd_record *record)
{
	const struct cxl_dc_event_data *data = &record->data;
	struct dcd_offer extent = {
		.start = le64_to_cpu(data->extent.start_dpa),
		.len = le64_to_cpu(data->extent.length),
		.seq = le16_to_cpu(data->extent.shared_seq),
	};

	memcpy(extent.tag, data->extent.tag, sizeof(extent.tag));

	if (!dcd_is_dc_record(record)) {
		events_complain_of_record(dcd, record);
		return;
	}

	trace_cxl_dynamic_capacity(dcd->cxlds, record);
	switch (data->type) {
	case CXL_DC_EVENT_ADD:
	case CXL_DC_EVENT_RELEASE:
		dcd_chain_add(dcd, data->type, &extent, data->flags & CXL_DC_EVENT_MORE);
		break;
	case CXL_DC_EVENT_FORCED_RELEASE:
		dcd_chain_break(dcd);
		/* whatever tag it has: the capacity is gone */
		dcd_release(dcd, extent.start, extent.len, true);
		break;
	case CXL_DC_EVENT_CONFIG_UPDATED:
		/* a block size: nothing here depends on it */
		dcd_chain_break(dcd);
		break;
	default:
		events_complain_of_record(dcd, record);
	}
}

/*
 * How many records, from the oldest on, have been handled before. A record stays
 * in the log if it cannot be cleared, and must not be answered twice. A handle
 * may be used again, but not in the same record.
 */
static unsigned int events_handled_before(const struct dcd_memdev *dcd,
					  const struct dcd_records *out, unsigned int nr)
{
	for (unsigned int i = nr; dcd->log_left && i; i--)
		if (!memcmp(&out->records[i - 1], &dcd->last_record, sizeof(dcd->last_record)))
			return i;
	return 0;
}

/*
 * Right before a log is cleared: by that it forgets what it has lost since it was read.
 * What it loses even after this cannot be told. So one of several pages, which may have
 * been full, is suspected of it.
 */
static void events_look_for_lost(struct dcd_memdev *dcd, const struct dcd_records *out)
{
	struct dcd_records header;

	if (out->flags & DCD_RECORDS_MORE)
		dcd_resync_suspect(dcd);
	if (dcd_get_overflow(dcd, &header))
		dcd_resync_suspect(dcd);
	else
		dcd_resync_note(dcd, &header);
}

/*
 * Handle records until the deadline, and clear these; @done of this log have been
 * before. Return how many, or a negative errno.
 */
static int events_handle_records(struct dcd_memdev *dcd, const struct dcd_records *out,
				 unsigned int nr, unsigned int done, unsigned long deadline)
{
	unsigned int old = events_handled_before(dcd, out, nr);
	unsigned int handled = old;
	int rc;

	if (old && done) {
		dcd_complain(dcd, "event record %#x still in the log after it was cleared: ignored, will read again\n",
			     le16_to_cpu(dcd->last_record.handle));
		return -EIO;
	}
	dcd_resync_note(dcd, out);

	/* one at least, else it would never get on */
	while (handled < nr && (handled == old || !time_after(jiffies, deadline)))
		events_handle_record(dcd, &out->records[handled++]);
	dcd_release_due(dcd);
	dcd->last_record = out->records[handled - 1];
	dcd->log_left = true;

	/* what is lost came after the records that were in the log */
	if (handled == nr && !(out->flags & DCD_RECORDS_MORE) && !dcd->failures)
		dcd_resync(dcd);
	events_look_for_lost(dcd, out);

	rc = dcd_clear_records(dcd, out->records, handled);
	if (rc) {
		dcd_complain(dcd, "cannot clear event records: error %d: will retry\n", rc);
		return rc;
	}
	dcd_resync_cleared(dcd);
	return handled;
}

/* Read, handle and clear records until there are none. */
static int events_read_records(struct dcd_memdev *dcd)
{
	size_t size = dcd->cxlds->cxl_mbox.payload_size;
	struct dcd_records *out __free(kvfree) = kvzalloc(size, GFP_KERNEL);
	unsigned long deadline = jiffies + DCD_RECORDS_SECONDS * HZ;
	unsigned int done = 0;
	int nr, rc;

	if (!out)
		return -ENOMEM;

	while ((nr = dcd_get_records(dcd, out, size)) > 0) {
		if (done >= DCD_RECORDS_MAX || time_after(jiffies, deadline)) {
			dcd_complain(dcd, "event log not empty after %u records: will read the rest later\n",
				     done);
			return -EIO;
		}
		rc = events_handle_records(dcd, out,
					   min_t(unsigned int, nr, DCD_RECORDS_MAX - done), done,
					   deadline);
		if (rc < 0)
			return rc;
		done += rc;
	}
	if (nr < 0) {
		dcd_complain(dcd, "cannot read the event log: error %d: will retry\n", nr);
		return nr;
	}
	dcd->log_left = false;
	dcd->drained = true;
	dcd_resync_note(dcd, out);
	return dcd_resync(dcd);
}

/* Say what was left out as soon as there may be lines again, and when that is. */
static unsigned long events_tell_left_out(struct dcd_memdev *dcd)
{
	if (!atomic_read(&dcd->left_out))
		return MAX_JIFFY_OFFSET;
	if (!__ratelimit(&dcd->ratelimit))
		return DCD_LINES_SECONDS * HZ;
	dcd_tell_left_out(dcd);
	return MAX_JIFFY_OFFSET;
}

/*
 * When there is something to do again, unless the device notifies before. It
 * need not notify while the log is not empty.
 */
static void events_schedule_next(struct dcd_memdev *dcd)
{
	unsigned long chain = dcd_chain_expire(dcd);
	unsigned long delay = min(events_tell_left_out(dcd), dcd_resync_tell(dcd));
	unsigned int poll = READ_ONCE(poll_ms);

	if (poll && !READ_ONCE(dcd->notifies))
		delay = min(delay, msecs_to_jiffies(poll));
	if (!list_empty(&dcd->requested))
		delay = min(delay, msecs_to_jiffies(DCD_DEFERRED_MS));
	if (dcd->failures)
		delay = min(DCD_RETRY_SECONDS << (dcd->failures - 1), DCD_RETRY_SECONDS_MAX) * HZ;
	delay = min(delay, chain);
	if (delay < MAX_JIFFY_OFFSET)
		queue_delayed_work(dcd->worker, &dcd->work, delay);
}

static void events_work(struct work_struct *work)
{
	struct dcd_memdev *dcd = container_of(to_delayed_work(work), struct dcd_memdev, work);

	/* what went wrong is in the log */
	if (events_read_records(dcd))
		dcd->failures = min(dcd->failures + 1, const_ilog2(DCD_RETRY_SECONDS_MAX));
	else
		dcd->failures = 0;
	dcd_release_deferred(dcd);
	events_schedule_next(dcd);
}

/*
 * The interrupt thread of a core that knows of bit 4 comes back at once as long as that
 * is set: until the log has been read. What cannot be read is tried once a second.
 */
static void events_wait_for_log(struct dcd_memdev *dcd)
{
	if (!CXL_CORE_KNOWS_DCD)
		return;
	flush_delayed_work(&dcd->work);
	if (READ_ONCE(dcd->failures))
		ssleep(1);
}

/**
 * dcd_mem_get_event_records() - answers cxl_mem_get_event_records()
 * @mds: the device
 * @status: Event Status, CXL 3.1 8.2.8.3.1
 *
 * The core reads the logs that it knows; that of Dynamic Capacity is read here. Bit 4
 * of other devices is none of our business.
 *
 * Context: the device's driver is bound and stays so.
 */
void dcd_mem_get_event_records(struct cxl_memdev_state *mds, u32 status)
{
	struct dcd_memdev *dcd;

	dcd = status & STATUS_DYNAMIC_CAPACITY ? dcd_memdev_find(&mds->cxlds) : NULL;
	if (dcd) {
		WRITE_ONCE(dcd->notifies, true);
		events_look_now(dcd);
		status &= ~STATUS_DYNAMIC_CAPACITY;
	}
	cxl_mem_get_event_records(mds, status);
	if (dcd)
		events_wait_for_log(dcd);
}

/**
 * dcd_events_prepare() - set up what reads a device's events
 * @dcd: the device
 */
void dcd_events_prepare(struct dcd_memdev *dcd)
{
	INIT_DELAYED_WORK(&dcd->work, events_work);
	disable_delayed_work(&dcd->work);
}

/**
 * dcd_events_start() - begin to read a device's events
 * @dcd: the device, which has a memdev now
 */
void dcd_events_start(struct dcd_memdev *dcd)
{
	enable_delayed_work(&dcd->work);
	events_look_now(dcd);
}

/**
 * dcd_events_stop() - read no more of a device's events
 * @dcd: the device, whose memdev is about to go
 *
 * Context: waits for an event that is being handled.
 */
void dcd_events_stop(struct dcd_memdev *dcd)
{
	disable_delayed_work_sync(&dcd->work);
}
