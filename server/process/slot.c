/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child is a fork without exec: it starts from the master's small memory, in which
 * the server's key is all that is secret; who does not serve wipes it first.
 */
#include "process/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

void slot_init(struct slot *slot, const char *what, int number)
{
	*slot = (struct slot){
		.what = what,
		.number = number,
		.process = CHILD_NONE,
		.ready_fd = -1,
		.wake_ns = INT64_MAX,
	};
}

static void slot_close_ready(struct slot *slot)
{
	if (slot->ready_fd >= 0)
		close(slot->ready_fd);
	slot->ready_fd = -1;
}

/* The lowest descriptor from |from| on that is kept; INT_MAX: there is none. */
static int slot_next_kept(const struct slot_program *program, int ready_fd, int from)
{
	int next = ready_fd >= from ? ready_fd : INT_MAX;

	for (int i = 0; i < program->n_kept; i++)
		if (program->kept[i] >= from && program->kept[i] < next)
			next = program->kept[i];
	return next;
}

/* Closes the other children's pipes and handles, and what only the master needs:
 * above all the end of the pipe that this child would keep open for ever. */
static void slot_close_rest(const struct slot_program *program, int ready_fd)
{
	int from = STDERR_FILENO + 1, next = slot_next_kept(program, ready_fd, from);

	for (; next < INT_MAX; next = slot_next_kept(program, ready_fd, from)) {
		if (next > from)
			close_range((unsigned)from, (unsigned)next - 1, 0);
		from = next + 1;
	}
	close_range((unsigned)from, UINT_MAX, 0);
}

_Noreturn static void slot_run(
	const struct slot *slot, const struct slot_program *program, int ready_fd)
{
	slot_close_rest(program, ready_fd);
	exit(program->run(program->arg, slot, ready_fd));
}

int slot_start(struct slot *slot, const struct slot_program *program)
{
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	slot->start_ns = backoff_now_ns();
	slot->is_ready = false;
	slot->wake_ns = INT64_MAX;
	r = child_fork(&slot->process);
	if (r == 0) {
		close(fds[0]);
		slot_run(slot, program, fds[1]);
	}
	close(fds[1]);
	slot->ready_fd = fds[0];
	if (r < 0)
		slot_close_ready(slot);
	return r < 0 ? r : 0;
}

bool slot_became_ready(struct slot *slot)
{
	char byte;
	ssize_t n;

	if (slot->ready_fd < 0)
		return false;
	n = read(slot->ready_fd, &byte, 1);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	slot_close_ready(slot);
	if (n != 1)
		return false;
	slot->is_ready = slot->was_ready = true;
	slot->missed = 0;
	backoff_note_ready(&slot->backoff);
	return true;
}

bool slot_has_ended(struct slot *slot, struct child_end *ret_end)
{
	if (!child_has_ended(&slot->process, ret_end))
		return false;
	slot_close_ready(slot);
	slot->is_ready = false;
	slot->wake_ns = backoff_after_failure(&slot->backoff, slot->start_ns, backoff_now_ns());
	return true;
}

int slot_feel_pulse(struct slot *slot)
{
	uint64_t beats;

	if (!slot->is_ready || !slot->metrics)
		return 0;
	beats = metrics_beats(slot->metrics);
	slot->missed = beats == slot->beats ? slot->missed + 1 : 0;
	slot->beats = beats;
	return slot->missed;
}
