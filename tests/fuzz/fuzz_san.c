/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a certificate says its holder is. The first byte of the input says what the
 * rest is: lines, each a SAN URI of its own; the DER of the SAN extension; or that
 * of a whole certificate. A name is found where it is the one URI of the one
 * extension, whole, and a member's; and nowhere else.
 */
#include <stdbool.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "domain/identity.h"
#include "net/tls.h"

enum { URIS_MAX = 8 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The name that is found in |cert|, in |text|; empty when there is none. */
static struct bytes read_member(const X509 *cert, char text[sizeof(((struct peer *)NULL)->member)])
{
	bool found = tls_read_member(cert, text, sizeof(((struct peer *)NULL)->member));
	struct bytes member = bytes_of_string(text);

	require(found == (member.len > 0));
	require(!found || identity_is_member(member));
	return member;
}

/* |der| as the SAN extension of a certificate; NULL where it cannot be one. */
static X509 *certificate_of_extension(struct bytes der)
{
	X509 *cert = X509_new();
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	require(cert && octets && ASN1_OCTET_STRING_set(octets, der.data, (int)der.len) == 1);
	extension = X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, octets);
	require(extension && X509_add_ext(cert, extension, -1) == 1);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(octets);
	return cert;
}

static void add_uri(GENERAL_NAMES *names, struct bytes text)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *uri = ASN1_IA5STRING_new();

	require(name && uri && ASN1_STRING_set(uri, text.data, (int)text.len) == 1);
	GENERAL_NAME_set0_value(name, GEN_URI, uri);
	require(sk_GENERAL_NAME_push(names, name) > 0);
}

/* Adds each line of |text|; gives their number, and the first one. */
static size_t add_lines(GENERAL_NAMES *names, struct bytes text, struct bytes *ret_first)
{
	size_t n = 0;

	while (n < URIS_MAX) {
		const uint8_t *end = text.len ? memchr(text.data, '\n', text.len) : NULL;
		struct bytes line = bytes_of(text.data, end ? (size_t)(end - text.data) : text.len);

		add_uri(names, line);
		if (n++ == 0)
			*ret_first = line;
		if (!end)
			break;
		text = bytes_of(end + 1, text.len - line.len - 1);
	}
	return n;
}

static void try_lines(struct bytes text)
{
	char member[sizeof(((struct peer *)NULL)->member)];
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	struct bytes first, expected;
	unsigned char *der = NULL;
	X509 *cert;
	int n;

	require(names != NULL);
	expected = bytes_of(NULL, 0);
	if (add_lines(names, text, &first) == 1 && identity_is_member(first))
		expected = first;
	n = i2d_GENERAL_NAMES(names, &der);
	require(n > 0);
	cert = certificate_of_extension(bytes_of(der, (size_t)n));
	require(bytes_equal(read_member(cert, member), expected));
	X509_free(cert);
	OPENSSL_free(der);
	GENERAL_NAMES_free(names);
}

/* Who has two such extensions has no name: one reader might see the other one. */
static void try_certificate(X509 *cert)
{
	char text[sizeof(((struct peer *)NULL)->member)];
	struct bytes member = read_member(cert, text);
	int at = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1);

	require(member.len == 0 || at >= 0);
	require(member.len == 0 || X509_get_ext_by_NID(cert, NID_subject_alt_name, at) < 0);
	X509_free(cert);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned char *der = data + 1;
	struct bytes rest;
	X509 *cert;

	if (size < 2)
		return 0;
	rest = bytes_of(data + 1, size - 1);
	switch (data[0] % 3) {
	case 0:
		try_lines(rest);
		break;
	case 1:
		try_certificate(certificate_of_extension(rest));
		break;
	default:
		cert = d2i_X509(NULL, &der, (long)rest.len);
		if (cert)
			try_certificate(cert);
	}
	ERR_clear_error();
	return 0;
}
