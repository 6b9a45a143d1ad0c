/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS peer that changes its keys again and again, which Python's ssl cannot do:
 *
 *     key_update PORT CERTIFICATE KEY COUNT ASK
 *
 * It greets as an HTTP/2 client, sends COUNT KeyUpdates (with ASK 1 it asks for
 * the server's own each time), then a PING, and says how that ended: "answered"
 * or "closed".
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "stafett/base.h"

/* The preface, an empty SETTINGS. */
static const char greeting[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
static const char ping[] = "\0\0\10\6\0\0\0\0\0pingpong";

static int connect_to(int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static SSL *start_tls(SSL_CTX *ctx, int fd, const char *certificate, const char *key)
{
	static const unsigned char h2[] = {2, 'h', '2'};
	SSL *ssl = SSL_new(ctx);

	if (SSL_use_certificate_file(ssl, certificate, SSL_FILETYPE_PEM) != 1 ||
		SSL_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1 ||
		SSL_set_alpn_protos(ssl, h2, sizeof(h2)) != 0 || SSL_set_fd(ssl, fd) != 1 ||
		SSL_connect(ssl) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

/* Whether the answer to our PING comes before the end. */
static bool is_answered(SSL *ssl)
{
	char buf[16384];
	int n;

	while ((n = SSL_read(ssl, buf, sizeof(buf))) > 0) {
		if (memmem(buf, (size_t)n, "pingpong", 8))
			return true;
	}
	return false;
}

static bool attack(SSL *ssl, int count, bool ask)
{
	int type = ask ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;

	if (SSL_write(ssl, greeting, sizeof(greeting) - 1) <= 0)
		return false;
	for (int i = 0; i < count; i++) {
		if (SSL_key_update(ssl, type) != 1 || SSL_do_handshake(ssl) != 1)
			return false;
	}
	return SSL_write(ssl, ping, sizeof(ping) - 1) > 0 && is_answered(ssl);
}

int main(int argc, char **argv)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl;
	int fd;

	if (argc != 6)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	fd = connect_to(atoi(argv[1]));
	ssl = fd < 0 ? NULL : start_tls(ctx, fd, argv[2], argv[3]);
	if (ssl)
		puts(attack(ssl, atoi(argv[4]), atoi(argv[5])) ? "answered" : "closed");
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	if (fd >= 0)
		close(fd);
	return ssl ? 0 : 1;
}
