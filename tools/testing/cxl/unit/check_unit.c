// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of check.c share: responses written byte by byte. */
#include "check_unit.h"

struct dcd_region check_regions[8];
char check_reason[DCD_REASON_LEN];

/* One of 1 GiB, adjacent to the one before. */
struct region check_good(unsigned int i)
{
	return (struct region) {
		.base = i * GIB,
		.units = 4,
		.len = GIB,
		.block = 2 * MIB,
		.handle = 0xabcd0000 + i,
		.flags = 0x80 + i,
	};
}

/* A response that claims @available and @returned, with the @count regions of @list. */
size_t check_put_config(u8 *bytes, u8 available, u8 returned, const struct region *list,
			unsigned int count)
{
	memset(bytes, 0xff, HEADER + count * REGION + TAIL);
	bytes[0] = available;
	bytes[1] = returned;
	for (unsigned int i = 0; i < count; i++) {
		u8 *region = bytes + HEADER + i * REGION;

		put_le(region, 8, list[i].base);
		put_le(region + 8, 8, list[i].units);
		put_le(region + 16, 8, list[i].len);
		put_le(region + 24, 8, list[i].block);
		put_le(region + 32, 4, list[i].handle);
		region[36] = list[i].flags;
	}
	return HEADER + count * REGION;
}

/* Take over a response of which the first @len bytes came. */
int check_take_bytes(const u8 *bytes, size_t len, unsigned int nr)
{
	struct dcd_region before[8];
	int rc;

	memcpy(before, check_regions, sizeof(before));
	memset(check_reason, '~', sizeof(check_reason));
	rc = dcd_take_regions(check_regions, nr, unit_response(bytes, len), len, check_reason);

	/* what was taken over before stays so */
	assert_memory_equal(check_regions, before, nr * sizeof(before[0]));
	if (rc < 0) {
		assert_int_equal(rc, -EPROTO);
		assert_non_null(memchr(check_reason, 0, sizeof(check_reason)));
		assert_null(strchr(check_reason, '\n'));
		return rc;
	}
	assert_in_range(rc, nr + 1, 8);
	for (size_t i = 0; i < sizeof(check_reason); i++)
		assert_int_equal(check_reason[i], '~');
	return rc;
}

int check_take(u8 available, const struct region *list, unsigned int count, unsigned int nr)
{
	u8 bytes[HEADER + 8 * REGION + TAIL];

	return check_take_bytes(bytes, check_put_config(bytes, available, count, list, count), nr);
}

void check_assert_taken(const struct dcd_region *region, const struct region *config)
{
	assert_int_equal(region->base, config->base);
	assert_int_equal(region->decode_len, config->units * UNIT);
	assert_int_equal(region->len, config->len);
	assert_int_equal(region->block_size, config->block);
	assert_int_equal(region->dsmad_handle, config->handle);
	assert_int_equal(region->flags, config->flags);
}
