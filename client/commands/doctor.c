/* SPDX-License-Identifier: Apache-2.0 */
/* stafett doctor: one line for each thing that must be right, with the cure. */
#include <stdio.h>
#include <sys/stat.h>

#include <openssl/crypto.h>

#include "client/call.h"
#include "client/client.h"
#include "client/directory.h"
#include "client/memory.h"
#include "client/net/certificate.h"
#include "client/net/clock.h"
#include "client/outbox.h"
#include "client/screen/lines.h"
#include "client/screen/safe_text.h"
#include "client/screen/term.h"
#include "client/text.h"

enum { DOCTOR_TRY_S = 10, DOCTOR_WARN_DAYS = 14, DOCTOR_DAY_S = 86400 };

/* "ok  certificate  ..." or "!   certificate  ...". */
static void doctor_print(bool is_well, const char *what, const char *text)
{
	char first[64];

	snprintf(first, sizeof(first), "%-3s %-12s ", is_well ? "ok" : "!", what);
	lines_print(stdout, first, "                 ", text);
}

static void doctor_check_certificate(struct client *client)
{
	int64_t left_s = certificate_seconds_left(SSL_CTX_get0_certificate(client->tls));
	long long days = (long long)(left_s / DOCTOR_DAY_S);

	if (left_s < 0)
		doctor_print(false, _("certificate"),
			_("it has ended; ask your administrator for a new one"));
	else
		doctor_print(days >= DOCTOR_WARN_DAYS, _("certificate"),
			memory_printf(&client->arena,
				_n("%s, %lld day left", "%s, %lld days left", (unsigned long)days),
				client->member, days));
}

static void doctor_check_key(struct client *client)
{
	struct stat status;
	bool is_private = stat(client->profile->key, &status) == 0 && !(status.st_mode & 077);

	doctor_print(is_private, _("key"),
		is_private ? _("readable by you only")
			   : memory_printf(&client->arena,
				     _("others can read it; mend it with: chmod 600 %s"),
				     client->profile->key));
}

static void doctor_check_system(struct client *client)
{
	bool has_zone = calendar_zone_ok();

	doctor_print(has_zone, _("clock"),
		has_zone ? _("Europe/Stockholm")
			 : _("the time zones are missing; install the package tzdata"));
	doctor_print(true, _("program"),
		memory_printf(&client->arena, "stafett %s, %s", STAFETT_VERSION,
			OpenSSL_version(OPENSSL_VERSION)));
}

/* Connects once. The problem, if there is one, is what the command ends with. */
static int doctor_check_server(struct client *client)
{
	Stafett__V1__SearchRequest request = STAFETT__V1__SEARCH_REQUEST__INIT;
	const Stafett__V1__SearchResponse *response;
	int64_t begin_ns = clock_now_ns();
	int r;

	request.handle_prefix = (char *)client->profile->unit;
	if (client->timeout_ns > DOCTOR_TRY_S * CLOCK_NS_PER_S)
		client->timeout_ns = DOCTOR_TRY_S * CLOCK_NS_PER_S;
	r = call_message(client, METHOD_search, &request.base,
		&stafett__v1__search_response__descriptor, &response);
	if (client->channel)
		doctor_print(true, _("server"),
			memory_printf(&client->arena, _("%s answers in %lld ms, TLS 1.3 %s"),
				client->profile->server,
				(long long)((clock_now_ns() - begin_ns) / CLOCK_NS_PER_MS),
				channel_cipher(client->channel)));
	else
		doctor_print(false, _("server"), client->problem.sentence);
	if (r && client->channel)
		doctor_print(false, _("unit"), client->problem.sentence);
	return r;
}

static void doctor_check_unit(struct client *client)
{
	bool asked;
	const Stafett__V1__Unit *unit = directory_find(client, client->profile->unit, &asked);
	bool is_active = unit && strcmp(unit->status, "active") == 0;

	doctor_print(is_active, _("unit"),
		unit ? memory_printf(&client->arena, "%s, %s",
			       safe_line(&client->arena, unit->display_name),
			       safe_line(&client->arena, term_word(client, unit->status)))
		     : memory_printf(&client->arena, _("the directory has no '%s'"),
			       client->profile->unit));
}

static void doctor_check_outbox(struct client *client)
{
	char **files;
	size_t count = outbox_list(&client->arena, &files);

	doctor_print(!count, _("outbox"),
		count ? memory_printf(
				&client->arena, _("%zu waiting; deliver them with: stafett"), count)
		      : _("empty"));
}

int command_doctor(struct client *client, const struct arguments *arguments)
{
	int r = arguments_count(client, arguments, 0, 0, "");

	if (!r)
		r = client_open(client);
	if (r)
		return r;
	doctor_print(true, _("profile"),
		memory_printf(
			&client->arena, "%s, %s", client->profile->id, client->profile->unit));
	doctor_check_certificate(client);
	doctor_check_key(client);
	doctor_check_system(client);
	r = doctor_check_server(client);
	if (!r)
		doctor_check_unit(client);
	doctor_check_outbox(client);
	return r;
}
