// SPDX-License-Identifier: GPL-2.0-only
/* What all unit tests share: commands with payloads of an exact length. */
#include "unit.h"

struct cxl_mbox_io unit_io;

static u8 *in_room, *out_room;
static u64 prng_state;

/*
 * A payload on the heap that ends where its memory ends, so that ASan sees the
 * first byte read or written too much. It starts at an odd address: nothing
 * may rely on an alignment, and a payload of no bytes has no valid byte.
 */
static u8 *payload(u8 **room, size_t len)
{
	free(*room);
	*room = calloc(1, len + 1);
	assert_non_null(*room);
	return *room + 1;
}

/* After the last test of a file: the next begins alike. */
int unit_finish(void **state)
{
	free(in_room);
	free(out_room);
	in_room = NULL;
	out_room = NULL;
	prng_state = 0;
	return 0;
}

void unit_begin(const void *in, size_t in_len, size_t out_max)
{
	u8 *copy = payload(&in_room, in_len);

	if (in_len)
		memcpy(copy, in, in_len);
	unit_io = (struct cxl_mbox_io) {
		.in = copy,
		.in_len = in_len,
		.out = payload(&out_room, out_max),
		.out_max = out_max,
	};
}

/* A response to read, as what it answers was not asked here. */
const void *unit_response(const u8 *bytes, size_t len)
{
	unit_begin(bytes, len, 0);
	return unit_io.in;
}

/* What holds for every command, whatever it answers. */
enum cxl_mbox_rc unit_end(enum cxl_mbox_rc rc)
{
	const u8 *out = unit_io.out;

	assert_in_range(unit_io.out_len, 0, unit_io.out_max);
	if (rc != CXL_RC_SUCCESS)
		assert_int_equal(unit_io.out_len, 0);
	for (size_t i = unit_io.out_len; i < unit_io.out_max; i++)
		assert_int_equal(out[i], 0);
	return rc;
}

const u8 *answer_bytes(size_t offset, size_t size)
{
	assert_true(offset + size <= unit_io.out_len);
	return (const u8 *)unit_io.out + offset;
}

/* The little-endian field of @size bytes at @offset of the response. */
u64 answer(size_t offset, size_t size)
{
	return get_le(answer_bytes(offset, size), size);
}

void assert_answer_is_zero(size_t offset, size_t size)
{
	const u8 *bytes = answer_bytes(offset, size);

	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], 0);
}

/* Byte by byte: the wire's order must not be that of the machine by luck. */
u64 get_le(const u8 *bytes, size_t size)
{
	u64 value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

void put_le(u8 *bytes, size_t size, u64 value)
{
	for (size_t i = 0; i < size; i++, value >>= 8)
		bytes[i] = value;
}

/* The same numbers in every run (splitmix64): a failure must come again. */
u64 prng(void)
{
	u64 z = prng_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

void prng_seed(u64 seed)
{
	prng_state = seed;
}
