/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole HTTP/2 session without TLS and sockets, under a peer that says anything:
 * every call that an owner has heard of ends exactly once, and nothing that the
 * peer had kept is left when the session is gone.
 *
 * The first byte of the input says into which pieces the rest is cut. Between two
 * pieces owners work, output is pulled, and some of the calls that wait are ended.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "net/h2.h"

enum {
	PIECE_MAX = 64,
	PIECES_MAX = 128,   /* beyond these the rest comes at once: turns cost more than bytes */
	PIECES_A_LOOP = 16, /* timers are looked at so often */
	STREAMED_BYTES = 3000,
	HELD_MAX = 128,
	NOT_FOUND = 5,
};

/* The owner of all calls. */
struct owner {
	unsigned begun, ended;
	struct call *held[HELD_MAX];
	size_t n_held;
	struct paced {
		struct call *call;
		struct bytes message; /* the one that it is paused for */
		uint8_t sum;	      /* of its bytes */
	} paced[HELD_MAX];
	size_t n_paced;
};

static const uint8_t filler[STREAMED_BYTES];

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The owner hears of |call| for the first time, or again. */
static void meet(struct owner *owner, struct call *call)
{
	if (!call_user(call)) {
		call_set_user(call, owner);
		owner->begun++;
	}
}

static void echo(void *arg, struct call *call, struct bytes message)
{
	struct owner *owner = arg;

	meet(owner, call);
	owner->ended++;
	call_reply(call, message);
}

static void hold(void *arg, struct call *call, struct bytes message)
{
	struct owner *owner = arg;

	meet(owner, call);
	require(owner->n_held < HELD_MAX);
	owner->held[owner->n_held++] = call;
}

static void chat(void *arg, struct call *call, struct bytes message)
{
	meet(arg, call);
	call_send(call, message);
}

static void end(void *arg, struct call *call)
{
	struct owner *owner = arg;

	meet(owner, call);
	owner->ended++;
	call_finish(call, NULL);
}

static void stream(void *arg, struct call *call, struct bytes message)
{
	meet(arg, call);
	call_send(call, bytes_of(filler, sizeof(filler)));
}

static uint8_t sum_of(struct bytes message)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < message.len; i++)
		sum ^= message.data[i];
	return sum;
}

/* Takes no further message for now. */
static void pace(void *arg, struct call *call, struct bytes message)
{
	struct owner *owner = arg;

	meet(owner, call);
	require(owner->n_paced < HELD_MAX);
	owner->paced[owner->n_paced++] = (struct paced){call, message, sum_of(message)};
	call_pause(call);
}

/* Lets |call| be one that is not paused; false if it is none already. */
static bool forget_paced(struct owner *owner, const struct call *call)
{
	for (size_t i = 0; i < owner->n_paced; i++) {
		if (owner->paced[i].call == call) {
			owner->paced[i] = owner->paced[--owner->n_paced];
			return true;
		}
	}
	return false;
}

/* The end of a stream does not come while it is paused. */
static void end_paced(void *arg, struct call *call)
{
	require(!forget_paced(arg, call));
	end(arg, call);
}

static void gone(void *arg, struct call *call)
{
	struct owner *owner = arg;

	require(call_user(call) == owner);
	owner->ended++;
	forget_paced(owner, call);
	for (size_t i = 0; i < owner->n_held; i++) {
		if (owner->held[i] == call)
			owner->held[i--] = owner->held[--owner->n_held];
	}
}

static const struct call_ops echo_ops = {.message = echo, .gone = gone};
static const struct call_ops hold_ops = {.message = hold, .gone = gone};
static const struct call_ops chat_ops = {.message = chat, .half_close = end, .gone = gone};
static const struct call_ops paced_ops = {.message = pace, .half_close = end_paced, .gone = gone};
static const struct call_ops stream_ops = {.message = stream, .gone = gone, .drained = end};

static const struct call_method *find(void *arg, const char *path)
{
	static const struct call_method methods[] = {
		{.path = "/e", .ops = &echo_ops},
		{.path = "/h", .ops = &hold_ops},
		{.path = "/c", .ops = &chat_ops, .client_streams = true, .server_streams = true},
		{.path = "/p", .ops = &paced_ops, .client_streams = true, .paced = true},
		{.path = "/s", .ops = &stream_ops, .server_streams = true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strcmp(methods[i].path, path) == 0)
			return &methods[i];
	}
	return NULL;
}

static void wake(void *arg)
{
	/* Everything is asked after every piece. */
}

/* Owners work and output leaves; false when the session is over. */
static bool turn(struct h2 *h2)
{
	struct bytes output;

	do {
		h2_dispatch(h2);
		do {
			if (h2_next_output(h2, &output) < 0)
				return false;
			require(output.len <= H2_OUTPUT_BYTES);
		} while (output.len > 0);
	} while (h2_has_work(h2));
	return !h2->cause && !h2_is_over(h2);
}

/* Ends a call that waits, in a way that |byte| chooses. */
static void end_one(struct owner *owner, uint8_t byte)
{
	struct call *call;

	if (owner->n_held == 0 || byte % 4 != 0)
		return;
	call = owner->held[--owner->n_held];
	owner->ended++;
	if (byte & 8)
		call_reply(call, bytes_of(filler, byte));
	else
		call_fail(call, &(struct call_status){.code = NOT_FOUND, .message = "å%"});
}

/* Lets a call that is paused go on: what it was paused for is there until then. */
static void resume_one(struct owner *owner, uint8_t byte)
{
	struct paced paced;

	if (owner->n_paced == 0 || byte % 3 != 0)
		return;
	paced = owner->paced[byte % owner->n_paced];
	require(forget_paced(owner, paced.call) && sum_of(paced.message) == paced.sum);
	call_resume(paced.call);
}

static void talk(struct h2 *h2, struct owner *owner, struct bytes input)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
	size_t piece = 1 + input.data[0] % PIECE_MAX, pieces = 0;

	h2_receive(h2, bytes_of(preface, sizeof(preface) - 1));
	for (size_t at = 1, n = piece; at < input.len && turn(h2); at += n, pieces++) {
		if (input.len - at < n || pieces == PIECES_MAX)
			n = input.len - at;
		h2_receive(h2, bytes_of(input.data + at, n));
		end_one(owner, input.data[at]);
		resume_one(owner, input.data[at]);
		if (pieces % PIECES_A_LOOP == 0)
			event_base_loop(h2->host->base, EVLOOP_NONBLOCK);
	}
	if (h2->cause)
		h2_say_goodbye(h2);
	turn(h2);
}

/* One for all inputs: making a loop costs more than most of them do. A timer that a
 * call has left behind would be met by the next. */
static struct h2_host *the_host(struct call_router *router)
{
	static struct h2_host host;

	if (!host.base) {
		host.base = event_base_new();
		host.router = router;
		require(host.base && h2_host_init(&host) == 0);
	}
	return &host;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct call_router router = {.find = find};
	const struct peer peer = {.member = "urn:stafett:org:2120001132:member:maria"};
	struct h2_host *host = the_host(&router);
	struct owner owner = {0};
	struct h2 *h2 = NULL;

	router.arg = &owner;
	if (size > 0) {
		require(h2_new(host, &peer, wake, NULL, &h2) == 0);
		talk(h2, &owner, bytes_of(data, size));
		h2_free(h2);
	}
	require(event_base_get_num_events(host->base, EVENT_BASE_COUNT_ADDED) == 0);
	require(host->calls == 0 && host->retained == 0 && host->held == 0);
	require(owner.begun == owner.ended && owner.n_held == 0 && owner.n_paced == 0);
	return 0;
}
