/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal, key by key. Between tty_begin and tty_end keys come one at a time,
 * unechoed; the signals that end a program wait meanwhile, so that the terminal is
 * always given back as it was. What is said to the user goes to standard error:
 * standard output is the command's.
 */
#ifndef CLIENT_SCREEN_TTY_H
#define CLIENT_SCREEN_TTY_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include "client/secret.h"

struct tty {
	struct termios before;
	sigset_t mask_before;
	int stops, sizes;	/* descriptors: a signal to end, another size */
	bool is_wanted_to_stop; /* ^C was typed */
};

/* What tty_key gives besides bytes. */
enum { TTY_STOP = -1, TTY_END = -2, TTY_RESIZE = -3, TTY_OTHER = -4 };

enum tty_line {
	TTY_LINE_TYPED,
	TTY_LINE_ENDED,	  /* ^D on an empty line, or no terminal any more */
	TTY_LINE_STOPPED, /* ^C, or a signal that ends the program */
};

/* Whether somebody sits there: standard input and standard error are a terminal. */
bool tty_is_there(void);
/* 0 or -errno; on 0, tty_end must follow. */
int tty_begin(struct tty *ret_tty) WARN_UNUSED;
/* Gives the terminal back. Where the user or a signal wanted an end, the process
 * ends here. */
void tty_end(struct tty *tty);

/* Waits for a key: its byte, or one of the above. A key of several bytes that is no
 * letter (an arrow) is TTY_OTHER. */
int tty_key(struct tty *tty);
/* Asks for one line of UTF-8 after |label|. |is_hidden|: stars are shown. */
enum tty_line tty_line(
	struct tty *tty, const char *label, bool is_hidden, struct secret *ret_line) WARN_UNUSED;
/* Rows of the terminal. */
size_t tty_rows(void);
/* Columns of the terminal. */
size_t tty_columns(void);

#endif
