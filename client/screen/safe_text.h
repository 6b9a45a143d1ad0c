/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that others wrote, made harmless before it reaches a terminal: control
 * characters (ESC, CSI, OSC and all of C0 and C1), characters that change the
 * direction of text or hide in it, are shown as \u001b or \u202e instead of being
 * obeyed, bytes that are not UTF-8 as <ff>. Everything else passes unchanged.
 */
#ifndef CLIENT_SCREEN_SAFE_TEXT_H
#define CLIENT_SCREEN_SAFE_TEXT_H

#include "base/arena.h"

enum safe_text_mode {
	SAFE_TEXT_LINE, /* one line: a line break is shown as \n */
	SAFE_TEXT_PAGE, /* line breaks and tabs stay; CR before LF goes */
};

/* A NUL-terminated copy in |arena|. */
char *safe_text(struct arena *arena, struct bytes text, enum safe_text_mode mode);
/* One line of a C string; NULL counts as empty. */
char *safe_line(struct arena *arena, const char *text);

#endif
