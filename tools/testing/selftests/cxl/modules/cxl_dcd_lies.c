// SPDX-License-Identifier: GPL-2.0-only
/* The lies of cxl_dcd_liar, each with its name in the table at the end. */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "cxl_dcd_liar.h"

/* Return codes, CXL 3.1 8.2.8.4.5.1 */
#define RC_SUCCESS		0x00
#define RC_INVALID_HANDLE	0x0e
#define RC_INVALID_PA		0x0f

/* Get Event Records, CXL 3.1 8.2.9.2.2 */
#define GET_FLAG_OVERFLOW	0x01
#define GET_FLAG_MORE		0x02

struct get_records_out {
	u8 flags;
	u8 rsvd;
	__le16 overflow_count;
	__le64 overflow_first;
	__le64 overflow_last;
	__le16 nr;
	u8 rsvd2[10];
	struct liar_record records[];
} __packed;

static_assert(sizeof(struct liar_record) == 128);
static_assert(sizeof(struct get_records_out) == 32);

/* Clear Event Records, CXL 3.1 8.2.9.2.3 */
#define CLEAR_FLAG_ALL		0x01

struct clear_records_in {
	u8 log;
	u8 flags;
	u8 nr;
	u8 rsvd[3];
	__le16 handles[];
} __packed;

static const u8 event_uuid[16] = CXL_DC_EVENT_UUID;

/* As hardware does: what does not fit the reader's buffer is not read. */
static void reply(struct cxl_mbox_cmd *cmd, const void *out, size_t len)
{
	cmd->return_code = RC_SUCCESS;
	cmd->size_out = cmd->payload_out ? min(cmd->size_out, len) : 0;
	if (cmd->size_out)
		memcpy(cmd->payload_out, out, cmd->size_out);
}

static void refuse(struct cxl_mbox_cmd *cmd, u16 code)
{
	cmd->return_code = code;
	cmd->size_out = 0;
}

/* Forged event records */

static void forge_record(const struct liar *liar, u32 index, struct liar_record *record)
{
	*record = (struct liar_record) {
		.length = sizeof(*record),
		.handle = cpu_to_le16(index % U16_MAX + 1),
		.data = {
			.type = CXL_DC_EVENT_ADD,
			.extent = {
				.start_dpa = cpu_to_le64(liar->start),
				.length = cpu_to_le64(liar->len),
			},
		},
	};
	memcpy(record->id, event_uuid, sizeof(record->id));
	memcpy(record->data.extent.tag, liar->tag, sizeof(liar->tag));
	if (liar->lie->forge)
		liar->lie->forge(liar, index, record);
}

static __le16 forged_handle(const struct liar *liar, u32 index)
{
	struct liar_record record;

	forge_record(liar, index, &record);
	return record.handle;
}

static void get_forged(struct liar *liar, struct cxl_mbox_cmd *cmd)
{
	struct get_records_out *out = (void *)liar->buffer;
	size_t room = min(cmd->size_out, liar->room);
	bool endless = liar->total == FORGE_ENDLESS;
	u32 fit, nr;

	fit = room > sizeof(*out) ? (room - sizeof(*out)) / sizeof(out->records[0]) : 0;
	nr = min(fit, endless ? 1 : liar->total - liar->first);

	*out = (struct get_records_out) {
		.flags = endless || nr < liar->total - liar->first ? GET_FLAG_MORE : 0,
		.nr = cpu_to_le16(nr),
	};
	for (u32 i = 0; i < nr; i++)
		forge_record(liar, liar->first + i, &out->records[i]);
	liar->pages++;
	reply(cmd, out, struct_size(out, records, nr));
}

static void clear_forged(struct liar *liar, struct cxl_mbox_cmd *cmd)
{
	const struct clear_records_in *in = cmd->payload_in;
	u32 nr;

	if (cmd->size_in < sizeof(*in) || cmd->size_in < struct_size(in, handles, in->nr)) {
		refuse(cmd, RC_INVALID_HANDLE);
		return;
	}
	nr = in->nr;
	if (in->flags & CLEAR_FLAG_ALL)
		nr = liar->total == FORGE_ENDLESS ? 1 : liar->total - liar->first;
	else
		for (u32 i = 0; i < nr; i++)
			if (in->handles[i] != forged_handle(liar, liar->first + i)) {
				refuse(cmd, RC_INVALID_HANDLE);
				return;
			}
	liar->first += min(nr, liar->total - liar->first);
	reply(cmd, NULL, 0);
}

/* The device would refuse extents that it never offered. */
static void take_response(struct liar *liar, struct cxl_mbox_cmd *cmd)
{
	const struct cxl_dc_extents_in *in = cmd->payload_in;

	if (cmd->size_in >= sizeof(*in))
		liar->accepted += le32_to_cpu(in->count);
	reply(cmd, NULL, 0);
}

static bool forged_answer(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd,
			  int *rc)
{
	*rc = 0;
	if (about == ABOUT_RESPONSE)
		take_response(liar, cmd);
	else if (about == ABOUT_GET && liar->first < liar->total)
		get_forged(liar, cmd);
	else if (about == ABOUT_CLEAR && liar->first < liar->total)
		clear_forged(liar, cmd);
	else
		return false;
	return true;
}

/* The device need not know what it never gave away. */
static bool forged_twist(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (about != ABOUT_RELEASE || !cmd->return_code)
		return false;
	reply(cmd, NULL, 0);
	return true;
}

static u64 start_of(const struct liar_record *record)
{
	return le64_to_cpu(record->data.extent.start_dpa);
}

static void set_start(struct liar_record *record, u64 start)
{
	record->data.extent.start_dpa = cpu_to_le64(start);
}

static void forge_more(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.flags = CXL_DC_EVENT_MORE;
	set_start(record, start_of(record) + index * liar->len);
}

static void forge_release(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.type = CXL_DC_EVENT_RELEASE;
}

static void forge_release_more(const struct liar *liar, u32 index, struct liar_record *record)
{
	forge_more(liar, index, record);
	forge_release(liar, index, record);
}

static void forge_forced(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.type = CXL_DC_EVENT_FORCED_RELEASE;
}

static void forge_wrap(const struct liar *liar, u32 index, struct liar_record *record)
{
	set_start(record, -(u64)SZ_2M);
	record->data.extent.length = cpu_to_le64(SZ_4M);
}

static void forge_zero(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.extent.length = 0;
}

static void forge_unaligned(const struct liar *liar, u32 index, struct liar_record *record)
{
	set_start(record, start_of(record) + liar->n);
}

static void forge_overlap(const struct liar *liar, u32 index, struct liar_record *record)
{
	if (!index)
		record->data.flags = CXL_DC_EVENT_MORE;
	else
		set_start(record, start_of(record) + liar->len / 2);
}

static void forge_start(const struct liar *liar, u32 index, struct liar_record *record)
{
	set_start(record, liar->n);
}

static void forge_sequence(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.extent.shared_seq = cpu_to_le16(liar->n);
}

static void forge_type(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.type = liar->n;
}

static void forge_uuid(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->id[0] ^= 0xff;
}

static void forge_size(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->length = liar->n;
}

static void forge_region(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.region = liar->n;
}

static void forge_host(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->data.host = cpu_to_le16(liar->n);
}

static void forge_handle(const struct liar *liar, u32 index, struct liar_record *record)
{
	record->handle = cpu_to_le16(liar->n);
}

/* Reading it once more finds another extent. */
static void forge_shift(const struct liar *liar, u32 index, struct liar_record *record)
{
	set_start(record, start_of(record) + liar->pages * liar->len);
}

/* The log of the device itself */

static bool twist_count(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	struct get_records_out *out = cmd->payload_out;

	if (about != ABOUT_GET || cmd->return_code || cmd->size_out < sizeof(*out))
		return false;
	out->nr = cpu_to_le16(liar->n);
	return true;
}

static bool twist_short(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (about != ABOUT_GET || cmd->return_code)
		return false;
	cmd->size_out = min(cmd->size_out, liar->n);
	return true;
}

/* Until it is cleared, the log has lost N records, and the host has nothing of those there. */
static bool twist_overflow(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	struct get_records_out *out = cmd->payload_out;

	if (about != ABOUT_GET || cmd->return_code || cmd->size_out < sizeof(*out) ||
	    liar->seen[ABOUT_CLEAR] || !out->nr)
		return false;
	out->flags |= GET_FLAG_OVERFLOW;
	out->overflow_count = cpu_to_le16(liar->n);
	for (u32 i = 0; struct_size(out, records, i + 1) <= cmd->size_out; i++) {
		out->records[i].data.type = CXL_DC_EVENT_CONFIG_UPDATED;
		out->records[i].data.flags = 0;
	}
	return true;
}

static bool answer_clear(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (about != ABOUT_CLEAR)
		return false;
	*rc = 0;
	refuse(cmd, liar->n);
	return true;
}

/* The list of extents */

static bool twist_list(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd,
		       struct cxl_dc_get_extent_list_out **out)
{
	*out = cmd->payload_out;
	if (about != ABOUT_LIST || cmd->return_code || cmd->size_out < sizeof(**out))
		return false;
	liar->pages++;
	return true;
}

static bool twist_total(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	struct cxl_dc_get_extent_list_out *out;

	if (!twist_list(liar, about, cmd, &out))
		return false;
	out->total = cpu_to_le32(le32_to_cpu(out->total) + liar->pages);
	return true;
}

static bool twist_generation(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd,
			     int *rc)
{
	struct cxl_dc_get_extent_list_out *out;

	if (!twist_list(liar, about, cmd, &out))
		return false;
	out->generation = cpu_to_le32(le32_to_cpu(out->generation) + liar->pages);
	return true;
}

static bool twist_returned(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd,
			   int *rc)
{
	struct cxl_dc_get_extent_list_out *out;

	if (!twist_list(liar, about, cmd, &out))
		return false;
	out->returned = cpu_to_le32(liar->n);
	return true;
}

static bool twist_list_short(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd,
			     int *rc)
{
	struct cxl_dc_get_extent_list_out *out;

	if (!twist_list(liar, about, cmd, &out))
		return false;
	cmd->size_out = min(cmd->size_out, liar->n);
	return true;
}

/* The @index-th extent of a list in which no two are wrong in the same way. */
static void garbage_extent(const struct liar *liar, u32 index, struct cxl_dc_extent *extent)
{
	static const struct {
		u64 start, len;
	} garbage[] = {
		{ -(u64)SZ_2M, SZ_4M },
		{ 0, 0 },
		{ 0, U64_MAX },
		{ SZ_4K, SZ_4K },
		{ 1ULL << 50, SZ_2M },
	};
	u32 i = index % ARRAY_SIZE(garbage);

	extent->start_dpa = cpu_to_le64(garbage[i].start);
	extent->length = cpu_to_le64(garbage[i].len);
	memset(extent->tag, index, sizeof(extent->tag));
	extent->shared_seq = cpu_to_le16(index);
}

static void forged_extent(const struct liar *liar, u32 index, struct cxl_dc_extent *extent)
{
	extent->start_dpa = cpu_to_le64(liar->start + index * liar->len);
	extent->length = cpu_to_le64(liar->len);
	memcpy(extent->tag, liar->tag, sizeof(extent->tag));
}

/*
 * Answer with a list of @total extents, of which @nr at the most are in one
 * answer, made by @make.
 */
static void reply_list(struct liar *liar, struct cxl_mbox_cmd *cmd, u32 total, u32 nr,
		       void (*make)(const struct liar *liar, u32 index,
				    struct cxl_dc_extent *extent))
{
	struct cxl_dc_get_extent_list_out *out = (void *)liar->buffer;
	size_t room = min(cmd->size_out, liar->room);
	u32 start = 0;

	if (room < sizeof(*out)) {
		reply(cmd, NULL, 0);
		return;
	}
	if (cmd->size_in >= sizeof(struct cxl_dc_get_extent_list_in))
		start = get_unaligned_le32(cmd->payload_in + 4);
	nr = min3(nr, (u32)((room - sizeof(*out)) / sizeof(out->extents[0])),
		  total - min(start, total));

	memset(liar->buffer, 0, liar->room);
	out->returned = cpu_to_le32(nr);
	out->total = cpu_to_le32(total);
	for (u32 i = 0; i < nr; i++)
		make(liar, start + i, &out->extents[i]);
	reply(cmd, out, struct_size(out, extents, nr));
}

static bool answer_empty(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (about != ABOUT_LIST)
		return false;
	*rc = 0;
	reply_list(liar, cmd, liar->n, 0, forged_extent);
	return true;
}

/* One at a time, however many were asked for. */
static bool answer_crawl(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (about != ABOUT_LIST)
		return false;
	*rc = 0;
	reply_list(liar, cmd, liar->n, 1, forged_extent);
	return true;
}

/* As many as fit, however few were asked for. */
static bool answer_huge(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (about != ABOUT_LIST)
		return false;
	*rc = 0;
	reply_list(liar, cmd, liar->n, U32_MAX, forged_extent);
	return true;
}

static bool answer_garbage(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (about != ABOUT_LIST)
		return false;
	*rc = 0;
	reply_list(liar, cmd, liar->n, U32_MAX, garbage_extent);
	return true;
}

/* Refusals and failures */

/* It was declined, see struct lie. */
static bool twist_response(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd,
			   int *rc)
{
	if (about != ABOUT_RESPONSE)
		return false;
	refuse(cmd, liar->n);
	return true;
}

static bool answer_release(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd,
			   int *rc)
{
	if (about != ABOUT_RELEASE)
		return false;
	*rc = 0;
	refuse(cmd, liar->n);
	return true;
}

/* Whether the command is the n-th since the lie was set; each is the 0th. */
static bool is_nth(struct liar *liar)
{
	return ++liar->pages == liar->n || !liar->n;
}

static bool answer_fail(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	/* the core warns of a driver that returns EIO */
	*rc = -ENXIO;
	return is_nth(liar);
}

static bool answer_timeout(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	*rc = -ETIMEDOUT;
	return is_nth(liar);
}

/* The device has done what it was told, but nobody hears of it. */
static bool twist_lost(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc)
{
	if (!is_nth(liar))
		return false;
	*rc = -ETIMEDOUT;
	return true;
}

#define FORGED(_name, _forge, _records, _n) \
	{ .name = _name, .n = _n, .records = _records, .forge = _forge, \
	  .answer = forged_answer, .twist = forged_twist }

/* What a name means is in Documentation/testing.rst. */
const struct lie liar_lies[] = {
	{ .name = "none" },
	FORGED("add", NULL, 1, 0),
	FORGED("more", forge_more, 0, 0),
	FORGED("endless", forge_release, FORGE_ENDLESS, 0),
	FORGED("release", forge_release, 0, 1),
	FORGED("release-more", forge_release_more, 0, 1),
	FORGED("forced", forge_forced, 0, 1),
	FORGED("wrap", forge_wrap, 1, 0),
	FORGED("zero", forge_zero, 1, 0),
	FORGED("unaligned", forge_unaligned, 1, SZ_4K),
	FORGED("overlap", forge_overlap, 2, 0),
	FORGED("outside", forge_start, 1, 1ULL << 50),
	FORGED("sequence", forge_sequence, 1, 7),
	FORGED("type", forge_type, 1, 9),
	FORGED("uuid", forge_uuid, 1, 0),
	FORGED("size", forge_size, 1, 64),
	FORGED("region", forge_region, 1, 7),
	FORGED("host", forge_host, 1, 7),
	FORGED("handle", forge_handle, 2, 0),
	FORGED("shift", forge_shift, 1, 0),
	{ .name = "count", .n = U16_MAX, .twist = twist_count },
	{ .name = "short", .n = 16, .twist = twist_short },
	{ .name = "overflow", .n = 1, .twist = twist_overflow },
	{ .name = "stuck", .n = RC_SUCCESS, .answer = answer_clear },
	{ .name = "refuse-clear", .n = RC_INVALID_HANDLE, .answer = answer_clear },
	{ .name = "list-total", .twist = twist_total },
	{ .name = "list-generation", .twist = twist_generation },
	{ .name = "list-returned", .n = U32_MAX, .twist = twist_returned },
	{ .name = "list-short", .n = 8, .twist = twist_list_short },
	{ .name = "list-empty", .n = 100, .answer = answer_empty },
	{ .name = "list-crawl", .n = 65536, .answer = answer_crawl },
	{ .name = "list-huge", .n = U32_MAX, .answer = answer_huge, .twist = forged_twist },
	{ .name = "list-garbage", .n = 5, .answer = answer_garbage },
	{ .name = "refuse-response", .n = RC_INVALID_PA, .declines = true,
	  .twist = twist_response },
	{ .name = "refuse-release", .n = RC_INVALID_PA, .answer = answer_release },
	{ .name = "fail", .answer = answer_fail },
	{ .name = "timeout", .answer = answer_timeout },
	{ .name = "lost", .twist = twist_lost },
	{}
};

/**
 * liar_set() - begin to lie
 * @liar: the device, locked
 * @lie: what about
 * @n: what followed its name
 */
void liar_set(struct liar *liar, const struct lie *lie, u64 n)
{
	u32 records = min_t(u64, n, FORGE_ENDLESS);

	liar->lie = lie;
	liar->n = n;
	liar->first = 0;
	liar->total = lie->records ?: records ?: FORGE_ENDLESS;
	liar->pages = 0;
	memset(liar->seen, 0, sizeof(liar->seen));
	liar->lied = 0;
	liar->accepted = 0;
	liar->nr_answer = 0;
}
