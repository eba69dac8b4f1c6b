// SPDX-License-Identifier: GPL-2.0-only
/* Event logs and the commands over them; builds in user space too. */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "eventlog.h"

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
	struct cxl_mock_record records[];
} __packed;

/* Clear Event Records, CXL 3.1 8.2.9.2.3 */
#define CLEAR_FLAG_ALL		0x01

struct clear_records_in {
	u8 log;
	u8 flags;
	u8 nr;
	u8 rsvd[3];
	__le16 handles[];
} __packed;

/* Interrupt mode of a log, CXL 3.1 8.2.9.2.5: none, MSI/MSI-X, firmware */
#define POLICY_MODE_MASK	0x03
#define POLICY_MODE_MAX		0x02

/* Each host knows four logs, and the DC log since DCDs exist. */
#define POLICY_LEN_MIN		(CXL_MOCK_LOG_NR - 1)

/**
 * cxl_mock_ring_add() - add a record to a log
 * @l: the log
 * @record: the record, whose length, handle and timestamp are filled in here
 * @now: device time, ns
 *
 * A full log counts the record as overflow and drops it.
 *
 * Return: true if the record was added.
 */
bool cxl_mock_ring_add(struct cxl_mock_ring *l, const struct cxl_mock_record *record,
		       u64 now)
{
	struct cxl_mock_record *slot;

	if (l->nr == CXL_MOCK_LOG_RECORDS) {
		if (!l->overflows)
			l->overflow_first = now;
		l->overflow_last = now;
		if (l->overflows < U16_MAX)
			l->overflows++;
		return false;
	}

	/* a ring of fewer than 2^16 records never meets a handle in use */
	if (++l->last_handle == 0)
		l->last_handle = 1;

	l->added++;
	slot = &l->records[(l->first + l->nr++) % CXL_MOCK_LOG_RECORDS];
	*slot = *record;
	slot->length = sizeof(*record);
	slot->handle = cpu_to_le16(l->last_handle);
	slot->timestamp = cpu_to_le64(now);
	return true;
}

/**
 * cxl_mock_ring_get() - Get Event Records (0100h)
 * @l: the log that the command names, NULL if it does not exist
 * @io: the command
 *
 * CXL 3.1 8.2.9.2.2
 *
 * Return: Success; Invalid Input for a log that does not exist.
 */
enum cxl_mbox_rc cxl_mock_ring_get(const struct cxl_mock_ring *l, struct cxl_mbox_io *io)
{
	struct get_records_out *out = io->out;
	unsigned int nr;

	if (!l)
		return CXL_RC_INVALID_INPUT;

	nr = min_t(size_t, l->nr,
		   (io->out_max - sizeof(*out)) / sizeof(out->records[0]));

	if (nr < l->nr)
		out->flags |= GET_FLAG_MORE;
	if (l->overflows) {
		out->flags |= GET_FLAG_OVERFLOW;
		out->overflow_count = cpu_to_le16(l->overflows);
		out->overflow_first = cpu_to_le64(l->overflow_first);
		out->overflow_last = cpu_to_le64(l->overflow_last);
	}
	out->nr = cpu_to_le16(nr);
	for (unsigned int i = 0; i < nr; i++)
		out->records[i] = l->records[(l->first + i) % CXL_MOCK_LOG_RECORDS];

	io->out_len = sizeof(*out) + nr * sizeof(out->records[0]);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_ring_clear() - Clear Event Records (0101h)
 * @l: the log that the command names, NULL if it does not exist
 * @io: the command
 *
 * CXL 3.1 8.2.9.2.3
 *
 * Records are cleared from the oldest on, in order; all or none.
 *
 * Return: Success; Invalid Input for a log that does not exist, for handles
 * together with the flag that clears all, and for that flag unless the log has
 * overflowed; Invalid Payload Length; Invalid Handle for a record that is not
 * there or out of order.
 */
enum cxl_mbox_rc cxl_mock_ring_clear(struct cxl_mock_ring *l, struct cxl_mbox_io *io)
{
	const struct clear_records_in *in = io->in;
	unsigned int nr = in->nr;

	if (io->in_len != sizeof(*in) + nr * sizeof(in->handles[0]))
		return CXL_RC_INVALID_PAYLOAD_LEN;
	if (!l)
		return CXL_RC_INVALID_INPUT;

	if (in->flags & CLEAR_FLAG_ALL) {
		/* Clear All is only for a log that has overflowed */
		if (nr || !l->overflows)
			return CXL_RC_INVALID_INPUT;
		nr = l->nr;
	} else {
		if (!nr)
			return CXL_RC_INVALID_INPUT;
		if (nr > l->nr)
			return CXL_RC_INVALID_HANDLE;
		for (unsigned int i = 0; i < nr; i++)
			if (in->handles[i] !=
			    l->records[(l->first + i) % CXL_MOCK_LOG_RECORDS].handle)
				return CXL_RC_INVALID_HANDLE;
	}

	l->first = (l->first + nr) % CXL_MOCK_LOG_RECORDS;
	l->nr -= nr;
	l->overflows = 0;
	return CXL_RC_SUCCESS;
}

/* Both commands begin with the number of a log. */
static struct cxl_mock_ring *named_log(struct cxl_mock_events *events,
				       const struct cxl_mbox_io *io)
{
	u8 log = *(const u8 *)io->in;

	return log < CXL_MOCK_LOG_NR ? &events->log[log] : NULL;
}

/**
 * cxl_mock_events_get() - Get Event Records (0100h) of the host
 * @events: the logs
 * @io: the command
 *
 * Return: as cxl_mock_ring_get().
 */
enum cxl_mbox_rc cxl_mock_events_get(struct cxl_mock_events *events,
				     struct cxl_mbox_io *io)
{
	return cxl_mock_ring_get(named_log(events, io), io);
}

/**
 * cxl_mock_events_clear() - Clear Event Records (0101h) of the host
 * @events: the logs
 * @io: the command
 *
 * Return: as cxl_mock_ring_clear().
 */
enum cxl_mbox_rc cxl_mock_events_clear(struct cxl_mock_events *events,
				       struct cxl_mbox_io *io)
{
	return cxl_mock_ring_clear(named_log(events, io), io);
}

/**
 * cxl_mock_events_get_policy() - Get Event Interrupt Policy (0102h)
 * @events: the logs
 * @io: the command
 *
 * CXL 3.1 8.2.9.2.4
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_events_get_policy(struct cxl_mock_events *events,
					    struct cxl_mbox_io *io)
{
	memcpy(io->out, events->policy, sizeof(events->policy));
	io->out_len = sizeof(events->policy);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_events_set_policy() - Set Event Interrupt Policy (0103h)
 * @events: the logs
 * @io: the command
 *
 * CXL 3.1 8.2.9.2.5
 *
 * Return: Success; Invalid Input for a mode that does not exist; Invalid
 * Payload Length unless there are settings for the first four logs and, if
 * the host knows it, the DC log.
 */
enum cxl_mbox_rc cxl_mock_events_set_policy(struct cxl_mock_events *events,
					    struct cxl_mbox_io *io)
{
	const u8 *in = io->in;

	if (io->in_len < POLICY_LEN_MIN || io->in_len > sizeof(events->policy))
		return CXL_RC_INVALID_PAYLOAD_LEN;
	for (size_t i = 0; i < io->in_len; i++)
		if ((in[i] & POLICY_MODE_MASK) > POLICY_MODE_MAX)
			return CXL_RC_INVALID_INPUT;

	memcpy(events->policy, in, io->in_len);
	return CXL_RC_SUCCESS;
}
