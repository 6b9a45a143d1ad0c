/* SPDX-License-Identifier: Apache-2.0 */
/* See the header. The contexts are set up as the daemon and its clients do. */
#include "wire_reference.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "measure.h"

enum { WIRE_REFERENCE_BUFFER = 1 << 16, WIRE_REFERENCE_PATH = 4096 };

/* The CPU time of both sides, and what they did for it. */
struct wire_reference {
	SSL_CTX *contexts[2];
	int64_t cpu_ns[2];
	long n;
};

enum { CLIENT, SERVER };

static SSL_CTX *wire_reference_context(
	const SSL_METHOD *method, const char *ca, const char *identity)
{
	char certificate[WIRE_REFERENCE_PATH], key[WIRE_REFERENCE_PATH];
	SSL_CTX *tls = SSL_CTX_new(method);

	snprintf(certificate, sizeof(certificate), "%s.pem", identity);
	snprintf(key, sizeof(key), "%s.key", identity);
	if (tls && SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
		SSL_CTX_load_verify_file(tls, ca) == 1 &&
		SSL_CTX_use_certificate_chain_file(tls, certificate) == 1 &&
		SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1) {
		SSL_CTX_set_mode(
			tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		return tls;
	}
	SSL_CTX_free(tls);
	return NULL;
}

SSL_CTX *wire_reference_client(const char *ca, const char *identity)
{
	SSL_CTX *tls = wire_reference_context(TLS_client_method(), ca, identity);

	if (tls)
		SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	return tls;
}

static SSL_CTX *wire_reference_server(const char *ca, const char *identity)
{
	SSL_CTX *tls = wire_reference_context(TLS_server_method(), ca, identity);

	if (!tls)
		return NULL;
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_num_tickets(tls, 0);
	return tls;
}

/* |ssl| goes on as far as it can; the time is noted. False when it has failed. */
static bool wire_reference_step(struct wire_reference *ref, int side, SSL *ssl)
{
	int64_t began_ns = measure_now_ns(CLOCK_THREAD_CPUTIME_ID);
	int result = SSL_do_handshake(ssl), error = SSL_get_error(ssl, result);

	ref->cpu_ns[side] += measure_now_ns(CLOCK_THREAD_CPUTIME_ID) - began_ns;
	return result == 1 || error == SSL_ERROR_WANT_READ;
}

/* Sessions of both sides with buffers between them. */
static bool wire_reference_pair(struct wire_reference *ref, SSL *pair[2])
{
	BIO *ends[2];

	if (!BIO_new_bio_pair(
		    &ends[CLIENT], WIRE_REFERENCE_BUFFER, &ends[SERVER], WIRE_REFERENCE_BUFFER))
		return false;
	for (int side = CLIENT; side <= SERVER; side++) {
		int64_t began_ns = measure_now_ns(CLOCK_THREAD_CPUTIME_ID);

		pair[side] = SSL_new(ref->contexts[side]);
		ref->cpu_ns[side] += measure_now_ns(CLOCK_THREAD_CPUTIME_ID) - began_ns;
		if (!pair[side])
			return false;
		SSL_set_bio(pair[side], ends[side], ends[side]);
	}
	SSL_set_connect_state(pair[CLIENT]);
	SSL_set_accept_state(pair[SERVER]);
	return true;
}

static bool wire_reference_shake(struct wire_reference *ref)
{
	SSL *pair[2] = {NULL, NULL};
	bool good = wire_reference_pair(ref, pair);

	while (good && !(SSL_is_init_finished(pair[CLIENT]) && SSL_is_init_finished(pair[SERVER])))
		good = wire_reference_step(ref, CLIENT, pair[CLIENT]) &&
		       wire_reference_step(ref, SERVER, pair[SERVER]);
	for (int side = CLIENT; side <= SERVER; side++) {
		int64_t began_ns = measure_now_ns(CLOCK_THREAD_CPUTIME_ID);

		SSL_free(pair[side]);
		ref->cpu_ns[side] += measure_now_ns(CLOCK_THREAD_CPUTIME_ID) - began_ns;
	}
	ref->n++;
	return good;
}

int wire_reference_run(const struct wire_reference_params *params)
{
	struct wire_reference ref = {.contexts = {wire_reference_client(params->ca, params->client),
					     wire_reference_server(params->ca, params->server)}};
	int64_t end_ns = measure_now_ns(CLOCK_MONOTONIC) + params->ns;
	bool good = ref.contexts[CLIENT] && ref.contexts[SERVER];

	while (good && measure_now_ns(CLOCK_MONOTONIC) < end_ns)
		good = wire_reference_shake(&ref);
	SSL_CTX_free(ref.contexts[CLIENT]);
	SSL_CTX_free(ref.contexts[SERVER]);
	if (!good)
		return -EPROTO;
	printf("{\"handshakes\": %ld, \"client_us\": %.1f, \"server_us\": %.1f}\n", ref.n,
		(double)ref.cpu_ns[CLIENT] / (double)ref.n / NS_PER_US,
		(double)ref.cpu_ns[SERVER] / (double)ref.n / NS_PER_US);
	return 0;
}
