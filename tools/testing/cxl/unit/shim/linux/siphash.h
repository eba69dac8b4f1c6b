/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_SIPHASH_H__
#define __SHIM_LINUX_SIPHASH_H__

#include <linux/types.h>

struct shim_siphash_key {
	u64 key[2];
};

/* the kernel's is a typedef */
#define siphash_key_t	struct shim_siphash_key

static inline u64 shim_rol64(u64 word, unsigned int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void shim_sip_rounds(u64 v[4], unsigned int rounds)
{
	while (rounds--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = shim_rol64(v[1], 13) ^ v[0];
		v[3] = shim_rol64(v[3], 16) ^ v[2];
		v[0] = shim_rol64(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = shim_rol64(v[1], 17) ^ v[2];
		v[3] = shim_rol64(v[3], 21) ^ v[0];
		v[2] = shim_rol64(v[2], 32);
	}
}

/* SipHash-2-4 of two words, whose length in bytes is in the last one's top. */
static inline u64 siphash_2u64(u64 first, u64 second, const siphash_key_t *key)
{
	const u64 words[] = { first, second, 16ULL << 56 };
	u64 v[4] = {
		0x736f6d6570736575ULL ^ key->key[0],
		0x646f72616e646f6dULL ^ key->key[1],
		0x6c7967656e657261ULL ^ key->key[0],
		0x7465646279746573ULL ^ key->key[1],
	};

	for (int i = 0; i < 3; i++) {
		v[3] ^= words[i];
		shim_sip_rounds(v, 2);
		v[0] ^= words[i];
	}
	v[2] ^= 0xff;
	shim_sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif /* __SHIM_LINUX_SIPHASH_H__ */
