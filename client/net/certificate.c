/* SPDX-License-Identifier: Apache-2.0 */
/* The member's name and the validity of a certificate: see the header. */
#include "client/net/certificate.h"

#include <openssl/asn1.h>
#include <openssl/x509v3.h>

bool certificate_member(X509 *certificate, char out[IDENTITY_MEMBER_MAX + 1])
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	struct bytes member = {0};
	int n_uris = 0;
	bool found;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_URI)
			continue;
		n_uris++;
		member = bytes_of(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
			(size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier));
	}
	found = n_uris == 1 && member.len <= IDENTITY_MEMBER_MAX && identity_is_member(member);
	if (found) {
		memcpy(out, member.data, member.len);
		out[member.len] = '\0';
	}
	GENERAL_NAMES_free(names);
	return found;
}

int64_t certificate_seconds_left(const X509 *certificate)
{
	int days = 0;
	int seconds = 0;

	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) != 1)
		return -1;
	return (int64_t)days * 24 * 3600 + seconds;
}
