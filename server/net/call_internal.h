/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call as its own floor sees it; the rest of the program has call.h.
 *
 *   call.c          its life: made by a stream, ended once, freed with the stream
 *   call_request.c  what comes in: headers, the message, more messages
 *   call_reply.c    what goes out: headers, messages on demand, trailers
 *   call_refusal.c  what the engine itself refuses, and how that is told
 *
 * Invariants: a call is in h2->calls from call_new to its end. The functions that
 * nghttp2's callbacks use (call_new, call_request_*, call_close_stream) run no
 * application code. A call that has ended holds no more than its unsent output.
 */
#ifndef NET_CALL_INTERNAL_H
#define NET_CALL_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "codec/grpc_frame.h"
#include "domain/reason.h"
#include "net/call.h"
#include "net/h2.h"
#include "stafett/list.h"

enum { CALL_ID_CHARS = 17 };
/* How HTTP itself refuses what is no gRPC call. */
enum { CALL_HTTP_BAD_METHOD = 405, CALL_HTTP_BAD_TYPE = 415 };

/* One request header that the owner may ask for; lives in the arena. */
struct call_field {
	struct call_field *next;
	const char *name, *value;
};

/* Why the engine itself refuses a call. Constant texts; the first one stands. */
struct call_refusal {
	int http_status;    /* one of CALL_HTTP_BAD_x, else 0 */
	int code;	    /* GRPC_OK while nothing is wrong */
	const char *text;   /* for grpc-message */
	enum reason reason; /* of one that may come again; REASON_NONE: of another */
};

/* Room for the details of a status that says when to come again. */
struct call_later {
	uint8_t details[512];
};

/* What the request's headers said. */
struct call_headers {
	bool is_post, is_grpc, takes_trailers;
	bool timeout_is_bad;
	bool encoded;	    /* grpc-encoding names something besides identity */
	int64_t timeout_ns; /* INT64_MAX when there is none */
	struct call_field *fields;
};

/* The raw bytes of a client's stream that its owner has not been given yet. */
struct call_inbox {
	uint8_t *data;
	size_t len, room;
};

/* The end of an answer, kept until its messages are gone. */
struct call_trailer {
	int code;
	char *message; /* as grpc-message wants it, or NULL */
	char *details; /* as base64, or NULL */
	int64_t pushback_ms;
};

struct call {
	struct list node;   /* in h2->calls */
	struct list work;   /* in h2->work while the owner must hear of something */
	struct list unread; /* in h2->unread while nobody would read its answer */
	struct h2 *h2;
	const struct call_method *method;
	int32_t stream_id;
	char id[CALL_ID_CHARS];
	void *user;
	struct arena arena;

	int64_t begun_ns, deadline_ns;
	struct event timer; /* made when the call must wait for the first time */
	bool timer_made;

	struct call_headers headers;
	size_t header_bytes;
	struct call_refusal refusal;
	struct grpc_frame frame;
	uint8_t *body; /* the message under way or given to the owner */
	struct call_inbox inbox;
	size_t retained; /* bytes of the body, and of an inbox that does not hold the
			  * session's window, charged to the session */

	struct list chunks; /* struct call_chunk: messages that nghttp2 has not taken */
	size_t unsent;	    /* bytes of them, charged to the session */
	struct call_trailer trailer;

	bool begun;	  /* the headers are whole */
	bool has_message; /* the one message of a unary request is whole */
	bool input_ended; /* the peer's END_STREAM came */
	bool told;	  /* the owner has heard of the call: it must hear of its end */
	bool half_closed; /* the owner has heard that no more messages come */
	bool paused;	  /* the owner wants to hear nothing for now */
	bool answering;	  /* the answer's HEADERS are submitted */
	bool deferred;	  /* nghttp2 waits for more of the answer */
	bool drained;	  /* the owner must hear that all was taken */
	bool ended;	  /* by its owner or by the engine; only output remains */
	bool lingers;	  /* ended before its stream, and counted in h2->lingering */
	bool closed;	  /* the stream is no more */
};

/* For a stream that begins; NULL when out of memory. */
struct call *call_new(struct h2 *h2, int32_t stream_id);
/* The stream is no more. A call that had ended is freed; another is put on work. */
void call_close_stream(struct call *call);
/* Tells the owner whatever is new; may end or free the call. */
void call_run(struct call *call);
/* The peer is gone: the owner hears of it, the call is freed. */
void call_vanish(struct call *call);
/* The connection must end: so does the call, with UNAVAILABLE, if it has not yet. */
void call_expel(struct call *call);
/* Puts the call on its session's work list. */
void call_put_to_work(struct call *call);
/* Notes why the engine refuses; call_run acts on it. The first reason stands. */
void call_refuse(struct call *call, int code, const char *text);
bool call_is_refused(const struct call *call);
/* The same, with RESOURCE_EXHAUSTED, for want of room that there may be soon. */
void call_put_off(struct call *call, const char *text);
/* What the refusal is as a status; its details are in |later|. */
struct call_status call_refusal_status(const struct call *call, struct call_later *later);
/* Adds to |status|, in |later|, why it is so and when to come again. */
void call_say_later(const struct call *call, enum reason reason, struct call_later *later,
	struct call_status *status);

/* Charges |bytes| of kept input; false when the peer or the worker is over its cap. */
bool call_retain(struct call *call, size_t bytes);
void call_release(struct call *call, size_t bytes);
/* The same for input that holds the session's window, which is its cap: only the
 * worker's is asked. */
bool call_retain_paced(struct call *call, size_t bytes);
void call_release_paced(struct call *call, size_t bytes);

/* One field of the request's header list; lives only during this function. */
void call_request_header(struct call *call, struct bytes name, struct bytes value);
/* The header list is whole. */
void call_request_begin(struct call *call);
/* Bytes of messages. */
void call_request_data(struct call *call, struct bytes data);
/* The peer's END_STREAM. */
void call_request_end(struct call *call);
/* For a call in h2->unread: windows have changed, and it may be read now. */
void call_request_on_window(struct call *call);
/* When the caller stops waiting, or |cap_ms| from |from_ns| where that is sooner. */
int64_t call_request_within(const struct call *call, int64_t from_ns, int64_t cap_ms);
/* Gives the owner what is complete. */
void call_request_run(struct call *call);
/* Frees what is kept of the request. */
void call_request_fini(struct call *call);

/* Submits the end of the answer: trailers, Trailers-Only or plain HTTP. */
void call_reply_end(struct call *call, const struct call_status *status);
/* Before call_reply_end with |code| against the owner's will: forgets the messages
 * that no byte has left of, and resets a stream whose peer does not read. */
void call_reply_break(struct call *call, int code);
/* Frees what is kept of the answer. */
void call_reply_fini(struct call *call);

#endif
