/* SPDX-License-Identifier: Apache-2.0 */
/* Crowds: peers that are harmless each, and many. */
#include "attack.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CROWD_SLOW = 5000, /* handshakes under way at once */
	CROWD_STEP = 250,  /* that are begun in one tick */
	CROWD_TICK_MS = 50,
	CROWD_FIRST_WORD_MS = 20000,
	CROWD_MEMBER = 130,
	CROWD_SILENT = 60,
};

/* --- before TLS ------------------------------------------------------------------- */

/* One more byte of a ClientHello; closes the place of a peer that was left. */
static void crowd_go_on(int *fd, size_t round, struct tally *tally)
{
	static const uint8_t hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
	char gone;

	if (*fd < 0)
		return;
	if (send(*fd, &hello[round % sizeof(hello)], 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1 &&
		(recv(*fd, &gone, 1, MSG_DONTWAIT) > 0 || errno == EAGAIN))
		return;
	tally->closed++;
	close(*fd);
	*fd = -1;
}

/* Fills some of the free places. */
static void crowd_refill(int *fds, const struct target *target, struct tally *tally)
{
	for (int i = 0, begun = 0; i < CROWD_SLOW && begun < CROWD_STEP; i++) {
		if (fds[i] >= 0)
			continue;
		fds[i] = line_dial(target);
		begun++;
		if (fds[i] >= 0)
			tally->connections++;
		else
			tally->refused++;
	}
}

/* Five thousand handshakes of which a byte comes now and then, until the first of
 * them was left, however long that takes. */
static void run_slow_handshakes(const struct target *target, int64_t until_ns, struct tally *tally)
{
	static int fds[CROWD_SLOW];
	size_t round = 0;

	for (int i = 0; i < CROWD_SLOW; i++)
		fds[i] = -1;
	while (attack_now_ns() < until_ns || tally->connections <= CROWD_SLOW ||
		tally->closed == 0) {
		crowd_refill(fds, target, tally);
		if (round % 8 == 0)
			for (int i = 0; i < CROWD_SLOW; i++)
				crowd_go_on(&fds[i], round / 8, tally);
		round++;
		poll(NULL, 0, CROWD_TICK_MS);
	}
	for (int i = 0; i < CROWD_SLOW; i++) {
		tally->held += fds[i] >= 0;
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

static void run_bare_connects(const struct target *target, int64_t until_ns, struct tally *tally)
{
	while (attack_now_ns() < until_ns) {
		int fd = line_dial(target);

		tally->connections++;
		if (fd < 0)
			tally->refused++;
		else
			close(fd);
	}
}

/* Bytes that are no TLS. */
static void run_noise(const struct target *target, int64_t until_ns, struct tally *tally)
{
	static uint8_t noise[4096];
	char answer[256];

	memset(noise, 0x80, sizeof(noise));
	while (attack_now_ns() < until_ns) {
		int fd = line_dial(target);

		tally->connections++;
		if (fd < 0)
			continue;
		if (send(fd, noise, sizeof(noise), MSG_NOSIGNAL) > 0)
			while (recv(fd, answer, sizeof(answer), 0) > 0)
				continue;
		tally->closed++;
		close(fd);
	}
}

/* --- after TLS ------------------------------------------------------------------------ */

/* Handshake, one call, and gone: no close_notify, no END_STREAM. */
static void run_vanish(const struct target *target, int64_t until_ns, struct tally *tally)
{
	static struct line line;
	uint8_t block[LINE_BLOCK_BYTES];
	size_t n = line_make_block(block, "/stafett.v1.InboxService/List", target->unit);

	while (attack_now_ns() < until_ns) {
		tally->connections++;
		if (line_open(&line, target) < 0) {
			tally->refused++;
			continue;
		}
		line_greet(&line, INT32_MAX);
		line_put_frame(&line, LINE_HEADERS, LINE_END_HEADERS, 1, block, n);
		line_step(&line, true, CROWD_TICK_MS);
		tally->streams++;
		line_close(&line);
	}
}

/* Waits, however long that takes, for what the server says first: its settings, and with
 * them, where it does not want us, goodbye. */
static void crowd_wait_word(struct line *line)
{
	int64_t until_ns = attack_now_ns() + CROWD_FIRST_WORD_MS * INT64_C(1000000);

	while (!line->heard && attack_now_ns() < until_ns)
		if (!line_step(line, false, CROWD_TICK_MS))
			return;
}

/* Opens |n| connections, each when the server has answered the one before, and keeps
 * them; |greets|: as HTTP/2. */
static void crowd_hold(
	const struct target *target, int64_t until_ns, struct tally *tally, int n, bool greets)
{
	struct line *lines = calloc((size_t)n, sizeof(*lines));
	int made = 0;

	for (; lines && made < n; made++) {
		tally->connections++;
		if (line_open(&lines[made], target) < 0) {
			tally->refused++;
			lines[made].closed = true;
			continue;
		}
		if (greets)
			line_greet(&lines[made], INT32_MAX);
		crowd_wait_word(&lines[made]);
	}
	while (attack_now_ns() < until_ns) {
		for (int i = 0; i < made; i++)
			if (!lines[i].closed)
				line_step(&lines[i], false, 0);
		poll(NULL, 0, CROWD_TICK_MS);
	}
	for (int i = 0; i < made; i++) {
		if (line_is_dismissed(&lines[i], &tally->code, tally->text))
			tally->dismissed++;
		else if (lines[i].closed)
			tally->closed++;
		else
			tally->held++;
		line_close(&lines[i]);
	}
	free(lines);
}

static void run_connections(const struct target *target, int64_t until_ns, struct tally *tally)
{
	crowd_hold(target, until_ns, tally, CROWD_MEMBER, true);
}

static void run_silence(const struct target *target, int64_t until_ns, struct tally *tally)
{
	crowd_hold(target, until_ns, tally, CROWD_SILENT, false);
}

const struct attack attack_crowds[] = {
	{.name = "slow handshakes", .run = run_slow_handshakes},
	{.name = "bare connects", .run = run_bare_connects},
	{.name = "noise", .run = run_noise},
	{.name = "vanishing clients", .run = run_vanish},
	{.name = "connections of one member", .run = run_connections},
	{.name = "silence after the handshake", .run = run_silence},
	{.name = NULL},
};
