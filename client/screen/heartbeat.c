/* SPDX-License-Identifier: Apache-2.0 */
/* The server's times are compared with each other, never with our own clock. */
#include "client/screen/heartbeat.h"

#include "client/screen/format.h"
#include "client/screen/lines.h"
#include "client/screen/output.h"
#include "client/text.h"

enum { HEARTBEAT_SILENT_S = 120 };

static int64_t heartbeat_age_s(const Stafett__V1__Heartbeat *heartbeat)
{
	return heartbeat->read_time->seconds - heartbeat->clerk_time->seconds;
}

bool heartbeat_is_silent(const Stafett__V1__Heartbeat *heartbeat)
{
	if (!heartbeat || !heartbeat->read_time)
		return false;
	return !heartbeat->clerk_time || heartbeat_age_s(heartbeat) > HEARTBEAT_SILENT_S;
}

void heartbeat_take_time(struct client *client, const Stafett__V1__Heartbeat *heartbeat)
{
	if (!heartbeat || !heartbeat->read_time)
		return;
	client->now_us = format_us(heartbeat->read_time);
	client->today = calendar_date_of(client->now_us);
}

void heartbeat_print(struct client *client, const Stafett__V1__Heartbeat *heartbeat)
{
	if (client->is_plain || !heartbeat_is_silent(heartbeat))
		return;
	client_word(client, "span",
		heartbeat->clerk_time ? format_span(&client->arena, heartbeat_age_s(heartbeat))
				      : "");
	lines_begin_alarm(stdout);
	output_say(client, "! ",
		_("The server's alarms are silent[ for {span}]: nobody is told just now what is "
		  "late. Look for yourself, and tell your administrator."));
	lines_end_alarm(stdout);
	output_next(client, "list --overdue");
}
