// SPDX-License-Identifier: GPL-2.0-only
/*
 * The health of a mock device, which its user sets, and the alerts that its host has
 * asked for. A change that matters is a record in one of the host's logs. Builds in user
 * space too.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "mailbox.h"
#include "media.h"
#include "parse.h"

/* Warnings, in the bits of Get and Set Alert Configuration */
#define ALERT_LIFE_USED		BIT(0)
#define ALERT_OVER_TEMPERATURE	BIT(1)
#define ALERT_UNDER_TEMPERATURE	BIT(2)
#define ALERT_CORRECTED		BIT(3)
/* all but that of persistent capacity, which the device does not have */
#define ALERTS_PROGRAMMABLE	(ALERT_LIFE_USED | ALERT_OVER_TEMPERATURE | \
				 ALERT_UNDER_TEMPERATURE | ALERT_CORRECTED)

/* Critical thresholds, which the host cannot change */
#define LIFE_USED_CRITICAL		90
#define OVER_TEMPERATURE_CRITICAL	85
#define UNDER_TEMPERATURE_CRITICAL	(-20)

/* Additional Status: two bits of life used, two of the temperature, one of errors */
#define ADDITIONAL_LIFE_USED	0
#define ADDITIONAL_TEMPERATURE	2
#define ADDITIONAL_CORRECTED	4
#define LEVEL_MASK		0x3
#define CORRECTED_MASK		0x1

/* Health Status */
#define STATUS_REPLACEMENT	BIT(2)

enum level {
	LEVEL_NORMAL,
	LEVEL_WARNING,
	LEVEL_CRITICAL,
};

/* Get Alert Configuration, CXL 3.1 8.2.9.9.3.2 */
struct alert_config_out {
	u8 valid_alerts;
	u8 programmable_alerts;
	u8 life_used_critical;
	u8 life_used_warning;
	__le16 over_temperature_critical;
	__le16 under_temperature_critical;
	__le16 over_temperature_warning;
	__le16 under_temperature_warning;
	__le16 corrected_volatile_warning;
	__le16 corrected_persistent_warning;
} __packed;

static const char *const status_words[] = { "maintenance", "degraded", "replacement" };

/* Media Status: normal, three that report a loss, and those that predict one */
#define MEDIA_LOST_FIRST	1
#define MEDIA_LOST_LAST		3
static const char *const media_words[] = {
	"normal", "not_ready", "persistence_lost", "data_lost",
	"powerloss_persistence_loss", "shutdown_persistence_loss",
	"persistence_loss_imminent", "powerloss_data_loss", "shutdown_data_loss",
	"data_loss_imminent",
};

static const struct {
	const char *name;
	const char *rule;
	s64 min, max;
} fields[] = {
	[CXL_MOCK_HEALTH_STATUS] = {
		"status",
		"must be normal, or a comma-separated list of maintenance, degraded and replacement",
	},
	[CXL_MOCK_HEALTH_MEDIA] = {
		"media_status",
		"must be normal, not_ready, data_lost or another value listed in Documentation/mock.rst",
	},
	[CXL_MOCK_HEALTH_LIFE_USED] = { "life_used", "must be 0 to 100 percent", 0, 100 },
	[CXL_MOCK_HEALTH_TEMPERATURE] = { "temperature",
		"must be -273 to 1000 degrees Celsius", -273, 1000 },
	[CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS] = { "dirty_shutdowns",
		"must be 0 to 4294967295", 0, U32_MAX },
	[CXL_MOCK_HEALTH_CORRECTED_ERRORS] = { "corrected_errors",
		"must be 0 to 4294967295", 0, U32_MAX },
};

static int read_status(char *line, u32 *value)
{
	u32 bits = 0;
	char *word;

	if (!strcmp(line, "normal")) {
		*value = 0;
		return 0;
	}
	while ((word = strsep(&line, ","))) {
		int bit = match_string(status_words, ARRAY_SIZE(status_words), word);

		if (bit < 0)
			return bit;
		bits |= BIT(bit);
	}
	*value = bits;
	return 0;
}

static int read_number(const char *line, s64 min, s64 max, u32 *value)
{
	bool negative = min < 0 && line[0] == '-';
	u64 number;
	s64 signed_number;

	if (cxl_text_number(line + negative, &number) || number > U32_MAX)
		return -EINVAL;
	signed_number = negative ? -(s64)number : (s64)number;
	if (signed_number < min || signed_number > max)
		return -EINVAL;
	*value = signed_number;
	return 0;
}

static int read_field(enum cxl_mock_health_field field, char *line, u32 *value)
{
	int word;

	switch (field) {
	case CXL_MOCK_HEALTH_STATUS:
		return read_status(line, value);
	case CXL_MOCK_HEALTH_MEDIA:
		word = match_string(media_words, ARRAY_SIZE(media_words), line);
		if (word < 0)
			return word;
		*value = word;
		return 0;
	default:
		return read_number(line, fields[field].min, fields[field].max, value);
	}
}

/**
 * cxl_mock_read_health() - read what a user says about a device
 * @field: what it is about
 * @text: what the user wrote
 * @len: how many bytes
 * @value: what it says; untouched if it was refused
 * @reason: why it was refused, in one line without a newline; untouched if it was not
 *
 * Return: 0, or -EINVAL.
 */
int cxl_mock_read_health(enum cxl_mock_health_field field, const char *text, size_t len,
			 u32 *value, char reason[CXL_MOCK_REASON_LEN])
{
	char line[CXL_TEXT_MAX + 1];

	if (!cxl_text_line(line, text, len) && !read_field(field, line, value))
		return 0;
	snprintf(reason, CXL_MOCK_REASON_LEN, "%s: '%s': %s", fields[field].name,
		 cxl_text_shown(text, len).shown, fields[field].rule);
	return -EINVAL;
}

/**
 * cxl_mock_show_health() - write a field of the health as cxl_mock_read_health() reads it
 * @field: the field
 * @value: its value
 * @text: the text
 * @size: bytes of @text
 */
void cxl_mock_show_health(enum cxl_mock_health_field field, u32 value, char *text, size_t size)
{
	switch (field) {
	case CXL_MOCK_HEALTH_STATUS:
		snprintf(text, size, "%s", value ? "" : "normal");
		for (unsigned int i = 0; i < ARRAY_SIZE(status_words); i++) {
			size_t len = strlen(text);

			if (value & BIT(i))
				snprintf(text + len, size - len, "%s%s", len ? "," : "",
					 status_words[i]);
		}
		return;
	case CXL_MOCK_HEALTH_MEDIA:
		snprintf(text, size, "%s", media_words[value]);
		return;
	case CXL_MOCK_HEALTH_TEMPERATURE:
		snprintf(text, size, "%d", (s32)value);
		return;
	default:
		snprintf(text, size, "%u", value);
	}
}

/**
 * cxl_mock_health_has_alerts() - whether hosts may ask for alerts
 * @device: the device
 *
 * Return: true if it has Set Alert Configuration.
 */
bool cxl_mock_health_has_alerts(const struct cxl_mock_device *device)
{
	return device->health.alerts.has;
}

static enum level life_level(const struct cxl_mock_health *health)
{
	u32 used = health->field[CXL_MOCK_HEALTH_LIFE_USED];

	if (used >= LIFE_USED_CRITICAL)
		return LEVEL_CRITICAL;
	if (health->alerts.enabled & ALERT_LIFE_USED && used >= health->alerts.life_used)
		return LEVEL_WARNING;
	return LEVEL_NORMAL;
}

static enum level temperature_level(const struct cxl_mock_health *health)
{
	const struct cxl_mock_alerts *alerts = &health->alerts;
	s32 degrees = health->field[CXL_MOCK_HEALTH_TEMPERATURE];

	if (degrees >= OVER_TEMPERATURE_CRITICAL || degrees <= UNDER_TEMPERATURE_CRITICAL)
		return LEVEL_CRITICAL;
	if ((alerts->enabled & ALERT_OVER_TEMPERATURE && degrees >= alerts->over_temperature) ||
	    (alerts->enabled & ALERT_UNDER_TEMPERATURE && degrees <= alerts->under_temperature))
		return LEVEL_WARNING;
	return LEVEL_NORMAL;
}

static enum level corrected_level(const struct cxl_mock_health *health)
{
	return health->alerts.enabled & ALERT_CORRECTED &&
	       health->field[CXL_MOCK_HEALTH_CORRECTED_ERRORS] >=
		       health->alerts.corrected_errors ? LEVEL_WARNING : LEVEL_NORMAL;
}

static u8 additional_status(const struct cxl_mock_health *health)
{
	if (!health->alerts.has)
		return 0;
	return life_level(health) << ADDITIONAL_LIFE_USED |
	       temperature_level(health) << ADDITIONAL_TEMPERATURE |
	       corrected_level(health) << ADDITIONAL_CORRECTED;
}

/**
 * cxl_mock_health_fill() - say how a device is
 * @device: the device
 * @info: how it is
 */
void cxl_mock_health_fill(const struct cxl_mock_device *device,
			  struct cxl_mock_health_info *info)
{
	const struct cxl_mock_health *health = &device->health;
	const u32 *field = health->field;

	*info = (struct cxl_mock_health_info) {
		.health_status = field[CXL_MOCK_HEALTH_STATUS],
		.media_status = field[CXL_MOCK_HEALTH_MEDIA],
		.additional_status = additional_status(health),
		.life_used = field[CXL_MOCK_HEALTH_LIFE_USED],
		.temperature = cpu_to_le16(field[CXL_MOCK_HEALTH_TEMPERATURE]),
		.dirty_shutdowns = cpu_to_le32(field[CXL_MOCK_HEALTH_DIRTY_SHUTDOWNS]),
		.corrected_volatile = cpu_to_le32(field[CXL_MOCK_HEALTH_CORRECTED_ERRORS]),
	};
}

/* An improvement is logged as information, a worse status by its severity. */
static enum cxl_mock_log status_log(u8 old, u8 new)
{
	if (new & ~old & STATUS_REPLACEMENT)
		return CXL_MOCK_LOG_FAIL;
	return new & ~old ? CXL_MOCK_LOG_WARN : CXL_MOCK_LOG_INFO;
}

static enum cxl_mock_log media_log(u8 media)
{
	if (!media)
		return CXL_MOCK_LOG_INFO;
	return media >= MEDIA_LOST_FIRST && media <= MEDIA_LOST_LAST ? CXL_MOCK_LOG_FAIL :
								       CXL_MOCK_LOG_WARN;
}

static enum cxl_mock_log level_log(enum level old, enum level new)
{
	if (new < old)
		return CXL_MOCK_LOG_INFO;
	return new == LEVEL_CRITICAL ? CXL_MOCK_LOG_FAIL : CXL_MOCK_LOG_WARN;
}

static void tell_level(struct cxl_mock_device *device, u8 old, u8 new, u8 shift, u8 mask,
		       enum cxl_mock_module_event event)
{
	enum level before = old >> shift & mask, now = new >> shift & mask;

	if (before != now)
		cxl_mock_media_module(device, event, level_log(before, now));
}

/* Add a record for each field that has changed. */
static void tell_changes(struct cxl_mock_device *device, const struct cxl_mock_health_info *old)
{
	struct cxl_mock_health_info new;
	u8 before = old->additional_status, now;

	cxl_mock_health_fill(device, &new);
	now = new.additional_status;
	if (new.health_status != old->health_status)
		cxl_mock_media_module(device, CXL_MOCK_MODULE_HEALTH,
				      status_log(old->health_status, new.health_status));
	if (new.media_status != old->media_status)
		cxl_mock_media_module(device, CXL_MOCK_MODULE_MEDIA, media_log(new.media_status));
	tell_level(device, before, now, ADDITIONAL_LIFE_USED, LEVEL_MASK,
		   CXL_MOCK_MODULE_LIFE_USED);
	tell_level(device, before, now, ADDITIONAL_TEMPERATURE, LEVEL_MASK,
		   CXL_MOCK_MODULE_TEMPERATURE);
	tell_level(device, before, now, ADDITIONAL_CORRECTED, CORRECTED_MASK,
		   CXL_MOCK_MODULE_HEALTH);
}

/**
 * cxl_mock_health_set() - have a device be otherwise
 * @device: the device
 * @field: what changes
 * @value: its value, as cxl_mock_read_health() reads it
 *
 * The host is told by a memory module record of a change of health or media status, and
 * of a threshold that was crossed, CXL 3.1 8.2.9.2.1.3.
 */
void cxl_mock_health_set(struct cxl_mock_device *device, enum cxl_mock_health_field field,
			 u32 value)
{
	struct cxl_mock_health_info old;

	cxl_mock_health_fill(device, &old);
	device->health.field[field] = value;
	tell_changes(device, &old);
}

/**
 * cxl_mock_health_get_info() - Get Health Info (4200h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.3.1
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_health_get_info(struct cxl_mock_device *device,
					  struct cxl_mbox_io *io)
{
	cxl_mock_health_fill(device, io->out);
	io->out_len = sizeof(struct cxl_mock_health_info);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_health_get_alerts() - Get Alert Configuration (4201h)
 * @device: the device; without alerts none is valid, none programmable
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.3.2
 *
 * Return: Success.
 */
enum cxl_mbox_rc cxl_mock_health_get_alerts(struct cxl_mock_device *device,
					    struct cxl_mbox_io *io)
{
	const struct cxl_mock_alerts *alerts = &device->health.alerts;
	struct alert_config_out *out = io->out;

	io->out_len = sizeof(*out);
	if (!alerts->has)
		return CXL_RC_SUCCESS;
	*out = (struct alert_config_out) {
		.valid_alerts = alerts->enabled,
		.programmable_alerts = ALERTS_PROGRAMMABLE,
		.life_used_critical = LIFE_USED_CRITICAL,
		.life_used_warning = alerts->life_used,
		.over_temperature_critical = cpu_to_le16(OVER_TEMPERATURE_CRITICAL),
		.under_temperature_critical = cpu_to_le16((u16)UNDER_TEMPERATURE_CRITICAL),
		.over_temperature_warning = cpu_to_le16(alerts->over_temperature),
		.under_temperature_warning = cpu_to_le16(alerts->under_temperature),
		.corrected_volatile_warning = cpu_to_le16(alerts->corrected_errors),
	};
	return CXL_RC_SUCCESS;
}

/* A warning threshold must be reached before the critical one. */
static enum cxl_mbox_rc check_alerts(struct cxl_mock_device *device, u8 valid, u8 enabled,
				     const struct cxl_mock_alerts *new)
{
	u8 set = valid & enabled;

	if (valid & ~ALERTS_PROGRAMMABLE)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_INPUT,
				     "alerts %#x: only %#x can be set", valid,
				     (unsigned int)ALERTS_PROGRAMMABLE);
	if (set & ALERT_LIFE_USED && new->life_used >= LIFE_USED_CRITICAL)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_INPUT,
				     "life used %u%%: must be below %d%%, which is critical",
				     new->life_used, LIFE_USED_CRITICAL);
	if (set & ALERT_OVER_TEMPERATURE &&
	    new->over_temperature >= OVER_TEMPERATURE_CRITICAL)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_INPUT,
				     "over temperature %d: must be below %d, which is critical",
				     new->over_temperature, OVER_TEMPERATURE_CRITICAL);
	if (set & ALERT_UNDER_TEMPERATURE &&
	    new->under_temperature <= UNDER_TEMPERATURE_CRITICAL)
		return cxl_dc_refuse(&device->dc, CXL_RC_INVALID_INPUT,
				     "under temperature %d: must be above %d, which is critical",
				     new->under_temperature, UNDER_TEMPERATURE_CRITICAL);
	return CXL_RC_SUCCESS;
}

/**
 * cxl_mock_health_set_alerts() - Set Alert Configuration (4202h)
 * @device: the device
 * @io: the command
 *
 * CXL 3.1 8.2.9.9.3.3. Warnings that are not named stay as they are. A device that is
 * beyond a threshold already warns at once.
 *
 * Return: Success; Invalid Input for a warning that is not programmable, and for a
 * threshold that the critical one comes before.
 */
enum cxl_mbox_rc cxl_mock_health_set_alerts(struct cxl_mock_device *device,
					    struct cxl_mbox_io *io)
{
	const struct cxl_mock_set_alerts_in *in = io->in;
	struct cxl_mock_alerts *alerts = &device->health.alerts, new = *alerts;
	u8 set = in->valid_actions & in->enable_actions;
	struct cxl_mock_health_info old;
	enum cxl_mbox_rc rc;

	if (set & ALERT_LIFE_USED)
		new.life_used = in->life_used_warning;
	if (set & ALERT_OVER_TEMPERATURE)
		new.over_temperature = le16_to_cpu(in->over_temperature_warning);
	if (set & ALERT_UNDER_TEMPERATURE)
		new.under_temperature = le16_to_cpu(in->under_temperature_warning);
	if (set & ALERT_CORRECTED)
		new.corrected_errors = le16_to_cpu(in->corrected_volatile_warning);
	new.enabled = (alerts->enabled & ~in->valid_actions) | set;
	rc = check_alerts(device, in->valid_actions, in->enable_actions, &new);
	if (rc)
		return rc;

	cxl_mock_health_fill(device, &old);
	*alerts = new;
	tell_changes(device, &old);
	return CXL_RC_SUCCESS;
}
