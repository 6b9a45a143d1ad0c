/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of the service, from stafett/tbl/methods.def, and their paths. */
#ifndef CLIENT_METHOD_H
#define CLIENT_METHOD_H

#define METHOD(name, ...) METHOD_##name,
enum method {
#include "stafett/tbl/methods.def"
	METHOD_COUNT,
};
#undef METHOD

/* "/stafett.v1.ReferralService/Send". */
const char *method_path(enum method method);

#endif
