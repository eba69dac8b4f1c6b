// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event records of Dynamic Capacity, CXL 3.1 8.2.9.2.1.6
 *
 * The host's log holds few records, an operation may have many. Those that the log
 * has no room for wait here, in order, and follow as the host clears the log. Only
 * one operation at a time can have records that wait: the next one is told to try
 * again, so nothing grows while the host reads nothing.
 */
#include <linux/minmax.h>
#include <linux/slab.h>

#include "internal.h"

/* Both counts of what is available are valid. */
#define VALID_EXTENTS	0x01
#define VALID_TAGS	0x02

/**
 * dc_emit() - report an event
 * @dc: the engine, as it is after what the event reports
 * @type: what it is; decides whether the host is told or the FM
 * @region: index of the DC region that it is about
 * @extent: what it is about
 * @more: the next record belongs to this one
 */
void dc_emit(struct cxl_dc *dc, enum cxl_dc_event_type type, u8 region,
	     const struct cxl_dc_extent *extent, bool more)
{
	struct cxl_dc_event_data event = {
		.type = type,
		.validity = VALID_EXTENTS | VALID_TAGS,
		.host = cpu_to_le16(CXL_DC_HOST),
		.region = region,
		.flags = more ? CXL_DC_EVENT_MORE : 0,
		.extent = *extent,
		/* halfway through a release there may be more than in the end */
		.extents_available = cpu_to_le32(dc->max_extents - min(dc->nr_extents,
								       dc->max_extents)),
		.tags_available = cpu_to_le32(dc->max_tags - dc->nr_tags),
	};

	if (type >= CXL_DC_EVENT_ADD_RESPONSE)
		dc->sink->emit(dc, true, &event);
	else if (!dc_records_wait(dc) && dc->sink->room(dc))
		dc->sink->emit(dc, false, &event);
	else if (dc->nr_queued < dc->max_queued)
		dc->queue[dc->nr_queued++] = event;
	else
		/* a forced release reserves no room: the log may overflow */
		dc->sink->emit(dc, false, &event);
}

/**
 * dc_emit_part() - report something about a part of an extent
 * @dc: the engine
 * @type: what
 * @extent: the extent
 * @start: DPA of the part's first byte
 * @end: DPA behind it
 * @more: the next record belongs to this one
 */
void dc_emit_part(struct cxl_dc *dc, enum cxl_dc_event_type type,
		  const struct dc_extent *extent, u64 start, u64 end, bool more)
{
	struct cxl_dc_extent wire = dc_part_to_wire(extent, start, end);

	dc_emit(dc, type, extent->region, &wire, more);
}

/**
 * dc_records_wait() - whether records wait for room in the host's event log
 * @dc: the engine
 *
 * Return: true if there is one at least.
 */
bool dc_records_wait(const struct cxl_dc *dc)
{
	return dc->queue_first < dc->nr_queued;
}

/**
 * dc_records_drop() - let no record wait any more
 * @dc: the engine
 */
void dc_records_drop(struct cxl_dc *dc)
{
	kvfree(dc->queue);
	dc->queue = NULL;
	dc->queue_first = 0;
	dc->nr_queued = 0;
	dc->max_queued = 0;
}

/**
 * dc_records_reserve() - have room for the records of an operation
 * @dc: the engine
 * @nr: records for the host
 *
 * What the host's event log cannot take waits in memory that is allocated here, so
 * that dc_emit() does not fail.
 *
 * Return: Success; Retry Required while records of an earlier operation wait;
 * Internal Error without memory.
 */
enum cxl_mbox_rc dc_records_reserve(struct cxl_dc *dc, u32 nr)
{
	u32 room = dc->sink->room(dc);

	if (dc_records_wait(dc))
		return dc_refuse(dc, CXL_RC_RETRY_REQUIRED,
				 "%u records of an earlier request wait for room in the host's event log: try again once the host has cleared some",
				 cxl_dc_waiting(dc));
	dc_records_drop(dc);
	if (nr <= room)
		return CXL_RC_SUCCESS;
	dc->queue = kvcalloc(nr - room, sizeof(*dc->queue), GFP_KERNEL);
	if (!dc->queue)
		return dc_refuse(dc, CXL_RC_INTERNAL, "out of memory");
	dc->max_queued = nr - room;
	return CXL_RC_SUCCESS;
}

/**
 * cxl_dc_flush() - let records follow for which the host's event log now has room
 * @dc: the engine
 *
 * To be called when the host has cleared records.
 */
void cxl_dc_flush(struct cxl_dc *dc)
{
	while (dc_records_wait(dc) && dc->sink->room(dc))
		dc->sink->emit(dc, false, &dc->queue[dc->queue_first++]);
	if (!dc_records_wait(dc))
		dc_records_drop(dc);
}

/**
 * cxl_dc_waiting() - how many records wait for room in the host's event log
 * @dc: the engine
 *
 * Return: records.
 */
u32 cxl_dc_waiting(const struct cxl_dc *dc)
{
	return dc->nr_queued - dc->queue_first;
}
