/* SPDX-License-Identifier: Apache-2.0 */
/* The method table, and the way of a call through it. */
#include "service/service.h"

#include <errno.h>
#include <stdlib.h>

#include "base/quota.h"
#include "codec/pb_check.h"
#include "domain/identity.h"
#include "net/now.h"
#include "service/answer.h"
#include "service/health.h"
#include "service/method.h"
#include "service/reflection.h"
#include "stafett/caps.h"
#include "stafett/v1/admin_service.pb-c.h"
#include "stafett/v1/audit_service.pb-c.h"
#include "stafett/v1/body_service.pb-c.h"
#include "stafett/v1/chain_service.pb-c.h"
#include "stafett/v1/clock_service.pb-c.h"
#include "stafett/v1/directory_service.pb-c.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"
#include "stafett/v1/statistics_service.pb-c.h"

/* How many seconds' worth of calls may come at once. */
enum { SERVICE_BURST_S = 2 };

struct service {
	struct service_params params;
	struct store *store;
	struct quota *members, *organisations; /* NULL: no bounds */
	struct health health;
	struct call_router router;
	bool ready; /* what was last said of the database */
};

/* --- the method table --------------------------------------------------------------- */

#define ROLE_BITS_1(a)			       MASK(ROLE_##a)
#define ROLE_BITS_2(a, ...)		       (MASK(ROLE_##a) | ROLE_BITS_1(__VA_ARGS__))
#define ROLE_BITS_3(a, ...)		       (MASK(ROLE_##a) | ROLE_BITS_2(__VA_ARGS__))
#define ROLE_BITS_4(a, ...)		       (MASK(ROLE_##a) | ROLE_BITS_3(__VA_ARGS__))
#define ROLE_BITS_5(a, ...)		       (MASK(ROLE_##a) | ROLE_BITS_4(__VA_ARGS__))
#define ROLE_BITS_6(a, ...)		       (MASK(ROLE_##a) | ROLE_BITS_5(__VA_ARGS__))
#define ROLE_PICK(a, b, c, d, e, f, name, ...) name
#define ROLES(...)                                                                              \
	ROLE_PICK(__VA_ARGS__, ROLE_BITS_6, ROLE_BITS_5, ROLE_BITS_4, ROLE_BITS_3, ROLE_BITS_2, \
		ROLE_BITS_1)                                                                    \
	(__VA_ARGS__)

enum method_index {
#define METHOD(name, ...) METHOD_INDEX_##name,
#include "stafett/tbl/methods.def"
#undef METHOD
	METHODS,
};

static const struct method methods[METHODS] = {
#define METHOD(name, service, method, request, response, shape, leaf, roles)              \
	{"/stafett.v1." service "/" method, &stafett__v1__##request##__descriptor, roles, \
		LEAF_##leaf, method_##name},
#include "stafett/tbl/methods.def"
#undef METHOD
};

/* --- dispatch -------------------------------------------------------------------------- */

/* Who calls, for which unit: the certificate says the member, the metadata the
 * unit; whether they belong together is in the database. */
static struct fault service_identify(struct call *call, struct caller *ret_caller)
{
	const struct peer *peer = call_peer(call);
	struct bytes unit = bytes_of_string(call_metadata(call, "stafett-unit"));

	if (!*peer->member)
		return (struct fault){REASON_NO_MEMBER, NULL};
	if (!identity_is_handle(unit))
		return (struct fault){REASON_UNIT_METADATA_MISSING, "stafett-unit"};
	*ret_caller = (struct caller){
		.call_id = call_id(call),
		.address = peer->address,
		.unit = unit,
		.member = bytes_of_string(peer->member),
		.fingerprint = peer->fingerprint,
	};
	return (struct fault){REASON_NONE, NULL};
}

/* How long |member| has to wait before it may call; 0: not at all, and the call is
 * counted. Who is refused is not worse off for having tried. */
static int64_t service_wait_ns(struct service *s, struct bytes member)
{
	struct bytes organisation = identity_member_organisation(member);
	int64_t now = now_ns();
	int64_t wait_ns = quota_wait_ns(s->members, member, now);
	int64_t its_ns = quota_wait_ns(s->organisations, organisation, now);

	if (wait_ns == 0 && its_ns == 0) {
		quota_take(s->members, member, now);
		quota_take(s->organisations, organisation, now);
		return 0;
	}
	metrics_add(s->params.metrics, METRIC_REFUSED_RATE, 1);
	return wait_ns > its_ns ? wait_ns : its_ns;
}

static struct fault service_unpack(struct incoming *in)
{
	struct arena *arena = call_arena(in->call);
	struct pb_check_fault at = {""};
	ProtobufCMessage *request = NULL;
	int verdict = pb_check_unpack(in->method->request, in->raw, &pb_check_usual_caps,
		arena_allocator(arena), &request, &at);

	in->request = request;
	if (!verdict)
		return (struct fault){REASON_NONE, NULL};
	return (struct fault){
		pb_check_is_text_fault(verdict) ? REASON_TEXT_INVALID : REASON_MESSAGE_UNREADABLE,
		*at.field ? arena_copy(arena, bytes_of_string(at.field)) : NULL};
}

/* The first message of a call. */
static void service_begin(struct service *s, struct call *call, struct bytes message)
{
	struct incoming in = {
		.store = s->store,
		.takes_plain = s->params.takes_plain,
		.call = call,
		.method = call_method(call)->info,
		.raw = message,
	};
	struct fault fault = service_identify(call, &in.caller);
	int64_t wait_ns = fault.reason ? 0 : service_wait_ns(s, in.caller.member);

	if (wait_ns > 0) {
		call_blame(call, CALL_TOO_SOON);
		answer_later(call, REASON_RATE_EXCEEDED, wait_ns);
		return;
	}
	if (!fault.reason) {
		fault = service_unpack(&in);
		if (fault.reason)
			call_blame(call, CALL_NO_GOOD);
	}
	if (fault.reason)
		answer_refusal(call, fault.reason, fault.field);
	else
		in.method->handle(&in);
}

static void service_on_message(void *arg, struct call *call, struct bytes message)
{
	struct under_way *under_way = call_user(call);

	if (under_way)
		under_way->message(under_way, message);
	else
		service_begin(arg, call, message);
}

static void service_on_gone(void *arg, struct call *call)
{
	struct under_way *under_way = call_user(call);

	if (under_way)
		under_way->abandon(under_way);
}

static void service_on_half_close(void *arg, struct call *call)
{
	struct under_way *under_way = call_user(call);

	if (under_way)
		under_way->half_close(under_way);
	else
		answer_refusal(call, REASON_MESSAGE_UNREADABLE, NULL);
}

static void service_on_drained(void *arg, struct call *call)
{
	struct under_way *under_way = call_user(call);

	if (under_way && under_way->drained)
		under_way->drained(under_way);
}

static const struct call_ops service_ops = {
	.message = service_on_message,
	.half_close = service_on_half_close,
	.gone = service_on_gone,
	.drained = service_on_drained,
};

/* The shapes of the table. */
#define SHAPE_UNARY	    .ops = &service_ops
#define SHAPE_SERVER_STREAM .ops = &service_ops, .server_streams = true
#define SHAPE_CLIENT_STREAM                                         \
	.ops = &service_ops, .client_streams = true, .paced = true, \
	.message_max = CAP_UPLOAD_MESSAGE_BYTES

static const struct call_method call_methods[METHODS] = {
#define METHOD(name, service, method, request, response, shape, ...) \
	{.path = "/stafett.v1." service "/" method,                  \
		.info = &methods[METHOD_INDEX_##name],               \
		SHAPE_##shape},
#include "stafett/tbl/methods.def"
#undef METHOD
};

static const struct call_method *service_find_in(
	const struct call_method *table, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].path, path) == 0)
			return &table[i];
	return NULL;
}

static const struct call_method *service_find(void *arg, const char *path)
{
	const struct service *s = arg;
	const struct call_method *found = service_find_in(call_methods, METHODS, path);

	if (!found)
		found = service_find_in(s->health.methods, HEALTH_METHODS, path);
	if (!found)
		found = service_find_in(reflection_methods, REFLECTION_METHODS, path);
	return found;
}

/* --- life --------------------------------------------------------------------------------- */

static void service_on_store(void *arg)
{
	struct service *s = arg;
	bool ready = s->store && store_is_ready(s->store);

	if (ready == s->ready)
		return;
	s->ready = ready;
	metrics_set(s->params.metrics, METRIC_DATABASE_READY, ready);
	health_set_serving(&s->health, ready);
	if (s->params.changed)
		s->params.changed(s->params.arg, ready);
}

/* False when out of memory. */
static bool service_make_quotas(struct service *s)
{
	int64_t member = s->params.member_rate, organisation = s->params.organization_rate;

	if (member > 0)
		s->members = quota_new(member, SERVICE_BURST_S);
	if (organisation > 0)
		s->organisations = quota_new(organisation, SERVICE_BURST_S);
	return !s->members == !member && !s->organisations == !organisation;
}

static void service_free_self(struct service *s)
{
	quota_free(s->members);
	quota_free(s->organisations);
	free(s);
}

int service_new(const struct service_params *params, struct service **ret_service)
{
	struct service *s = calloc(1, sizeof(*s));
	struct store_params store = {
		.base = params->base,
		.conninfo = params->conninfo,
		.changed = service_on_store,
		.arg = s,
		.metrics = params->metrics,
	};
	int rc;

	if (!s)
		return -ENOMEM;
	s->params = *params;
	health_init(&s->health);
	s->router = (struct call_router){service_find, s};
	rc = service_make_quotas(s) ? store_new(&store, &s->store) : -ENOMEM;
	if (rc < 0) {
		service_free_self(s);
		return rc;
	}
	*ret_service = s;
	return 0;
}

struct service *service_free(struct service *s)
{
	if (!s)
		return NULL;
	store_free(s->store);
	service_free_self(s);
	return NULL;
}

const struct call_router *service_router(struct service *s)
{
	return &s->router;
}

void service_drain(struct service *s)
{
	health_end(&s->health);
	feeds_end(store_feeds(s->store));
}
