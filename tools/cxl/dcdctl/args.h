/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __DCDCTL_ARGS_H__
#define __DCDCTL_ARGS_H__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dcdctl.h"

/* long enough for any size as text */
#define DCDCTL_SIZE_TEXT	24

/**
 * struct dcdctl_size_text - a size as text
 * @text: in the largest unit that divides it, such as 768M
 */
struct dcdctl_size_text {
	char text[DCDCTL_SIZE_TEXT];
};

/*
 * Each takes a text as a whole or not at all, and leaves the value alone if it
 * does not. The rule that a text breaks is what is returned, NULL: none.
 */
const char *dcdctl_parse_number(const char *text, uint64_t max, uint64_t *number);
const char *dcdctl_parse_size(const char *text, uint64_t *size);
const char *dcdctl_parse_tag(const char *text, uint8_t *tag);
const char *dcdctl_parse_seconds(const char *text, uint64_t *ms);
const char *dcdctl_parse_opcode(const char *text, uint16_t *opcode);
const char *dcdctl_parse_name(const char *text);

bool dcdctl_tag_is_null(const uint8_t *tag);
void dcdctl_tag_text(const uint8_t *tag, char text[DCDCTL_UUID_TEXT]);
struct dcdctl_size_text dcdctl_size_text(uint64_t size);
void dcdctl_size_human(uint64_t size, char *text, size_t room);

#endif /* __DCDCTL_ARGS_H__ */
