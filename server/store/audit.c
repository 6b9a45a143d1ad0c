/* SPDX-License-Identifier: Apache-2.0 */
/* The audit record of one operation, byte by byte. */
#include "store/audit.h"

void audit_begin(struct audit *audit, enum leaf_type type, int64_t now_us,
	const struct caller *caller, const uint8_t random[AUDIT_RANDOM])
{
	audit->leaf = (struct leaf){
		.event = uuid_make(now_us / 1000, random),
		.time_us = now_us,
		.type = (uint16_t)type,
		.unit = caller->unit,
	};
	memcpy(audit->salt, random + 10, LEAF_SALT_LEN);
	audit->detail_len = 0;
	audit_add(audit, AUDIT_MEMBER, caller->member);
	audit_add(audit, AUDIT_CERTIFICATE, bytes_of(caller->fingerprint, 32));
	audit_add(audit, AUDIT_ADDRESS, bytes_of_string(caller->address));
	audit_add(audit, AUDIT_CALL, bytes_of_string(caller->call_id));
}

void audit_set_organisation(struct audit *audit, struct bytes number)
{
	size_t len = number.len <= sizeof(audit->organisation) ? number.len : 0;

	if (len)
		memcpy(audit->organisation, number.data, len);
	audit->leaf.organisation = bytes_of(audit->organisation, len);
}

void audit_add(struct audit *audit, enum audit_tag tag, struct bytes value)
{
	uint8_t *at = audit->detail + audit->detail_len;

	if (value.len > UINT16_MAX || audit->detail_len + 3 + value.len > sizeof(audit->detail))
		return;
	at[0] = (uint8_t)tag;
	at[1] = (uint8_t)(value.len >> 8);
	at[2] = (uint8_t)value.len;
	if (value.len)
		memcpy(at + 3, value.data, value.len);
	audit->detail_len += 3 + value.len;
}

bool audit_next(struct bytes *rest, enum audit_tag *ret_tag, struct bytes *ret_value)
{
	size_t len;

	if (rest->len < 3)
		return false;
	len = (size_t)rest->data[1] << 8 | rest->data[2];
	if (len > rest->len - 3)
		return false;
	*ret_tag = (enum audit_tag)rest->data[0];
	*ret_value = bytes_of(rest->data + 3, len);
	*rest = bytes_of(rest->data + 3 + len, rest->len - 3 - len);
	return true;
}

void audit_finish(struct audit *audit)
{
	leaf_commit(audit->salt, bytes_of(audit->detail, audit->detail_len),
		audit->leaf.detail_commitment);
	audit->encoded_len = leaf_encode(&audit->leaf, audit->encoded);
	leaf_hash(bytes_of(audit->encoded, audit->encoded_len), audit->hash);
}
