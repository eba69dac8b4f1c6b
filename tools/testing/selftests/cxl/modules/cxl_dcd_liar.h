/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DCD_LIAR_H__
#define __CXL_DCD_LIAR_H__

#include <linux/mutex.h>
#include <linux/types.h>
#include <cxl/core/core.h>
#include <cxl/dcd.h>

/* What is lied about. */
enum about {
	ABOUT_GET,
	ABOUT_CLEAR,
	ABOUT_LIST,
	ABOUT_RESPONSE,
	ABOUT_RELEASE,
	NR_ABOUT,
};

/* DPAs of a response that are shown */
#define ANSWER_MAX	8

struct lie;

/**
 * struct liar - the device that lies
 * @lock: guards the rest
 * @mbox: its mailbox, NULL when its driver has gone
 * @lie: what it lies about, never NULL
 * @n: what followed the lie's name
 * @delay: how long each command takes, ms
 * @start: DPA of the extent that lies are about
 * @len: bytes of it
 * @tag: its tag
 * @room: bytes of @buffer, the size of the mailbox's payload
 * @buffer: for a response
 * @first: index of the oldest forged record that the host has not cleared
 * @total: forged records, FORGE_ENDLESS
 * @pages: answers of this lie so far
 * @seen: commands of each kind since the lie was set
 * @lied: of these, how many were not answered by the device alone
 * @accepted: extents in responses to forged offers
 * @answer: DPAs in the last response, as many as fit
 * @nr_answer: entries of @answer in use
 */
struct liar {
	struct mutex lock; /* guards the rest */
	struct cxl_mailbox *mbox;
	const struct lie *lie;
	u64 n;
	u32 delay;
	u64 start;
	u64 len;
	u8 tag[16];
	size_t room;
	u8 *buffer;
	u32 first;
	u32 total;
	u32 pages;
	u32 seen[NR_ABOUT];
	u32 lied;
	u32 accepted;
	u64 answer[ANSWER_MAX];
	u32 nr_answer;
};

#define FORGE_ENDLESS	U32_MAX

/* An event record, CXL 3.1 8.2.9.2.1, 8.2.9.2.1.6 */
struct liar_record {
	u8 id[16];
	u8 length;
	u8 flags[3];
	__le16 handle;
	__le16 related_handle;
	__le64 timestamp;
	u8 rsvd[16];
	struct cxl_dc_event_data data;
} __packed;

/**
 * struct lie - a way to lie
 * @name: its name
 * @n: what @liar.n is when no number follows the name
 * @records: records that it forges, 0: @liar.n of them, or for ever if that is 0
 * @declines: the device gets to know of each offer that it is not taken
 * @forge: make a forged record wrong; it comes as an offer of the extent
 * @answer: answer a command in the device's stead, if it returns true
 * @twist: change what the device has answered, if it returns true
 *
 * Both may give an errno in @rc. @liar.lock is held.
 */
struct lie {
	const char *name;
	u64 n;
	u32 records;
	bool declines;
	void (*forge)(const struct liar *liar, u32 index, struct liar_record *record);
	bool (*answer)(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc);
	bool (*twist)(struct liar *liar, enum about about, struct cxl_mbox_cmd *cmd, int *rc);
};

/* Ends with an entry without name; the first is the truth. */
extern const struct lie liar_lies[];

void liar_set(struct liar *liar, const struct lie *lie, u64 n);

#endif /* __CXL_DCD_LIAR_H__ */
