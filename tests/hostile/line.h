/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One hostile connection: TLS as it should be, and inside it any bytes at any
 * time. It has no opinion on HTTP/2; of what the server says it notes no more
 * than how streams and connection ended.
 *
 * Everything is gathered in |out| and written by line_step, which never blocks;
 * so an attacker is limited by its CPU and by what the server reads.
 */
#ifndef HOSTILE_LINE_H
#define HOSTILE_LINE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "stafett/base.h"

enum { LINE_OUT_BYTES = 131072, LINE_TEXT_BYTES = 64, LINE_FRAME_HEADER_BYTES = 9 };

/* Frame types and flags of RFC 9113. */
enum {
	LINE_DATA = 0,
	LINE_HEADERS = 1,
	LINE_PRIORITY = 2,
	LINE_RST_STREAM = 3,
	LINE_SETTINGS = 4,
	LINE_PING = 6,
	LINE_GOAWAY = 7,
	LINE_WINDOW_UPDATE = 8,
	LINE_CONTINUATION = 9,
};
enum { LINE_END_STREAM = 1, LINE_ACK = 1, LINE_END_HEADERS = 4 };

/* Who is attacked, as whom. */
struct target {
	int port;
	SSL_CTX *tls;
	const char *unit;    /* for the metadata of calls */
	struct in_addr from; /* the address of the attacker */
};

struct line {
	int fd;
	SSL *ssl;
	size_t out_len, out_done;
	size_t head_len, skip; /* of the frame that is being read */
	uint8_t head[LINE_FRAME_HEADER_BYTES];
	uint8_t goodbye[8 + LINE_TEXT_BYTES]; /* the payload of the last GOAWAY */
	size_t goodbye_len, goodbye_want;
	size_t reset_want; /* bytes of the code of a reset that is being read */
	uint32_t reset_code;
	uint32_t next_stream;
	unsigned opened, ended, resets; /* streams */
	uint64_t frames;		/* sent */
	bool heard;			/* the server has said something */
	bool closed;			/* by the server */
	uint8_t out[LINE_OUT_BYTES];
};

/* A TCP connection to the server; -1 where there is none. Reads and writes on it
 * give up after some seconds. */
int line_dial(const struct target *target);
/* TCP and TLS; blocks. 0, or -errno where the server would not have us. */
int line_open(struct line *line, const struct target *target) WARN_UNUSED;
/* Vanishes, without a word of TLS. */
void line_close(struct line *line);

/* Room for more output, in bytes. */
size_t line_room(const struct line *line);
void line_put(struct line *line, const void *data, size_t len);
void line_put_frame(struct line *line, uint8_t type, uint8_t flags, uint32_t stream,
	const void *payload, size_t len);
/* Preface and SETTINGS: our windows are |window| bytes. */
void line_greet(struct line *line, uint32_t window);
/* The number of the next stream of ours. */
uint32_t line_next_stream(struct line *line);

/* Writes and, unless |deaf|, reads what can be without waiting longer than
 * |wait_ms| for either. False when the connection has ended. */
bool line_step(struct line *line, bool deaf, int wait_ms);
/* Whether the server said GOAWAY for an error of ours; then code and text. */
bool line_is_dismissed(const struct line *line, uint32_t *ret_code, char text[LINE_TEXT_BYTES]);

/* A header block of a gRPC request to |path|, in |block|; gives its length. The
 * block may be sent any number of times. */
enum { LINE_BLOCK_BYTES = 512 };
size_t line_make_block(uint8_t block[LINE_BLOCK_BYTES], const char *path, const char *unit);
/* One field as HPACK's literal, with a new name, not for the table. */
size_t line_make_field(uint8_t *out, const char *name, const char *value);

#endif
