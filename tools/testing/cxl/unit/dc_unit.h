/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CXL_DC_UNIT_H__
#define __CXL_DC_UNIT_H__

/* What the tests of the engine share. DPA and lengths are in blocks of 2 MiB. */
#include "unit.h"
#include "dc_check.h"
#include "dc/internal.h"
#include "mailbox.h"

#define BLOCK		(2 * MIB)
/* blocks of a region; region 0 is not sharable, region 1 is */
#define REGION		512U
#define MORE		CXL_DC_EXTENTS_MORE

struct blocks {
	u32 start;
	u32 len;
};

struct ranges {
	const struct blocks *ranges;
	unsigned int nr;
};

struct event {
	bool to_fm;
	struct cxl_dc_event_data data;
};

#define R(...)							\
	((struct ranges) {					\
		(struct blocks[]) { __VA_ARGS__ },		\
		ARRAY_SIZE(((struct blocks[]) { __VA_ARGS__ })),	\
	})
#define NOTHING		((struct ranges) {})

/* The engine lives in a device, whose dispatcher the commands of the FM go through. */
extern struct cxl_mock_device dc_device;
#define dc		(dc_device.dc)

extern struct cxl_dc_config dc_config;
extern struct cxl_dc_sink dc_sink;
extern unsigned int dc_room;
extern struct event dc_events[256];
extern unsigned int dc_nr_events, dc_events_seen;

int dc_setup(void **state);
int dc_teardown(void **state);
void dc_restart(void);

const u8 *tag_id(unsigned int tag);
enum cxl_mbox_rc offer_seq(u64 start, u64 len, unsigned int tag, u16 seq, bool more);
enum cxl_mbox_rc offer(struct ranges ranges, unsigned int tag,
		       bool more);
enum cxl_mbox_rc respond(struct ranges ranges, u8 flags);
enum cxl_mbox_rc release(struct ranges ranges, u8 flags);
enum cxl_mbox_rc respond_raw(u64 start, u64 len, u8 flags);
enum cxl_mbox_rc release_raw(u64 start, u64 len, u8 flags);
enum cxl_mbox_rc ask(u64 start, u64 len, unsigned int tag, bool forced);
void give(struct ranges ranges, unsigned int tag);

enum cxl_mbox_rc fm(u16 opcode, const void *in, size_t in_len, size_t out_max);
enum cxl_mbox_rc fm_add(u8 policy, u8 region, u64 length, unsigned int tag,
			struct ranges ranges);
enum cxl_mbox_rc fm_release(u8 flags, unsigned int tag, struct ranges ranges);
enum cxl_mbox_rc fm_release_len(u8 flags, unsigned int tag, u64 length);
enum cxl_mbox_rc fm_reference(bool add, unsigned int tag);

void assert_host_has(struct ranges ranges);
void assert_pending(struct ranges ranges);
void assert_event(enum cxl_dc_event_type type, u32 start, u32 len, unsigned int tag,
		  bool more);
void assert_no_more_events(void);
void forget_events(void);
void fill_the_queue(void);
void host_clears(unsigned int nr);

void before_command(void);
void after_refusal(void);
void after_success(void);

#define TEST(f)		cmocka_unit_test_setup_teardown(f, dc_setup, dc_teardown)

/* The command is refused so, and nothing has changed. */
#define assert_refused(rc, command)				\
	do {							\
		before_command();				\
		assert_int_equal(command, rc);			\
		after_refusal();				\
	} while (0)

#define assert_done(command)					\
	do {							\
		before_command();				\
		assert_int_equal(command, CXL_RC_SUCCESS);	\
		after_success();				\
	} while (0)

/* Without memory, the command fails at each allocation, and nothing changes. */
#define assert_done_with_memory_only(command)				\
	do {								\
		unsigned long _n = 1;					\
		enum cxl_mbox_rc _rc;					\
									\
		for (;; _n++) {						\
			before_command();				\
			unit_fail_from(_n);				\
			_rc = command;					\
			unit_fail_from(0);				\
			if (_rc == CXL_RC_SUCCESS)			\
				break;					\
			assert_int_equal(_rc, CXL_RC_INTERNAL);		\
			after_refusal();				\
		}							\
		assert_true(_n > 1);					\
		after_success();					\
	} while (0)

#endif /* __CXL_DC_UNIT_H__ */
