/* SPDX-License-Identifier: Apache-2.0 */
/* See line.h. */
#include "line.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

enum { LINE_PATIENCE_S = 20, LINE_NO_ERROR = 0, LINE_CODE_BYTES = 4 };

int line_dial(const struct target *target)
{
	const struct timeval patience = {.tv_sec = LINE_PATIENCE_S};
	struct sockaddr_in addr = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)target->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr = target->from};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&from, sizeof(from)) < 0 ||
		connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int line_open(struct line *line, const struct target *target)
{
	memset(line, 0, offsetof(struct line, out));
	line->next_stream = 1;
	line->fd = line_dial(target);
	if (line->fd < 0)
		return -ECONNREFUSED;
	ERR_clear_error();
	line->ssl = SSL_new(target->tls);
	if (!line->ssl || SSL_set_fd(line->ssl, line->fd) != 1 || SSL_connect(line->ssl) != 1) {
		line_close(line);
		return -EPROTO;
	}
	fcntl(line->fd, F_SETFL, O_NONBLOCK);
	return 0;
}

void line_close(struct line *line)
{
	SSL_free(line->ssl);
	line->ssl = NULL;
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
}

/* --- what is said --------------------------------------------------------------- */

size_t line_room(const struct line *line)
{
	return LINE_OUT_BYTES - line->out_len;
}

void line_put(struct line *line, const void *data, size_t len)
{
	assert(len <= line_room(line));
	if (len > 0)
		memcpy(line->out + line->out_len, data, len);
	line->out_len += len;
}

void line_put_frame(struct line *line, uint8_t type, uint8_t flags, uint32_t stream,
	const void *payload, size_t len)
{
	const uint8_t head[LINE_FRAME_HEADER_BYTES] = {(uint8_t)(len >> 16), (uint8_t)(len >> 8),
		(uint8_t)len, type, flags, (uint8_t)(stream >> 24), (uint8_t)(stream >> 16),
		(uint8_t)(stream >> 8), (uint8_t)stream};

	line_put(line, head, sizeof(head));
	line_put(line, payload, len);
	line->frames++;
}

void line_greet(struct line *line, uint32_t window)
{
	const uint8_t settings[] = {0, 4, (uint8_t)(window >> 24), (uint8_t)(window >> 16),
		(uint8_t)(window >> 8), (uint8_t)window};
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	static const uint8_t wide[] = {0x3f, 0, 0, 0};

	line_put(line, preface, sizeof(preface) - 1);
	line_put_frame(line, LINE_SETTINGS, 0, 0, settings, sizeof(settings));
	line_put_frame(line, LINE_SETTINGS, LINE_ACK, 0, NULL, 0);
	if (window > 0)
		line_put_frame(line, LINE_WINDOW_UPDATE, 0, 0, wide, sizeof(wide));
}

uint32_t line_next_stream(struct line *line)
{
	line->next_stream += 2;
	line->opened++;
	return line->next_stream - 2;
}

size_t line_make_field(uint8_t *out, const char *name, const char *value)
{
	size_t name_len = strlen(name), value_len = strlen(value), n = 0;

	assert(name_len < 127 && value_len < 127);
	out[n++] = 0;
	out[n++] = (uint8_t)name_len;
	memcpy(out + n, name, name_len);
	n += name_len;
	out[n++] = (uint8_t)value_len;
	memcpy(out + n, value, value_len);
	return n + value_len;
}

size_t line_make_block(uint8_t block[LINE_BLOCK_BYTES], const char *path, const char *unit)
{
	const char *const fields[][2] = {{":method", "POST"}, {":scheme", "https"}, {":path", path},
		{":authority", "localhost"}, {"content-type", "application/grpc"},
		{"te", "trailers"}, {"stafett-unit", unit}};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		n += line_make_field(block + n, fields[i][0], fields[i][1]);
	assert(n <= LINE_BLOCK_BYTES);
	return n;
}

/* --- what is heard ---------------------------------------------------------------- */

/* A whole frame header is there. */
static void line_note_frame(struct line *line)
{
	const uint8_t *head = line->head;
	uint8_t type = head[3], flags = head[4];

	line->skip = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
	line->head_len = 0;
	if ((type == LINE_HEADERS || type == LINE_DATA) && (flags & LINE_END_STREAM))
		line->ended++;
	if (type == LINE_RST_STREAM) {
		line->reset_want = LINE_CODE_BYTES;
		line->reset_code = LINE_NO_ERROR;
	}
	if (type == LINE_GOAWAY) {
		line->goodbye_want = line->skip;
		line->goodbye_len = 0;
	}
}

/* A byte of the payload of RST_STREAM, that is, of its code. One without an error comes
 * after the end of a stream, and ends nothing. */
static void line_hear_reset(struct line *line, uint8_t byte)
{
	line->reset_code = line->reset_code << 8 | byte;
	if (--line->reset_want > 0 || line->reset_code == LINE_NO_ERROR)
		return;
	line->resets++;
	line->ended++;
}

/* Takes up to |len| bytes of a frame's payload; tells how many. */
static size_t line_hear_payload(struct line *line, const uint8_t *data, size_t len)
{
	size_t n = line->skip < len ? line->skip : len;

	for (size_t i = 0; i < n && line->reset_want > 0; i++)
		line_hear_reset(line, data[i]);
	for (size_t i = 0; i < n && line->goodbye_want > 0; i++, line->goodbye_want--)
		if (line->goodbye_len < sizeof(line->goodbye) - 1)
			line->goodbye[line->goodbye_len++] = data[i];
	line->skip -= n;
	return n;
}

static void line_hear(struct line *line, const uint8_t *data, size_t len)
{
	line->heard = true;
	while (len > 0) {
		size_t n = 1;

		if (line->skip > 0)
			n = line_hear_payload(line, data, len);
		else
			line->head[line->head_len++] = *data;
		data += n;
		len -= n;
		if (line->head_len == LINE_FRAME_HEADER_BYTES)
			line_note_frame(line);
	}
}

bool line_is_dismissed(const struct line *line, uint32_t *ret_code, char text[LINE_TEXT_BYTES])
{
	const uint8_t *g = line->goodbye;

	if (line->goodbye_len < 8)
		return false;
	*ret_code = (uint32_t)g[4] << 24 | (uint32_t)g[5] << 16 | (uint32_t)g[6] << 8 | g[7];
	snprintf(text, LINE_TEXT_BYTES, "%.*s", (int)(line->goodbye_len - 8), (const char *)g + 8);
	return *ret_code != LINE_NO_ERROR;
}

/* --- both --------------------------------------------------------------------------- */

/* What the result of an SSL call that did not go through means: whether there is
 * still a connection. */
static bool line_goes_on(struct line *line, int result)
{
	int error = SSL_get_error(line->ssl, result);

	if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
		line->closed = true;
	return !line->closed;
}

static void line_write(struct line *line)
{
	while (line->out_done < line->out_len) {
		int n;

		ERR_clear_error();
		n = SSL_write(line->ssl, line->out + line->out_done,
			(int)(line->out_len - line->out_done));
		if (n <= 0) {
			line_goes_on(line, n);
			return;
		}
		line->out_done += (size_t)n;
	}
	line->out_len = line->out_done = 0;
}

static void line_read(struct line *line)
{
	uint8_t buffer[16384];
	int n;

	for (;;) {
		ERR_clear_error();
		n = SSL_read(line->ssl, buffer, sizeof(buffer));
		if (n <= 0) {
			line_goes_on(line, n);
			return;
		}
		line_hear(line, buffer, (size_t)n);
	}
}

bool line_step(struct line *line, bool deaf, int wait_ms)
{
	struct pollfd at = {.fd = line->fd, .events = deaf ? 0 : POLLIN};

	if (line->out_len > 0)
		at.events |= POLLOUT;
	if (poll(&at, 1, wait_ms) > 0 && deaf && (at.revents & (POLLERR | POLLHUP)))
		line->closed = true;
	if (!line->closed && line->out_len > 0)
		line_write(line);
	if (!deaf) {
		/* The last words may have come before the end that the write has met. */
		line->closed = false;
		line_read(line);
	}
	return !line->closed;
}
