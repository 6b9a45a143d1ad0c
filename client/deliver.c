/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a write through the outbox: see the header. */
#include "client/deliver.h"

#include <errno.h>
#include <stdio.h>

#include "client/call.h"
#include "client/memory.h"
#include "client/net/clock.h"
#include "client/packing.h"
#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/text.h"
#include "client/upload.h"
#include "stafett/v1/inbox_service.pb-c.h"
#include "stafett/v1/referral_service.pb-c.h"

int deliver_keep(struct client *client, const struct uuid *id, enum method method,
	const ProtobufCMessage *request, struct bytes body, struct outbox_entry *ret_entry)
{
	int r;

	*ret_entry = (struct outbox_entry){
		.id = *id,
		.profile = client->profile->id,
		.unit = client->profile->unit,
		.path = method_path(method),
		.request = packing_pack(&client->arena, request),
		.body = body,
	};
	r = outbox_keep(&client->arena, ret_entry);
	if (r)
		return client_problem(client, PROBLEM_FILE_UNWRITABLE, "value", _("the outbox"),
			"detail", strerror(-r), NULL);
	return 0;
}

static const char *deliver_kept(void)
{
	return _("it is kept here and goes again with the same id, never twice");
}

/* What is kept needs no more than a line. */
static int deliver_offer(struct client *client, int r)
{
	if (r == EXIT_TEMPORARY) {
		client->problem.hint = _("Deliver it when the line is back, with:");
		client->problem.command = client_next(client, "%s", "");
	}
	return r;
}

static int deliver_until(struct client *client, struct outbox_entry *entry, int64_t deadline_ns,
	struct call_outcome *outcome)
{
	int r;

	client_word(client, "kept", deliver_kept());
	r = entry->body.len ? upload_run(client, entry, &deadline_ns, outcome) : 0;
	if (!r)
		r = call_bytes(
			client, entry->path, entry->unit, entry->request, deadline_ns, outcome);
	client_word(client, "kept", NULL);
	if (outcome->is_decided) {
		outbox_forget(&client->arena, entry);
		return r;
	}
	outbox_leave(entry);
	return deliver_offer(client, r);
}

int deliver_entry(struct client *client, struct outbox_entry *entry, struct bytes *ret_reply)
{
	struct call_outcome outcome;
	int r = deliver_until(client, entry, clock_now_ns() + client->timeout_ns, &outcome);

	if (!r)
		*ret_reply = outcome.reply;
	return r;
}

int deliver_write(struct client *client, const struct uuid *id, enum method method,
	const ProtobufCMessage *request, struct bytes *ret_reply)
{
	struct outbox_entry entry;
	int r = deliver_keep(client, id, method, request, (struct bytes){0}, &entry);

	return r ? r : deliver_entry(client, &entry, ret_reply);
}

/* The code of the referral that a kept write is about; "" where it cannot be read. */
static const char *deliver_code(struct client *client, const struct outbox_entry *entry)
{
	struct arena *arena = &client->arena;
	struct uuid referral;
	struct uuid chain;
	char id[UUID_TEXT_LEN + 1];

	if (strcmp(entry->path, method_path(METHOD_send)) == 0) {
		uuid_derive(bytes_of_string(entry->unit), &entry->id, &referral, &chain);
		uuid_format(&referral, id);
		return format_code_of_id(arena, id);
	}
	if (strcmp(entry->path, method_path(METHOD_acknowledge)) == 0) {
		const Stafett__V1__AcknowledgeRequest *request = packing_unpack(
			arena, &stafett__v1__acknowledge_request__descriptor, entry->request);

		return request ? format_code_of_id(arena, request->referral) : "";
	}
	if (strcmp(entry->path, method_path(METHOD_act)) == 0) {
		const Stafett__V1__ActRequest *request = packing_unpack(
			arena, &stafett__v1__act_request__descriptor, entry->request);
		const Stafett__V1__Header *header =
			request ? packing_unpack(arena, &stafett__v1__header__descriptor,
					  bytes_of(request->header.data, request->header.len))
				: NULL;

		return header ? format_code_of_id(arena, header->referral) : "";
	}
	return "";
}

/* Says what became of an old write. It was made at the time that its id carries. */
static void deliver_tell(struct client *client, const struct outbox_entry *entry, int r,
	const struct call_outcome *outcome)
{
	struct arena *arena = &client->arena;
	const char *code = deliver_code(client, entry);
	const char *made = format_moment(arena, uuid_time_ms(&entry->id) * 1000, client->today);

	if (!r) {
		lines_print(stderr, "", "  ",
			memory_printf(arena,
				_("%s of %s, which waited here, has been delivered now."), code,
				made));
		return;
	}
	lines_print(stderr, "", "  ",
		memory_printf(arena,
			outcome->is_decided
				? _("%s of %s, which waited here, was refused and is gone:")
				: _("%s of %s still waits here:"),
			code, made));
	client_print_problem(client);
}

/* The line is down before this command's own turn: the problem becomes its own. */
static int deliver_not_begun(struct client *client, bool is_kept)
{
	const char *detail = client->problem.detail;
	int r = client_problem(
		client, client->problem.id, "kept", is_kept ? deliver_kept() : NULL, NULL);

	client->problem.detail = detail;
	return is_kept ? deliver_offer(client, r) : r;
}

/* Delivers one old write with |client|, whose profile made it, and tells the user.
 * Gives an exit code only where the line is down; then nothing was told. */
static int deliver_old(
	struct client *client, struct outbox_entry *entry, bool is_kept, int64_t deadline_ns)
{
	struct call_outcome outcome;
	int r = deliver_until(client, entry, deadline_ns, &outcome);

	if (outcome.line_is_down)
		return deliver_not_begun(client, is_kept);
	deliver_tell(client, entry, r, &outcome);
	client->problem = (struct problem){0};
	return 0;
}

/* The same for a write that was made under another profile. Whatever comes of it
 * is told, and stops nothing: it is not this command's line. */
static void deliver_old_of_other(
	const struct client *client, struct outbox_entry *entry, int64_t deadline_ns)
{
	const struct call_outcome undecided = {0};
	struct client other;
	int r;

	client_init(&other);
	other.is_json = client->is_json;
	r = client_open_profile(&other, profile_read(&other.arena, entry->profile));
	if (r)
		outbox_leave(entry);
	else
		r = deliver_old(&other, entry, true, deadline_ns);
	if (r)
		deliver_tell(&other, entry, r, &undecided);
	client_fini(&other);
}

/* Delivers the write in |file|, unless another program is at it. */
static int deliver_file(struct client *client, const char *file, bool is_kept, int64_t deadline_ns)
{
	struct outbox_entry entry;
	int r = outbox_open(&client->arena, file, &entry);

	if (r == -EBADMSG)
		fprintf(stderr, "stafett: %s: %s\n", file, _("damaged; it is left alone"));
	if (r)
		return 0;
	if (strcmp(client->profile->id, entry.profile) == 0)
		return deliver_old(client, &entry, is_kept, deadline_ns);
	deliver_old_of_other(client, &entry, deadline_ns);
	return 0;
}

int deliver_pending(struct client *client, bool is_kept)
{
	int64_t deadline_ns = clock_now_ns() + client->timeout_ns;
	char **files;
	size_t count;
	int r = 0;

	outbox_sweep(&client->arena);
	count = outbox_list(&client->arena, &files);
	for (size_t i = 0; i < count && !r; i++)
		r = deliver_file(client, files[i], is_kept, deadline_ns);
	return r;
}
