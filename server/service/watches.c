/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watch: a call hands itself to the feeds (see feed.h) and passes on what they say.
 */
#include "service/answer.h"
#include "service/method.h"
#include "stafett/v1/inbox_service.pb-c.h"

struct watch_call {
	struct under_way under_way;
	struct call *call;
	struct watch watch;
};

static void watch_call_on_gone(struct under_way *under_way)
{
	struct watch_call *wc = container_of(under_way, struct watch_call, under_way);

	feeds_leave(store_feeds(under_way->store), &wc->watch);
}

static void watch_call_on_drained(struct under_way *under_way)
{
	struct watch_call *wc = container_of(under_way, struct watch_call, under_way);

	feeds_drained(store_feeds(under_way->store), &wc->watch);
}

static void watch_call_send(struct watch *watch, struct bytes message)
{
	struct watch_call *wc = container_of(watch, struct watch_call, watch);

	call_send(wc->call, message);
}

static void watch_call_end(struct watch *watch, enum reason reason)
{
	struct watch_call *wc = container_of(watch, struct watch_call, watch);

	call_set_user(wc->call, NULL);
	answer_refusal(wc->call, reason, NULL);
}

void method_watch(const struct incoming *in)
{
	static const struct watch_ops ops = {watch_call_send, watch_call_end};
	const Stafett__V1__WatchRequest *r = (const Stafett__V1__WatchRequest *)in->request;
	struct watch_call *wc = arena_alloc(call_arena(in->call), sizeof(*wc));
	enum reason reason;

	if (!wc) {
		answer_refusal(in->call, REASON_SERVER_FAULT, NULL);
		return;
	}
	wc->under_way = (struct under_way){
		.store = in->store,
		.abandon = watch_call_on_gone,
		.drained = watch_call_on_drained,
	};
	wc->call = in->call;
	wc->watch.caller = in->caller;
	wc->watch.roles = in->method->roles;
	wc->watch.ops = &ops;
	call_set_user(in->call, &wc->under_way);
	reason = feeds_join(
		store_feeds(in->store), &wc->watch, bytes_of(r->cursor.data, r->cursor.len));
	if (reason)
		watch_call_end(&wc->watch, reason);
}
