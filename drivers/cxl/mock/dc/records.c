// SPDX-License-Identifier: GPL-2.0-only
/* Event records of Dynamic Capacity, CXL 3.1 8.2.9.2.1.6 */
#include "internal.h"

/* Both counts of what is available are valid. */
#define VALID_EXTENTS	0x01
#define VALID_TAGS	0x02

/**
 * dc_emit_event() - report an event
 * @dc: the engine, as it is after what the event reports
 * @event: the event, whose counts of what is available are filled in here
 *
 * Its type decides whether the host is told or the FM.
 */
void dc_emit_event(struct cxl_dc *dc, struct cxl_dc_event_data *event)
{
	event->validity = VALID_EXTENTS | VALID_TAGS;
	event->host = cpu_to_le16(CXL_DC_HOST);
	event->extents_available = cpu_to_le32(dc->max_extents - dc->nr_extents);
	event->tags_available = cpu_to_le32(dc->max_tags - dc->nr_tags);
	dc->sink->emit(dc, event->type >= CXL_DC_EVENT_ADD_RESPONSE, event);
}

/**
 * dc_event_of() - an event that is about an extent
 * @type: what happens to it
 * @extent: the extent, which may go before the event is reported
 * @start: DPA of the part of it that this is about
 * @len: bytes of that part
 *
 * Return: the event, for dc_emit_event().
 */
struct cxl_dc_event_data dc_event_of(enum cxl_dc_event_type type,
				     const struct dc_extent *extent, u64 start, u64 len)
{
	struct cxl_dc_event_data event = {
		.type = type,
		.region = extent->region,
	};

	dc_extent_to_wire(extent, &event.extent);
	event.extent.start_dpa = cpu_to_le64(start);
	event.extent.length = cpu_to_le64(len);
	return event;
}

/**
 * dc_emit() - report something about an extent
 * @dc: the engine
 * @type: what
 * @extent: the extent
 * @start: DPA of the part of it that this is about
 * @len: bytes of that part
 * @more: the next record belongs to this one
 */
void dc_emit(struct cxl_dc *dc, enum cxl_dc_event_type type,
	     const struct dc_extent *extent, u64 start, u64 len, bool more)
{
	struct cxl_dc_event_data event = dc_event_of(type, extent, start, len);

	event.flags = more ? CXL_DC_EVENT_MORE : 0;
	dc_emit_event(dc, &event);
}

/**
 * dc_check_room() - check that the host's event log has room
 * @dc: the engine
 * @nr: records
 *
 * Return: Success; Retry Required until the host has read some; Resources
 * Exhausted for more than the log can hold, for which waiting would not help.
 */
enum cxl_mbox_rc dc_check_room(struct cxl_dc *dc, u32 nr)
{
	if (nr > dc->sink->size)
		return dc_refuse(dc, CXL_RC_RESOURCES_EXHAUSTED,
				 "the host's event log holds %u records, not %u: ask for fewer extents at a time",
				 dc->sink->size, nr);
	if (nr > dc->sink->room(dc))
		return dc_refuse(dc, CXL_RC_RETRY_REQUIRED,
				 "the host's event log has no room for %u records: wait until it reads them",
				 nr);
	return CXL_RC_SUCCESS;
}

/**
 * dc_emit_config() - report that a region has another configuration
 * @dc: the engine
 * @region: index of the region
 */
void dc_emit_config(struct cxl_dc *dc, u8 region)
{
	struct cxl_dc_event_data event = {
		.type = CXL_DC_EVENT_CONFIG_UPDATED,
		.region = region,
		.extent.start_dpa = cpu_to_le64(dc->regions[region].base),
		.extent.length = cpu_to_le64(dc->regions[region].len),
	};

	dc_emit_event(dc, &event);
}
