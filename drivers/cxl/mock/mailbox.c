// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailbox of a mock device: which commands there are, how long their
 * payloads must be, and the class commands that need no file of their own.
 * Builds in user space too.
 */
#include <linux/container_of.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "component.h"
#include "config.h"
#include "mailbox.h"

/* Records that the device's media error list can have, CXL 3.1 8.2.9.9.1.1 */
#define POISON_LIST_MAX		CXL_MOCK_POISON_MAX

/* Identify Memory Device, CXL 3.1 8.2.9.9.1.1 */
struct identify_out {
	char fw_revision[16];
	__le64 total_capacity;
	__le64 volatile_capacity;
	__le64 persistent_capacity;
	__le64 partition_align;
	__le16 info_log_size;
	__le16 warning_log_size;
	__le16 failure_log_size;
	__le16 fatal_log_size;
	__le32 lsa_size;
	u8 poison_list_max[3];
	__le16 inject_poison_limit;
	u8 poison_caps;
	u8 qos_telemetry_caps;
	__le16 dc_log_size;
} __packed;

/* Get Partition Info, CXL 3.1 8.2.9.9.2.1 */
struct partition_info_out {
	__le64 active_volatile;
	__le64 active_persistent;
	__le64 next_volatile;
	__le64 next_persistent;
} __packed;

/* Get LSA, Set LSA, CXL 3.1 8.2.9.9.2.3, 8.2.9.9.2.4 */
struct get_lsa_in {
	__le32 offset;
	__le32 length;
} __packed;

struct set_lsa_in {
	__le32 offset;
	__le32 rsvd;
	u8 data[];
} __packed;

/* Get Supported Logs, Get Log, CXL 3.1 8.2.9.5.1, 8.2.9.5.2 */
struct supported_logs_out {
	__le16 nr;
	u8 rsvd[6];
	struct {
		u8 id[16];
		__le32 size;
	} __packed log;
} __packed;

struct get_log_in {
	u8 id[16];
	__le32 offset;
	__le32 length;
} __packed;

/* Command Effects Log, CXL 3.1 8.2.9.5.2.1 */
struct cel_entry {
	__le16 opcode;
	__le16 effect;
} __packed;

#define EFFECT_CONFIG_NOW	0x0002
#define EFFECT_DATA_NOW		0x0004
#define EFFECT_POLICY_NOW	0x0008
#define EFFECT_LOG_NOW		0x0010

/* 0da9c0b5-bf41-4b78-8f79-96b1623b3f17 */
static const u8 cel_id[16] = {
	0x0d, 0xa9, 0xc0, 0xb5, 0xbf, 0x41, 0x4b, 0x78,
	0x8f, 0x79, 0x96, 0xb1, 0x62, 0x3b, 0x3f, 0x17,
};

static enum cxl_mbox_rc get_records(struct cxl_mock_device *device,
				    struct cxl_mbox_io *io)
{
	/* only a host that knows Dynamic Capacity reads this log */
	if (*(const u8 *)io->in == CXL_MOCK_LOG_DC)
		device->host_reads = true;
	return cxl_mock_events_get(&device->events, io);
}

static enum cxl_mbox_rc clear_records(struct cxl_mock_device *device,
				      struct cxl_mbox_io *io)
{
	enum cxl_mbox_rc rc = cxl_mock_events_clear(&device->events, io);

	if (!rc)
		cxl_dc_flush(&device->dc);
	return rc;
}

static enum cxl_mbox_rc get_policy(struct cxl_mock_device *device,
				   struct cxl_mbox_io *io)
{
	return cxl_mock_events_get_policy(&device->events, io);
}

static enum cxl_mbox_rc set_policy(struct cxl_mock_device *device,
				   struct cxl_mbox_io *io)
{
	return cxl_mock_events_set_policy(&device->events, io);
}

/**
 * cxl_mock_device_time() - the device's idea of the time
 * @device: the device
 *
 * CXL 3.1 8.2.9.4
 *
 * Return: ns since 1970 as set by the host, 0 if it never did.
 */
u64 cxl_mock_device_time(const struct cxl_mock_device *device)
{
	if (!device->timestamp)
		return 0;
	return device->timestamp + device->clock() - device->timestamp_set;
}

/* CXL 3.1 8.2.9.4.1 */
static enum cxl_mbox_rc get_timestamp(struct cxl_mock_device *device,
				      struct cxl_mbox_io *io)
{
	put_unaligned_le64(cxl_mock_device_time(device), io->out);
	io->out_len = sizeof(__le64);
	return CXL_RC_SUCCESS;
}

/* CXL 3.1 8.2.9.4.2 */
static enum cxl_mbox_rc set_timestamp(struct cxl_mock_device *device,
				      struct cxl_mbox_io *io)
{
	device->timestamp = get_unaligned_le64(io->in);
	device->timestamp_set = device->clock();
	return CXL_RC_SUCCESS;
}

/* Static capacity, all of it volatile, is what is below the DC regions. */
static u64 static_capacity(const struct cxl_mock_device *device)
{
	return device->dc.regions[0].base;
}

static enum cxl_mbox_rc identify(struct cxl_mock_device *device,
				 struct cxl_mbox_io *io)
{
	__le64 ram = cpu_to_le64(static_capacity(device) / CXL_MOCK_CAPACITY_UNIT);
	struct identify_out *out = io->out;

	/* dynamic capacity does not count here: 4800h tells of it */
	*out = (struct identify_out) {
		.fw_revision = "cxl-dcd mock",
		.total_capacity = ram,
		.volatile_capacity = ram,
		.info_log_size = cpu_to_le16(CXL_MOCK_LOG_RECORDS),
		.warning_log_size = cpu_to_le16(CXL_MOCK_LOG_RECORDS),
		.failure_log_size = cpu_to_le16(CXL_MOCK_LOG_RECORDS),
		.fatal_log_size = cpu_to_le16(CXL_MOCK_LOG_RECORDS),
		.lsa_size = cpu_to_le32(CXL_MOCK_LSA_SIZE),
		.inject_poison_limit = cpu_to_le16(device->poison.limit),
		.poison_list_max = { POISON_LIST_MAX & 0xff, POISON_LIST_MAX >> 8 },
		.dc_log_size = cpu_to_le16(CXL_MOCK_LOG_RECORDS),
	};
	io->out_len = sizeof(*out);
	return CXL_RC_SUCCESS;
}

/* All static capacity is volatile for good: there is nothing to partition. */
static enum cxl_mbox_rc get_partition_info(struct cxl_mock_device *device,
					   struct cxl_mbox_io *io)
{
	struct partition_info_out *out = io->out;

	out->active_volatile = cpu_to_le64(static_capacity(device) / CXL_MOCK_CAPACITY_UNIT);
	io->out_len = sizeof(struct partition_info_out);
	return CXL_RC_SUCCESS;
}

static bool lsa_contains(u32 offset, size_t length)
{
	return offset <= CXL_MOCK_LSA_SIZE && length <= CXL_MOCK_LSA_SIZE - offset;
}

static enum cxl_mbox_rc get_lsa(struct cxl_mock_device *device,
				struct cxl_mbox_io *io)
{
	const struct get_lsa_in *in = io->in;
	u32 offset = le32_to_cpu(in->offset);
	u32 length = le32_to_cpu(in->length);

	if (!lsa_contains(offset, length) || length > io->out_max)
		return CXL_RC_INVALID_INPUT;

	memcpy(io->out, device->lsa + offset, length);
	io->out_len = length;
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc set_lsa(struct cxl_mock_device *device,
				struct cxl_mbox_io *io)
{
	const struct set_lsa_in *in = io->in;
	u32 offset = le32_to_cpu(in->offset);
	size_t length = io->in_len - sizeof(*in);

	if (!lsa_contains(offset, length))
		return CXL_RC_INVALID_INPUT;

	memcpy(device->lsa + offset, in->data, length);
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc get_supported_logs(struct cxl_mock_device *device,
					   struct cxl_mbox_io *io);
static enum cxl_mbox_rc get_log(struct cxl_mock_device *device,
				struct cxl_mbox_io *io);
static enum cxl_mbox_rc fm_get_supported_logs(struct cxl_mock_device *device,
					      struct cxl_mbox_io *io);
static enum cxl_mbox_rc fm_get_log(struct cxl_mock_device *device,
				   struct cxl_mbox_io *io);

/*
 * A command, which the device or its engine executes. The handler sees only
 * requests of min_in to max_in bytes, and it owns the check of whatever else the
 * length must agree with.
 */
struct command {
	u16 opcode;
	u16 effect;
	u16 min_in;
	u16 max_in;
	enum cxl_mbox_rc (*exec)(struct cxl_mock_device *device, struct cxl_mbox_io *io);
	enum cxl_mbox_rc (*dc)(struct cxl_dc *dc, struct cxl_mbox_io *io);
	/* whether this device has it; NULL: all have */
	bool (*is_on)(const struct cxl_mock_device *device);
};

/* The commands of the host, in order of opcode as the CEL wants them. */
static const struct command commands[] = {
#define FIXED(_in)	.min_in = _in, .max_in = _in
#define VARIABLE(_in)	.min_in = _in, .max_in = CXL_MOCK_PAYLOAD_SIZE
	{ CXL_OP_GET_EVENT_RECORDS, 0, FIXED(sizeof(u8)), get_records },
	{ CXL_OP_CLEAR_EVENT_RECORDS, EFFECT_LOG_NOW, VARIABLE(6), clear_records },
	{ CXL_OP_GET_EVENT_POLICY, 0, FIXED(0), get_policy },
	{ CXL_OP_SET_EVENT_POLICY, EFFECT_POLICY_NOW, VARIABLE(1), set_policy },
	{ CXL_OP_GET_TIMESTAMP, 0, FIXED(0), get_timestamp },
	{ CXL_OP_SET_TIMESTAMP, EFFECT_POLICY_NOW, FIXED(sizeof(__le64)),
	  set_timestamp },
	{ CXL_OP_GET_SUPPORTED_LOGS, 0, FIXED(0), get_supported_logs },
	{ CXL_OP_GET_LOG, 0, FIXED(sizeof(struct get_log_in)), get_log },
	{ CXL_OP_IDENTIFY, 0, FIXED(0), identify },
	{ CXL_OP_GET_PARTITION_INFO, 0, FIXED(0), get_partition_info },
	{ CXL_OP_GET_LSA, 0, FIXED(sizeof(struct get_lsa_in)), get_lsa },
	{ CXL_OP_SET_LSA, EFFECT_CONFIG_NOW | EFFECT_DATA_NOW,
	  VARIABLE(sizeof(struct set_lsa_in)), set_lsa },
	{ CXL_OP_GET_HEALTH_INFO, 0, FIXED(0), cxl_mock_health_get_info },
	{ CXL_OP_GET_ALERT_CONFIG, 0, FIXED(0), cxl_mock_health_get_alerts },
	{ CXL_OP_SET_ALERT_CONFIG, EFFECT_POLICY_NOW,
	  FIXED(sizeof(struct cxl_mock_set_alerts_in)), cxl_mock_health_set_alerts,
	  .is_on = cxl_mock_health_has_alerts },
	{ CXL_OP_GET_POISON_LIST, 0, FIXED(sizeof(struct cxl_mock_get_poison_in)),
	  cxl_mock_poison_list },
	{ CXL_OP_INJECT_POISON, EFFECT_DATA_NOW, FIXED(sizeof(__le64)), cxl_mock_poison_inject,
	  .is_on = cxl_mock_poison_is_on },
	{ CXL_OP_CLEAR_POISON, EFFECT_DATA_NOW, FIXED(sizeof(struct cxl_mock_clear_poison_in)),
	  cxl_mock_poison_clear, .is_on = cxl_mock_poison_is_on },
	{ CXL_DC_OP_GET_CONFIG, 0, FIXED(sizeof(struct cxl_dc_get_config_in)),
	  .dc = cxl_dc_get_config },
	{ CXL_DC_OP_GET_EXTENT_LIST, 0,
	  FIXED(sizeof(struct cxl_dc_get_extent_list_in)), .dc = cxl_dc_get_extent_list },
	{ CXL_DC_OP_ADD_RESPONSE, EFFECT_CONFIG_NOW | EFFECT_DATA_NOW,
	  VARIABLE(sizeof(struct cxl_dc_extents_in)), .dc = cxl_dc_add_response },
	{ CXL_DC_OP_RELEASE, EFFECT_CONFIG_NOW | EFFECT_DATA_NOW,
	  VARIABLE(sizeof(struct cxl_dc_extents_in)), .dc = cxl_dc_release },
};

static enum cxl_mbox_rc fm_get_records(struct cxl_mock_device *device,
				       struct cxl_mbox_io *io)
{
	return cxl_mock_events_get(&device->fm_events, io);
}

static enum cxl_mbox_rc fm_clear_records(struct cxl_mock_device *device,
					 struct cxl_mbox_io *io)
{
	return cxl_mock_events_clear(&device->fm_events, io);
}

static enum cxl_mbox_rc fm_get_policy(struct cxl_mock_device *device,
				      struct cxl_mbox_io *io)
{
	return cxl_mock_events_get_policy(&device->fm_events, io);
}

static enum cxl_mbox_rc fm_set_policy(struct cxl_mock_device *device,
				      struct cxl_mbox_io *io)
{
	return cxl_mock_events_set_policy(&device->fm_events, io);
}

/* The commands of the FM, in order of opcode as its own CEL wants them. */
static const struct command fm_commands[] = {
	{ CXL_OP_COMPONENT_IDENTIFY, 0, FIXED(0), cxl_mock_component_identify },
	{ CXL_OP_BACKGROUND_STATUS, 0, FIXED(0), cxl_mock_component_background },
	{ CXL_OP_GET_RESPONSE_LIMIT, 0, FIXED(0), cxl_mock_component_get_limit },
	{ CXL_OP_SET_RESPONSE_LIMIT, EFFECT_POLICY_NOW, FIXED(sizeof(u8)),
	  cxl_mock_component_set_limit },
	{ CXL_OP_GET_EVENT_RECORDS, 0, FIXED(sizeof(u8)), fm_get_records },
	{ CXL_OP_CLEAR_EVENT_RECORDS, EFFECT_LOG_NOW, VARIABLE(6), fm_clear_records },
	{ CXL_OP_GET_EVENT_POLICY, 0, FIXED(0), fm_get_policy },
	{ CXL_OP_SET_EVENT_POLICY, EFFECT_POLICY_NOW, VARIABLE(1), fm_set_policy },
	{ CXL_OP_GET_TIMESTAMP, 0, FIXED(0), get_timestamp },
	{ CXL_OP_SET_TIMESTAMP, EFFECT_POLICY_NOW, FIXED(sizeof(__le64)),
	  set_timestamp },
	{ CXL_OP_GET_SUPPORTED_LOGS, 0, FIXED(0), fm_get_supported_logs },
	{ CXL_OP_GET_LOG, 0, FIXED(sizeof(struct get_log_in)), fm_get_log },
	{ CXL_FM_OP_GET_INFO, 0, FIXED(0), .dc = cxl_dc_fm_get_info },
	{ CXL_FM_OP_GET_REGION_CONFIG, 0, FIXED(sizeof(struct cxl_fm_get_region_config_in)),
	  .dc = cxl_dc_fm_get_region_config },
	{ CXL_FM_OP_SET_REGION_CONFIG, EFFECT_CONFIG_NOW,
	  FIXED(sizeof(struct cxl_fm_set_region_config_in)),
	  .dc = cxl_dc_fm_set_region_config },
	{ CXL_FM_OP_GET_EXTENT_LISTS, 0, FIXED(sizeof(struct cxl_fm_get_extent_lists_in)),
	  .dc = cxl_dc_fm_get_extent_lists },
	{ CXL_FM_OP_INITIATE_ADD, EFFECT_CONFIG_NOW, VARIABLE(sizeof(struct cxl_fm_initiate_in)),
	  .dc = cxl_dc_fm_initiate_add },
	{ CXL_FM_OP_INITIATE_RELEASE, EFFECT_CONFIG_NOW,
	  VARIABLE(sizeof(struct cxl_fm_initiate_in)),
	  .dc = cxl_dc_fm_initiate_release },
	{ CXL_FM_OP_ADD_REFERENCE, EFFECT_CONFIG_NOW, FIXED(CXL_DC_TAG_LEN),
	  .dc = cxl_dc_fm_add_reference },
	{ CXL_FM_OP_REMOVE_REFERENCE, EFFECT_CONFIG_NOW, FIXED(CXL_DC_TAG_LEN),
	  .dc = cxl_dc_fm_remove_reference },
	{ CXL_FM_OP_LIST_TAGS, 0, FIXED(sizeof(struct cxl_fm_list_tags_in)),
	  .dc = cxl_dc_fm_list_tags },
};

static bool has_command(const struct cxl_mock_device *device, const struct command *command)
{
	return !command->is_on || command->is_on(device);
}

/* How many of the commands of a list the device has */
static size_t count_commands(const struct cxl_mock_device *device, const struct command *list,
			     size_t nr)
{
	size_t count = 0;

	for (size_t i = 0; i < nr; i++)
		count += has_command(device, &list[i]);
	return count;
}

/* The nth of them, which there is */
static const struct command *nth_command(const struct cxl_mock_device *device,
					 const struct command *list, size_t n)
{
	while (!has_command(device, list) || n--)
		list++;
	return list;
}

/* Get Supported Logs: the CEL over a list of commands is the only one. */
static enum cxl_mbox_rc fill_supported_logs(struct cxl_mock_device *device,
					    const struct command *list, size_t nr,
					    struct cxl_mbox_io *io)
{
	struct supported_logs_out *out = io->out;

	out->nr = cpu_to_le16(1);
	memcpy(out->log.id, cel_id, sizeof(cel_id));
	out->log.size = cpu_to_le32(count_commands(device, list, nr) *
				    sizeof(struct cel_entry));
	io->out_len = sizeof(*out);
	return CXL_RC_SUCCESS;
}

/* Get Log: a part of the CEL over a list of commands */
static enum cxl_mbox_rc fill_log(struct cxl_mock_device *device, const struct command *list,
				 size_t nr, struct cxl_mbox_io *io)
{
	const struct get_log_in *in = io->in;
	u32 offset = le32_to_cpu(in->offset);
	u32 length = le32_to_cpu(in->length);
	size_t size = count_commands(device, list, nr) * sizeof(struct cel_entry);
	u8 *out = io->out;

	if (memcmp(in->id, cel_id, sizeof(cel_id)))
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_LOG,
				     "there is no such log, only the CEL");
	if (offset > size || length > size - offset || length > io->out_max)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_INPUT,
				     "%u bytes at %u of the CEL: it has %zu, and a response %zu",
				     length, offset, size, io->out_max);

	for (u32 at = offset; at < offset + length; at++) {
		const struct command *command = nth_command(device, list,
							    at / sizeof(struct cel_entry));
		struct cel_entry entry = {
			.opcode = cpu_to_le16(command->opcode),
			.effect = cpu_to_le16(command->effect),
		};

		*out++ = ((u8 *)&entry)[at % sizeof(entry)];
	}
	io->out_len = length;
	return CXL_RC_SUCCESS;
}

static enum cxl_mbox_rc get_supported_logs(struct cxl_mock_device *device,
					   struct cxl_mbox_io *io)
{
	return fill_supported_logs(device, commands, ARRAY_SIZE(commands), io);
}

static enum cxl_mbox_rc get_log(struct cxl_mock_device *device, struct cxl_mbox_io *io)
{
	return fill_log(device, commands, ARRAY_SIZE(commands), io);
}

static enum cxl_mbox_rc fm_get_supported_logs(struct cxl_mock_device *device,
					      struct cxl_mbox_io *io)
{
	return fill_supported_logs(device, fm_commands, ARRAY_SIZE(fm_commands), io);
}

static enum cxl_mbox_rc fm_get_log(struct cxl_mock_device *device, struct cxl_mbox_io *io)
{
	return fill_log(device, fm_commands, ARRAY_SIZE(fm_commands), io);
}

_Static_assert(sizeof(struct cxl_dc_event_data) ==
	       sizeof(((struct cxl_mock_record *)0)->data), "a DC record has 128 bytes");

static unsigned int dc_room(struct cxl_dc *dc)
{
	struct cxl_mock_device *device = container_of(dc, struct cxl_mock_device, dc);

	return CXL_MOCK_LOG_RECORDS - device->events.log[CXL_MOCK_LOG_DC].nr;
}

static void dc_emit_record(struct cxl_dc *dc, bool to_fm, const struct cxl_dc_event_data *event)
{
	struct cxl_mock_device *device = container_of(dc, struct cxl_mock_device, dc);
	struct cxl_mock_record record = { .id = CXL_DC_EVENT_UUID };
	struct cxl_mock_events *events = to_fm ? &device->fm_events : &device->events;

	memcpy(record.data, event, sizeof(*event));
	if (to_fm)
		device->fm_signal = true;
	else
		device->signal |= 1 << CXL_MOCK_LOG_DC;
	cxl_mock_ring_add(&events->log[CXL_MOCK_LOG_DC], &record, cxl_mock_device_time(device));
}

static const struct cxl_dc_sink dc_sink = {
	.size = CXL_MOCK_LOG_RECORDS,
	.room = dc_room,
	.emit = dc_emit_record,
};

/**
 * cxl_mock_device_init() - set up what is behind a mailbox
 * @device: the device, all zero
 * @config: its Dynamic Capacity
 * @clock: monotonic time, ns
 */
void cxl_mock_device_init(struct cxl_mock_device *device,
			  const struct cxl_dc_config *config, u64 (*clock)(void))
{
	device->clock = clock;
	device->health.field[CXL_MOCK_HEALTH_TEMPERATURE] = CXL_MOCK_TEMPERATURE_DEFAULT;
	cxl_dc_init(&device->dc, config, &dc_sink);
}

/**
 * cxl_mock_device_told() - when the host has dealt with what it was told so far
 * @device: the device
 *
 * Return: the value that cxl_mock_device_cleared() has then.
 */
u64 cxl_mock_device_told(const struct cxl_mock_device *device)
{
	return device->events.log[CXL_MOCK_LOG_DC].added + cxl_dc_waiting(&device->dc);
}

/**
 * cxl_mock_device_cleared() - what the host has dealt with
 * @device: the device
 *
 * Return: how many records of Dynamic Capacity it has cleared so far.
 */
u64 cxl_mock_device_cleared(const struct cxl_mock_device *device)
{
	const struct cxl_mock_ring *log = &device->events.log[CXL_MOCK_LOG_DC];

	return log->added - log->nr;
}

/**
 * cxl_mock_device_new_host() - begin anew with the host
 * @device: the device
 */
void cxl_mock_device_new_host(struct cxl_mock_device *device)
{
	cxl_dc_forget_requests(&device->dc);
	device->host_reads = false;
}

/**
 * cxl_mock_device_destroy() - free what is behind a mailbox
 * @device: the device
 */
void cxl_mock_device_destroy(struct cxl_mock_device *device)
{
	cxl_dc_destroy(&device->dc);
}

/* Execute a command of a list: the one place where all commands come through. */
static enum cxl_mbox_rc dispatch(const struct command *list, size_t nr,
				 struct cxl_mock_device *device, u16 opcode,
				 struct cxl_mbox_io *io)
{
	enum cxl_mbox_rc rc;

	io->out_len = 0;
	for (size_t i = 0; i < nr; i++) {
		const struct command *command = &list[i];

		if (command->opcode != opcode || !has_command(device, command))
			continue;
		if (io->in_len < command->min_in || io->in_len > command->max_in)
			return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_PAYLOAD_LEN,
					     "%zu bytes are not the length of a request %04xh",
					     io->in_len, opcode);
		rc = command->dc ? command->dc(&device->dc, io) : command->exec(device, io);
		cxl_mock_poison_follow(device);
		return rc;
	}
	return cxl_dc_refuse(&device->dc, CXL_RC_UNSUPPORTED, "unsupported command %04xh",
			     opcode);
}

/**
 * cxl_mock_mailbox_exec() - execute a command
 * @device: the device
 * @opcode: the command
 * @io: its payloads
 *
 * CXL 3.1 8.2.8.4.5
 *
 * Return: the command's return code; @io->out_len is not 0 on success only.
 */
enum cxl_mbox_rc cxl_mock_mailbox_exec(struct cxl_mock_device *device, u16 opcode,
				       struct cxl_mbox_io *io)
{
	return dispatch(commands, ARRAY_SIZE(commands), device, opcode, io);
}

/**
 * cxl_mock_fm_exec() - execute a command of the FM
 * @device: the device
 * @opcode: the command
 * @io: its payloads
 *
 * CXL 3.1 7.6.7.6, and 8.2.9.1, 8.2.9.2, 8.2.9.4 and 8.2.9.5 as the FM sees them
 *
 * Return: the command's return code; @io->out_len is not 0 on success only.
 */
enum cxl_mbox_rc cxl_mock_fm_exec(struct cxl_mock_device *device, u16 opcode,
				  struct cxl_mbox_io *io)
{
	io->out_max = min(io->out_max, cxl_mock_component_limit(device));
	return dispatch(fm_commands, ARRAY_SIZE(fm_commands), device, opcode, io);
}

/**
 * cxl_mock_fm_has_records() - whether a log that the FM reads has records
 * @device: the device
 *
 * Return: true if so.
 */
bool cxl_mock_fm_has_records(const struct cxl_mock_device *device)
{
	for (unsigned int i = 0; i < CXL_MOCK_LOG_NR; i++)
		if (device->fm_events.log[i].nr)
			return true;
	return false;
}
