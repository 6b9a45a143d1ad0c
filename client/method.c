/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of methods, put together by the compiler. */
#include "client/method.h"

#include <assert.h>

static const char *const method_paths[METHOD_COUNT] = {
#define METHOD(name, service, method, ...) [METHOD_##name] = "/stafett.v1." service "/" method,
#include "stafett/tbl/methods.def"
#undef METHOD
};

const char *method_path(enum method method)
{
	assert(method < METHOD_COUNT);
	return method_paths[method];
}
