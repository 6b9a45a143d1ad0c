/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing
 * beyond U+10FFFF. The one decoder of the wire check, the JSON printer and
 * the log.
 */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H

#include <stdbool.h>

#include "stafett/base.h"

/* The length of the sequence at the start of |text|, one to four bytes, and what
 * it stands for; 0 where |text| is empty or does not begin with a valid one. */
size_t utf8_decode(struct bytes text, uint32_t *ret_code_point);
bool utf8_is_valid(struct bytes text);
/* Whether a terminal or a viewer may take |code_point| for a command, a new line
 * or another direction of writing: controls, separators, bidi marks. Whoever
 * shows a peer's text escapes these. */
bool utf8_is_active(uint32_t code_point);

#endif
