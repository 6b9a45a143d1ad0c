/* SPDX-License-Identifier: Apache-2.0 */
/* Raw mode, keys and lines: see the header. */
#include "client/screen/tty.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "client/screen/lines.h"
#include "codec/utf8.h"

enum {
	TTY_COLUMNS = 80,
	TTY_ROWS = 24,
	TTY_COLUMNS_LEAST = 20,
	TTY_LINE_BYTES = 60000, /* a line; more is not taken */
	TTY_SEQUENCE_MS = 20,	/* the rest of an arrow follows its first byte at once */
	KEY_STOP = 0x03,
	KEY_END = 0x04,
	KEY_BACKSPACE = 0x08,
	KEY_ERASE_LINE = 0x15,
	KEY_ESCAPE = 0x1b,
	KEY_DELETE = 0x7f,
};

bool tty_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static struct winsize tty_size(void)
{
	struct winsize size = {0};

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0)
		size.ws_row = 0;
	if (!size.ws_row)
		size.ws_row = TTY_ROWS;
	if (!size.ws_col)
		size.ws_col = TTY_COLUMNS;
	return size;
}

size_t tty_rows(void)
{
	return tty_size().ws_row;
}

size_t tty_columns(void)
{
	size_t columns = tty_size().ws_col;

	return columns < TTY_COLUMNS_LEAST ? TTY_COLUMNS_LEAST : columns;
}

static int tty_set_raw(const struct termios *before)
{
	struct termios raw = *before;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(IXON | INLCR);
	raw.c_iflag |= ICRNL;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	/* What was typed ahead stays. */
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0 ? -errno : 0;
}

/* A descriptor that can be read once one of |signals|, which are blocked, waits. */
static int tty_watch(const sigset_t *signals)
{
	return signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

int tty_begin(struct tty *ret_tty)
{
	struct tty tty = {.stops = -1, .sizes = -1};
	sigset_t stops;
	sigset_t sizes;
	sigset_t all;
	int r = 0;

	if (tcgetattr(STDIN_FILENO, &tty.before) < 0)
		return -errno;
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	sigemptyset(&sizes);
	sigaddset(&sizes, SIGWINCH);
	sigorset(&all, &stops, &sizes);
	if (sigprocmask(SIG_BLOCK, &all, &tty.mask_before) < 0)
		return -errno;
	tty.stops = tty_watch(&stops);
	tty.sizes = tty_watch(&sizes);
	if (tty.stops < 0 || tty.sizes < 0)
		r = -errno;
	if (!r)
		r = tty_set_raw(&tty.before);
	if (r)
		tty_end(&tty);
	else
		*ret_tty = tty;
	return r;
}

void tty_end(struct tty *tty)
{
	(void)fflush(stderr);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &tty->before);
	if (tty->stops >= 0)
		close(tty->stops);
	if (tty->sizes >= 0)
		close(tty->sizes);
	/* A signal that waited takes its usual effect now. */
	(void)sigprocmask(SIG_SETMASK, &tty->mask_before, NULL);
	if (tty->is_wanted_to_stop)
		(void)raise(SIGINT);
}

static bool tty_waits(int timeout_ms)
{
	struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&keys, 1, timeout_ms) > 0 && (keys.revents & POLLIN);
}

/* One byte of what was typed, or TTY_END. */
static int tty_byte(void)
{
	unsigned char byte;
	ssize_t n;

	do {
		n = read(STDIN_FILENO, &byte, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? byte : TTY_END;
}

/* Reads the rest of what ESC begins, up to its last letter. */
static int tty_skip_sequence(void)
{
	int byte;

	if (!tty_waits(TTY_SEQUENCE_MS))
		return TTY_OTHER;
	byte = tty_byte();
	if (byte != '[' && byte != 'O')
		return TTY_OTHER;
	while (tty_waits(TTY_SEQUENCE_MS)) {
		byte = tty_byte();
		if (byte < 0 || (byte >= 0x40 && byte <= 0x7e))
			break;
	}
	return TTY_OTHER;
}

static int tty_typed(struct tty *tty)
{
	int byte = tty_byte();

	if (byte == KEY_STOP) {
		tty->is_wanted_to_stop = true;
		return TTY_STOP;
	}
	return byte == KEY_ESCAPE ? tty_skip_sequence() : byte;
}

int tty_key(struct tty *tty)
{
	struct signalfd_siginfo signal;
	struct pollfd all[] = {
		{.fd = tty->stops, .events = POLLIN},
		{.fd = tty->sizes, .events = POLLIN},
		{.fd = STDIN_FILENO, .events = POLLIN},
	};

	(void)fflush(stderr);
	for (;;) {
		if (poll(all, ARRAY_SIZE(all), -1) < 0 && errno != EINTR)
			return TTY_END;
		if (all[0].revents)
			return TTY_STOP; /* left unread: it takes effect in tty_end */
		if (all[1].revents) {
			(void)!read(tty->sizes, &signal, sizeof(signal));
			return TTY_RESIZE;
		}
		if (all[2].revents)
			return tty_typed(tty);
	}
}

/* How the line looks: its end, where it is wider than the terminal. */
struct tty_edit {
	const char *label;
	bool is_hidden;
	struct secret *line;
};

static bool tty_is_inside(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t tty_letters(const char *text)
{
	size_t letters = 0;

	for (; *text; text++)
		letters += !tty_is_inside(*text);
	return letters;
}

static size_t tty_line_columns(const struct tty_edit *edit)
{
	const char *text = secret_text(edit->line);

	return edit->is_hidden ? tty_letters(text) : lines_columns(text);
}

static void tty_show_line(const struct tty_edit *edit)
{
	size_t taken = lines_columns(edit->label) + 1;
	size_t room = tty_columns() > taken ? tty_columns() - taken : 1;
	const char *text = secret_text(edit->line);

	while (*text && (edit->is_hidden ? tty_letters(text) : lines_columns(text)) > room) {
		do {
			text++;
		} while (tty_is_inside(*text));
	}
	fprintf(stderr, "\r\033[K%s", edit->label);
	if (!edit->is_hidden)
		fputs(text, stderr);
	for (size_t i = edit->is_hidden ? tty_letters(text) : 0; i; i--)
		fputc('*', stderr);
}

/* Shows what one more letter, which begins at |from|, changed. */
static void tty_show_more(const struct tty_edit *edit, size_t from)
{
	size_t columns = lines_columns(edit->label) + tty_line_columns(edit);

	if (columns + 1 > tty_columns())
		tty_show_line(edit);
	else
		fputs(edit->is_hidden ? "*" : edit->line->text + from, stderr);
}

/* Takes the letter that |byte| begins. What is no letter of UTF-8, or a
 * terminal might obey, is left out. */
static void tty_add_letter(const struct tty_edit *edit, int byte)
{
	size_t from = edit->line->len;
	size_t more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0;
	uint8_t letter[4] = {(uint8_t)byte};
	uint32_t code_point;
	size_t len = 1;

	while (len <= more && tty_waits(TTY_SEQUENCE_MS))
		letter[len++] = (uint8_t)tty_byte();
	if (from + len > TTY_LINE_BYTES || utf8_decode(bytes_of(letter, len), &code_point) != len ||
		utf8_is_active(code_point)) {
		fputc('\a', stderr);
		return;
	}
	secret_add(edit->line, bytes_of(letter, len));
	explicit_bzero(letter, sizeof(letter));
	tty_show_more(edit, from);
}

static void tty_rub_out(const struct tty_edit *edit)
{
	size_t len = edit->line->len;

	while (len && tty_is_inside(edit->line->text[len - 1]))
		len--;
	secret_cut(edit->line, len ? len - 1 : 0);
	tty_show_line(edit);
}

static void tty_edit_line(const struct tty_edit *edit, int key)
{
	if (key == KEY_BACKSPACE || key == KEY_DELETE) {
		tty_rub_out(edit);
	} else if (key == KEY_ERASE_LINE) {
		secret_cut(edit->line, 0);
		tty_show_line(edit);
	} else if (key == TTY_RESIZE) {
		tty_show_line(edit);
	} else if (key >= ' ' || key == '\t') {
		tty_add_letter(edit, key == '\t' ? ' ' : key);
	}
}

enum tty_line tty_line(struct tty *tty, const char *label, bool is_hidden, struct secret *ret_line)
{
	const struct tty_edit edit = {label, is_hidden, ret_line};

	secret_cut(ret_line, 0);
	fputs(label, stderr);
	for (;;) {
		int key = tty_key(tty);

		if (key == '\n' || key == '\r')
			break;
		if (key == TTY_STOP || key == TTY_END || (key == KEY_END && !ret_line->len)) {
			fputc('\n', stderr);
			return key == TTY_STOP ? TTY_LINE_STOPPED : TTY_LINE_ENDED;
		}
		tty_edit_line(&edit, key);
	}
	fputc('\n', stderr);
	return TTY_LINE_TYPED;
}
