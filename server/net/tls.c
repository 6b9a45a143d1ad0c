/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See tls.h. All that can be refused is refused inside the handshake, so that
 * the peer gets a TLS alert that says why: no ALPN at the ClientHello, a
 * certificate without a member's name while its chain is verified.
 */
#include "net/tls.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "domain/identity.h"

enum {
	TLS_CHAIN_DEPTH = 3,	     /* a root, at most two below it, and the leaf */
	TLS_CERT_LIST_BYTES = 16384, /* what a peer may send as its chain */
	TLS_ERROR_CHARS = 256,
};

struct tls {
	SSL_CTX *ctx;
	unsigned references;
};

/* The ALPN list of one protocol, as it stands on the wire. */
static const uint8_t tls_h2[] = {2, 'h', '2'};

/* The one SAN URI of |cert|, borrowed from |names|; empty when it has none,
 * several, or one that is not a member's name. */
static struct bytes tls_member_in(const GENERAL_NAMES *names)
{
	struct bytes member = {NULL, 0};

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_URI)
			continue;
		if (member.data)
			return bytes_of(NULL, 0);
		member = bytes_of(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
			(size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier));
	}
	return identity_is_member(member) ? member : bytes_of(NULL, 0);
}

bool tls_read_member(const X509 *cert, char *text, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	struct bytes member = tls_member_in(names);
	bool found = member.len > 0 && member.len < size;

	if (found)
		memcpy(text, member.data, member.len);
	text[found ? member.len : 0] = '\0';
	GENERAL_NAMES_free(names);
	return found;
}

/* OpenSSL has judged one certificate of the chain; the leaf comes last, and
 * must also name a member. The error chosen becomes "bad certificate". */
static int tls_on_verify(int good, X509_STORE_CTX *store)
{
	char member[sizeof(((struct peer *)NULL)->member)];

	if (!good || X509_STORE_CTX_get_error_depth(store) > 0)
		return good;
	if (tls_read_member(X509_STORE_CTX_get_current_cert(store), member, sizeof(member)))
		return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static int tls_on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
	const unsigned char *in, unsigned in_len, void *arg)
{
	unsigned char *chosen;

	if (SSL_select_next_proto(&chosen, out_len, tls_h2, sizeof(tls_h2), in, in_len) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* A peer that sends no ALPN at all never reaches tls_on_alpn. */
static int tls_on_hello(SSL *ssl, int *alert, void *arg)
{
	const unsigned char *data;
	size_t len;

	if (SSL_client_hello_get0_ext(
		    ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &data, &len))
		return SSL_CLIENT_HELLO_SUCCESS;
	*alert = SSL_AD_NO_APPLICATION_PROTOCOL;
	return SSL_CLIENT_HELLO_ERROR;
}

/* Says in |ret_error| what is wrong with |file| and returns |rc|. */
static int tls_complain(char **ret_error, const char *file, const char *what, int rc)
{
	char *text = NULL;

	if (asprintf(&text, "'%s': %s", file, what) < 0)
		text = NULL;
	*ret_error = text;
	return rc;
}

/* The same, with OpenSSL's own reason. */
static int tls_complain_openssl(char **ret_error, const char *file, const char *what)
{
	char text[TLS_ERROR_CHARS];
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	snprintf(text, sizeof(text), "%s (%s)", what, reason ? reason : "no reason given");
	ERR_clear_error();
	return tls_complain(ret_error, file, text, -EINVAL);
}

static BIO *tls_open(const struct tls_file *file)
{
	return BIO_new_mem_buf(file->data, (int)file->len);
}

/* Whether what PEM_read_bio gave last is the end of a file in order, not an error. */
static bool tls_is_at_end(void)
{
	unsigned long error = ERR_peek_last_error();
	bool at_end =
		ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;

	if (at_end)
		ERR_clear_error();
	return at_end;
}

/* Gives every certificate of |file| to |take|, which returns false for an error. */
static bool tls_each_certificate(
	const struct tls_file *file, bool (*take)(SSL_CTX *ctx, X509 *cert, int n), SSL_CTX *ctx)
{
	BIO *bio = tls_open(file);
	bool good = bio != NULL;
	X509 *cert;
	int n = 0;

	while (good && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		good = take(ctx, cert, n++);
		X509_free(cert);
	}
	BIO_free(bio);
	return good && n > 0 && tls_is_at_end();
}

/* The leaf comes first; what follows goes along with it. */
static bool tls_take_own(SSL_CTX *ctx, X509 *cert, int n)
{
	if (n == 0)
		return SSL_CTX_use_certificate(ctx, cert) == 1;
	return SSL_CTX_add1_chain_cert(ctx, cert) == 1;
}

static bool tls_take_ca(SSL_CTX *ctx, X509 *cert, int n)
{
	return X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), cert) == 1 &&
	       SSL_CTX_add_client_CA(ctx, cert) == 1;
}

/* No password is asked for. */
static int tls_on_password(char *buf, int size, int rwflag, void *arg)
{
	return -1;
}

static bool tls_use_key(SSL_CTX *ctx, const struct tls_file *file)
{
	BIO *bio = tls_open(file);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, tls_on_password, NULL) : NULL;
	bool good =
		key && SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	return good;
}

static int tls_load(SSL_CTX *ctx, const struct tls_files *files, char **ret_error)
{
	if (!tls_each_certificate(&files->certificate, tls_take_own, ctx))
		return tls_complain_openssl(
			ret_error, files->certificate.name, "cannot read the certificate");
	if (!tls_use_key(ctx, &files->key))
		return tls_complain_openssl(ret_error, files->key.name,
			"cannot use the key with the server's certificate");
	if (!tls_each_certificate(&files->ca, tls_take_ca, ctx))
		return tls_complain_openssl(
			ret_error, files->ca.name, "cannot read the CA for client certificates");
	return 0;
}

/* The rules that need no files. False only when OpenSSL cannot do them. */
static bool tls_set_rules(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
	/* After a message of TLS itself, such as KeyUpdate, SSL_read must come back:
	 * a peer could keep it busy for ever. */
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	/* One read(2) takes all small records that have come. */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_max_cert_list(ctx, TLS_CERT_LIST_BYTES);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, tls_on_verify);
	SSL_CTX_set_verify_depth(ctx, TLS_CHAIN_DEPTH);
	SSL_CTX_set_alpn_select_cb(ctx, tls_on_alpn, NULL);
	SSL_CTX_set_client_hello_cb(ctx, tls_on_hello, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
	       SSL_CTX_set1_groups_list(ctx, "X25519:P-256") == 1 &&
	       SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_CLIENT) == 1;
}

int tls_new(const struct tls_files *files, struct tls **ret_tls, char **ret_error)
{
	struct tls *tls = calloc(1, sizeof(*tls));
	int rc = -ENOMEM;

	ERR_clear_error();
	if (tls)
		tls->ctx = SSL_CTX_new(TLS_server_method());
	if (!tls || !tls->ctx || !tls_set_rules(tls->ctx)) {
		tls_complain(
			ret_error, files->certificate.name, "OpenSSL cannot serve TLS 1.3", rc);
		goto out;
	}
	tls->references = 1;
	rc = tls_load(tls->ctx, files, ret_error);
	if (rc == 0)
		*ret_tls = TAKE(tls);
out:
	if (tls) {
		SSL_CTX_free(tls->ctx);
		free(tls);
	}
	return rc;
}

struct tls *tls_ref(struct tls *tls)
{
	tls->references++;
	return tls;
}

struct tls *tls_unref(struct tls *tls)
{
	if (!tls || --tls->references > 0)
		return NULL;
	SSL_CTX_free(tls->ctx);
	free(tls);
	return NULL;
}

SSL *tls_session(struct tls *tls, int fd)
{
	SSL *ssl = SSL_new(tls->ctx);

	if (!ssl)
		return NULL;
	if (SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_accept_state(ssl);
	return ssl;
}

int tls_identify(SSL *ssl, struct peer *peer)
{
	X509 *cert = SSL_get0_peer_certificate(ssl);
	const unsigned char *protocol;
	unsigned len;

	SSL_get0_alpn_selected(ssl, &protocol, &len);
	if (!bytes_equal(bytes_of(protocol, len), bytes_of(tls_h2 + 1, tls_h2[0])))
		return -EPROTO;
	if (!cert || SSL_get_verify_result(ssl) != X509_V_OK ||
		!tls_read_member(cert, peer->member, sizeof(peer->member)) ||
		X509_digest(cert, EVP_sha256(), peer->fingerprint, NULL) != 1)
		return -EACCES;
	return 0;
}

/* What the verification of the peer's chain found. */
static const char *tls_verify_refusal(long result)
{
	switch (result) {
	case X509_V_ERR_CERT_REJECTED:
		return "the certificate names no single member";
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "the certificate has expired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "the certificate is not valid yet";
	case X509_V_ERR_INVALID_PURPOSE:
		return "the certificate is not for clients";
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return "the certificate is from an unknown CA";
	default:
		return X509_verify_cert_error_string(result);
	}
}

const char *tls_refusal(const SSL *ssl, enum metric *ret_metric)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(error);

	*ret_metric = METRIC_HANDSHAKE_OTHER;
	if (ERR_GET_LIB(error) != ERR_LIB_SSL)
		return error ? reason : "the peer closed the connection";
	switch (ERR_GET_REASON(error)) {
	case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
		*ret_metric = METRIC_HANDSHAKE_NO_CERTIFICATE;
		return "the peer showed no certificate";
	case SSL_R_CERTIFICATE_VERIFY_FAILED:
		*ret_metric = METRIC_HANDSHAKE_BAD_CERTIFICATE;
		return tls_verify_refusal(SSL_get_verify_result(ssl));
	case SSL_R_CALLBACK_FAILED:
	case SSL_R_NO_APPLICATION_PROTOCOL:
		*ret_metric = METRIC_HANDSHAKE_PROTOCOL;
		return "the peer does not speak HTTP/2 (ALPN h2)";
	case SSL_R_UNSUPPORTED_PROTOCOL:
		*ret_metric = METRIC_HANDSHAKE_PROTOCOL;
		return "the peer does not speak TLS 1.3";
	default:
		return reason ? reason : "unknown";
	}
}
