// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event records of media errors and of the device's health, which a user has the device
 * add to the logs of its host. Builds in user space too.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "media.h"
#include "parse.h"

/* A DPA in a record names 64 bytes; its low bits are flags, CXL 3.1 8.2.9.2.1.1 */
#define MEDIA_LINE		64
#define MEDIA_DPA_VOLATILE	0x01

/* Memory Event Descriptor */
#define MEDIA_UNCORRECTABLE	0x01

/* Transaction Type */
#define MEDIA_HOST_READ		0x01
#define MEDIA_HOST_INJECT	0x04

/* Validity Flags: channel and rank; of a DRAM record bank group, bank, row, column too */
#define MEDIA_VALID		0x0003
#define DRAM_VALID		0x007b

/* Where the error is in a device that has no chips: the same for all records */
#define MEDIA_CHANNEL		1
#define MEDIA_RANK		2
#define DRAM_BANK_GROUP		3
#define DRAM_BANK		4
#define DRAM_ROW		5
#define DRAM_COLUMN		6

/**
 * struct media_data - what general media and DRAM records have behind their header
 * @address: DPA and flags
 * @descriptor: whether the error was corrected
 * @type: Memory Event Type, 0: ECC error
 * @transaction: what has met the error
 * @validity: which of the fields that follow are filled
 * @channel: of the device
 * @rank: of the channel
 * @nibble_mask: of a DRAM record; Device of a general media record
 * @bank_group: of a DRAM record, as all that follows
 * @bank: of the group
 * @row: of the bank
 * @column: of the row
 * @rest: zero
 */
struct media_data {
	__le64 address;
	u8 descriptor;
	u8 type;
	u8 transaction;
	__le16 validity;
	u8 channel;
	u8 rank;
	u8 nibble_mask[3];
	u8 bank_group;
	u8 bank;
	u8 row[3];
	__le16 column;
	u8 rest[55];
} __packed;

/**
 * struct module_data - what memory module records have behind their header
 * @type: Device Event Type, enum cxl_mock_module_event
 * @health: the device's health
 * @rest: zero
 */
struct module_data {
	u8 type;
	struct cxl_mock_health_info health;
	u8 rest[61];
} __packed;

_Static_assert(sizeof(struct media_data) == sizeof(((struct cxl_mock_record *)0)->data),
	       "a media record has 128 bytes");
_Static_assert(sizeof(struct module_data) == sizeof(((struct cxl_mock_record *)0)->data),
	       "a memory module record has 128 bytes");

/* fbcd0a77-c260-417f-85a9-088b1621eba6 */
static const u8 general_media_id[16] = {
	0xfb, 0xcd, 0x0a, 0x77, 0xc2, 0x60, 0x41, 0x7f,
	0x85, 0xa9, 0x08, 0x8b, 0x16, 0x21, 0xeb, 0xa6,
};

/* 601dcbb3-9c06-4eab-b8af-4e9bfb5c9624 */
static const u8 dram_id[16] = {
	0x60, 0x1d, 0xcb, 0xb3, 0x9c, 0x06, 0x4e, 0xab,
	0xb8, 0xaf, 0x4e, 0x9b, 0xfb, 0x5c, 0x96, 0x24,
};

/* fe927475-dd59-4339-a586-79bab113b774 */
static const u8 memory_module_id[16] = {
	0xfe, 0x92, 0x74, 0x75, 0xdd, 0x59, 0x43, 0x39,
	0xa5, 0x86, 0x79, 0xba, 0xb1, 0x13, 0xb7, 0x74,
};

static const char *const kinds[] = {
	[CXL_MOCK_EVENT_GENERAL_MEDIA] = "general_media",
	[CXL_MOCK_EVENT_DRAM] = "dram",
	[CXL_MOCK_EVENT_MEMORY_MODULE] = "memory_module",
	[CXL_MOCK_EVENT_POISON] = "poison",
};

static const char *const modules[] = {
	[CXL_MOCK_MODULE_HEALTH] = "health",
	[CXL_MOCK_MODULE_MEDIA] = "media",
	[CXL_MOCK_MODULE_LIFE_USED] = "life_used",
	[CXL_MOCK_MODULE_TEMPERATURE] = "temperature",
	[CXL_MOCK_MODULE_DATA_PATH] = "data_path",
	[CXL_MOCK_MODULE_LSA] = "lsa",
	[CXL_MOCK_MODULE_SIDEBAND_BUS] = "sideband_bus",
	[CXL_MOCK_MODULE_MEDIA_FRU] = "media_fru",
	[CXL_MOCK_MODULE_POWER] = "power",
};

static const char *const logs[] = {
	[CXL_MOCK_LOG_INFO] = "info",
	[CXL_MOCK_LOG_WARN] = "warning",
	[CXL_MOCK_LOG_FAIL] = "failure",
	[CXL_MOCK_LOG_FATAL] = "fatal",
};

/* What a memory module record is about: the health, unless it is said */
static int read_module(const char *text, enum cxl_mock_module_event *module)
{
	int word;

	*module = CXL_MOCK_MODULE_HEALTH;
	if (!text || !*text)
		return 0;
	word = match_string(modules, ARRAY_SIZE(modules), text);
	if (word < 0)
		return -EINVAL;
	*module = word;
	return 0;
}

/* "<kind>:<log>:<dpa>[:<count>]", for a memory module "<kind>:<log>[:[<event>][:<count>]]" */
static int read_fields(const char *text, size_t len, struct cxl_mock_event *event)
{
	char copy[CXL_TEXT_MAX + 1], *fields[4] = {}, *rest = copy;
	u64 count = 1;
	int kind, log;

	if (cxl_text_line(copy, text, len))
		return -EINVAL;
	for (unsigned int i = 0; rest && i < ARRAY_SIZE(fields); i++)
		fields[i] = strsep(&rest, ":");
	if (rest || !fields[1])
		return -EINVAL;
	kind = match_string(kinds, ARRAY_SIZE(kinds), fields[0]);
	log = match_string(logs, ARRAY_SIZE(logs), fields[1]);
	if (kind < 0)
		return -EINVAL;
	event->kind = kind;
	if (log < 0)
		return -EINVAL;

	if (kind == CXL_MOCK_EVENT_MEMORY_MODULE ? read_module(fields[2], &event->module) :
	    !fields[2] || cxl_text_number(fields[2], &event->dpa))
		return -EINVAL;
	if ((fields[3] && cxl_text_number(fields[3], &count)) ||
	    !count || count > CXL_MOCK_EVENTS_MAX)
		return -EINVAL;
	event->log = log;
	event->count = count;
	return 0;
}

/**
 * cxl_mock_read_event() - read which records a user injects
 * @name: name of the attribute
 * @text: what the user wrote
 * @len: how many bytes
 * @event: what it says; untouched if it was refused
 * @reason: why it was refused, in one line without a newline; untouched if it was not
 *
 * Return: 0, or -EINVAL.
 */
int cxl_mock_read_event(const char *name, const char *text, size_t len,
			struct cxl_mock_event *event, char reason[CXL_MOCK_REASON_LEN])
{
	struct cxl_mock_event read = {};

	if (!read_fields(text, len, &read)) {
		*event = read;
		return 0;
	}
	if (read.kind == CXL_MOCK_EVENT_MEMORY_MODULE)
		snprintf(reason, CXL_MOCK_REASON_LEN,
			 "%s: '%s': must be memory_module:<log>[:<event>[:<n>]], of health, media, life_used, temperature, data_path, lsa, sideband_bus, media_fru or power, n up to %d",
			 name, cxl_text_shown(text, len).shown, CXL_MOCK_EVENTS_MAX);
	else
		snprintf(reason, CXL_MOCK_REASON_LEN,
			 "%s: '%s': must be general_media, dram or poison:<log>:<dpa>[:<n>], or memory_module:<log>[:<event>[:<n>]], with info, warning, failure or fatal, n up to %d",
			 name, cxl_text_shown(text, len).shown, CXL_MOCK_EVENTS_MAX);
	return -EINVAL;
}

/* The log says how bad it is: what is a failure or fatal could not be corrected. */
static void fill_media(struct cxl_mock_record *record, const struct cxl_mock_event *event)
{
	bool poison = event->kind == CXL_MOCK_EVENT_POISON;
	struct media_data *data = (void *)record->data;

	*data = (struct media_data) {
		.address = cpu_to_le64(event->dpa | MEDIA_DPA_VOLATILE),
		.transaction = poison ? MEDIA_HOST_INJECT : MEDIA_HOST_READ,
		.validity = cpu_to_le16(MEDIA_VALID),
		.channel = MEDIA_CHANNEL,
		.rank = MEDIA_RANK,
	};
	if (poison || event->log >= CXL_MOCK_LOG_FAIL)
		data->descriptor = MEDIA_UNCORRECTABLE;
	memcpy(record->id, general_media_id, sizeof(record->id));
	if (event->kind != CXL_MOCK_EVENT_DRAM)
		return;

	memcpy(record->id, dram_id, sizeof(record->id));
	data->validity = cpu_to_le16(DRAM_VALID);
	data->bank_group = DRAM_BANK_GROUP;
	data->bank = DRAM_BANK;
	data->row[0] = DRAM_ROW;
	data->column = cpu_to_le16(DRAM_COLUMN);
}

static void fill_module(const struct cxl_mock_device *device, struct cxl_mock_record *record,
			enum cxl_mock_module_event event)
{
	struct module_data *data = (void *)record->data;

	data->type = event;
	cxl_mock_health_fill(device, &data->health);
	memcpy(record->id, memory_module_id, sizeof(record->id));
}

static void add_records(struct cxl_mock_device *device, const struct cxl_mock_record *record,
			enum cxl_mock_log log, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		cxl_mock_ring_add(&device->events.log[log], record, cxl_mock_device_time(device));
	device->signal |= 1 << log;
}

/**
 * cxl_mock_media_module() - tell the host of the device's health
 * @device: the device, which is as the record is to say
 * @event: what has changed
 * @log: the log
 */
void cxl_mock_media_module(struct cxl_mock_device *device, enum cxl_mock_module_event event,
			   enum cxl_mock_log log)
{
	struct cxl_mock_record record = { .flags = { log } };

	fill_module(device, &record, event);
	add_records(device, &record, log, 1);
}

/**
 * cxl_mock_media_inject() - add records to a log of the host
 * @device: the device
 * @event: the records, as cxl_mock_read_event() reads them
 *
 * What the log has no room for is lost, and counted, CXL 3.1 8.2.9.2.2.
 *
 * Return: Success; Invalid Physical Address for a DPA that the device does not have or
 * that is no multiple of 64.
 */
enum cxl_mbox_rc cxl_mock_media_inject(struct cxl_mock_device *device,
				       const struct cxl_mock_event *event)
{
	struct cxl_mock_record record = { .flags = { event->log } };
	u64 end = cxl_dc_end(&device->dc);

	if (event->kind == CXL_MOCK_EVENT_MEMORY_MODULE)
		fill_module(device, &record, event->module);
	else if (event->dpa >= end || event->dpa % MEDIA_LINE)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_PA,
				     "DPA %#llx: must be a multiple of %d below %#llx",
				     event->dpa, MEDIA_LINE,
				     end);
	else
		fill_media(&record, event);

	add_records(device, &record, event->log, event->count);
	return CXL_RC_SUCCESS;
}
