/* SPDX-License-Identifier: Apache-2.0 */
/* Mutual TLS 1.3 over OpenSSL: see the header. */
#include "client/net/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "client/net/clock.h"

static const unsigned char tls_alpn[] = {2, 'h', '2'};

static int tls_context_fill(
	SSL_CTX *context, const struct tls_files *files, struct net_detail *detail)
{
	if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
		SSL_CTX_set_alpn_protos(context, tls_alpn, sizeof(tls_alpn)) != 0)
		return -ENOMEM;
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(
		context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (SSL_CTX_load_verify_file(context, files->ca) != 1) {
		net_detail_set_tls(detail, files->ca);
		return NET_FILES;
	}
	if (SSL_CTX_use_certificate_chain_file(context, files->certificate) != 1) {
		net_detail_set_tls(detail, files->certificate);
		return NET_FILES;
	}
	if (SSL_CTX_use_PrivateKey_file(context, files->key, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(context) != 1) {
		net_detail_set_tls(detail, files->key);
		return NET_FILES;
	}
	return 0;
}

int tls_context_new(const struct tls_files *files, SSL_CTX **ret_context, struct net_detail *detail)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	int r;

	if (!context)
		return -ENOMEM;
	ERR_clear_error();
	r = tls_context_fill(context, files, detail);
	if (r) {
		SSL_CTX_free(context);
		return r;
	}
	*ret_context = context;
	return 0;
}

static bool tls_is_numeric(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Says whom the server's certificate must be for. */
static int tls_expect(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	if (tls_is_numeric(host))
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1 ? 0 : -ENOMEM;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (SSL_set1_host(ssl, host) != 1 || SSL_set_tlsext_host_name(ssl, host) != 1)
		return -ENOMEM;
	return 0;
}

/* The alerts with which a server refuses a client's certificate. */
static bool tls_is_refusal(int reason)
{
	static const int reasons[] = {
		SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
		SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
		SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
		SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,
		SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
		SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
		SSL_R_TLSV1_ALERT_UNKNOWN_CA,
		SSL_R_TLSV1_ALERT_ACCESS_DENIED,
		SSL_R_TLSV1_ALERT_DECRYPT_ERROR,
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i] == reason)
			return true;
	}
	return false;
}

/* What the newest error means, for the handshake and for every read and write. */
static int tls_failure(SSL *ssl, struct net_detail *detail)
{
	unsigned long error = ERR_peek_last_error();
	long verified = SSL_get_verify_result(ssl);
	int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;

	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK) {
		net_detail_set(detail, "%s", X509_verify_cert_error_string(verified));
		ERR_clear_error();
		return verified == X509_V_ERR_HOSTNAME_MISMATCH ||
				       verified == X509_V_ERR_IP_ADDRESS_MISMATCH
			       ? NET_WRONG_NAME
			       : NET_UNTRUSTED;
	}
	if (tls_is_refusal(reason)) {
		net_detail_set_tls(detail, "tls alert");
		return NET_REFUSED_US;
	}
	if (reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL ||
		reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
		reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_WRONG_VERSION_NUMBER) {
		net_detail_set_tls(detail, "tls");
		return NET_NOT_GRPC;
	}
	net_detail_set_tls(detail, error ? "tls" : "the connection was closed");
	return NET_BROKEN;
}

/* Sorts the outcome of an SSL call into done, needs something, or failed. */
static int tls_outcome(SSL *ssl, int result, enum tls_need *ret_need, struct net_detail *detail)
{
	switch (SSL_get_error(ssl, result)) {
	case SSL_ERROR_NONE:
		*ret_need = TLS_NEED_NOTHING;
		return 0;
	case SSL_ERROR_WANT_READ:
		*ret_need = TLS_NEED_READ;
		return 0;
	case SSL_ERROR_WANT_WRITE:
		*ret_need = TLS_NEED_WRITE;
		return 0;
	default:
		return tls_failure(ssl, detail);
	}
}

static int tls_wait(int fd, enum tls_need need, int64_t deadline_ns, struct net_detail *detail)
{
	struct pollfd wait = {.fd = fd, .events = need == TLS_NEED_READ ? POLLIN : POLLOUT};
	int n = poll(&wait, 1, clock_poll_ms(deadline_ns));

	if (n > 0 || (n < 0 && errno == EINTR))
		return 0;
	net_detail_set(detail, "no handshake in time");
	return n == 0 ? NET_TIMEOUT : -errno;
}

static int tls_handshake(SSL *ssl, int fd, int64_t deadline_ns, struct net_detail *detail)
{
	const unsigned char *protocol = NULL;
	enum tls_need need = TLS_NEED_READ;
	unsigned len = 0;

	for (;;) {
		int r;

		ERR_clear_error();
		r = tls_outcome(ssl, SSL_connect(ssl), &need, detail);
		if (r)
			return r;
		if (need == TLS_NEED_NOTHING)
			break;
		r = tls_wait(fd, need, deadline_ns, detail);
		if (r)
			return r;
	}
	SSL_get0_alpn_selected(ssl, &protocol, &len);
	if (len == 2 && memcmp(protocol, "h2", 2) == 0)
		return 0;
	net_detail_set(detail, "the server did not choose h2");
	return NET_NOT_GRPC;
}

int tls_connect(SSL_CTX *context, int fd, const char *host, int64_t deadline_ns, SSL **ret_ssl,
	struct net_detail *detail)
{
	SSL *ssl = SSL_new(context);
	int r;

	if (!ssl)
		return -ENOMEM;
	r = SSL_set_fd(ssl, fd) == 1 ? tls_expect(ssl, host) : -ENOMEM;
	if (!r)
		r = tls_handshake(ssl, fd, deadline_ns, detail);
	if (r) {
		SSL_free(ssl);
		return r;
	}
	*ret_ssl = ssl;
	return 0;
}

int tls_read(SSL *ssl, void *buffer, size_t room, size_t *ret_count, enum tls_need *ret_need,
	struct net_detail *detail)
{
	size_t count = 0;
	int r;

	ERR_clear_error();
	r = tls_outcome(ssl, SSL_read_ex(ssl, buffer, room, &count), ret_need, detail);
	if (!r)
		*ret_count = count;
	return r;
}

int tls_write(SSL *ssl, struct bytes data, size_t *ret_count, enum tls_need *ret_need,
	struct net_detail *detail)
{
	size_t count = 0;
	int r;

	ERR_clear_error();
	r = tls_outcome(ssl, SSL_write_ex(ssl, data.data, data.len, &count), ret_need, detail);
	if (!r)
		*ret_count = count;
	return r;
}
