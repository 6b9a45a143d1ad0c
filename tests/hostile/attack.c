/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks a server that speaks HTTP/2 over mutual TLS, for some time:
 *
 *     attack --list
 *     attack NAME PORT CERTIFICATE KEY UNIT MILLISECONDS ADDRESS
 *
 * It comes from ADDRESS, one of this machine. A connection that the server ends
 * is replaced by a new one at once. Prints what came of it as one line of JSON.
 * Whether that is well is for the test to say.
 */
#include "attack.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ATTACK_WAIT_MS = 20, ATTACK_NS_PER_MS = 1000000 };

int64_t attack_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static const struct attack *const attack_tables[] = {attack_floods, attack_calls, attack_crowds};

static const struct attack *attack_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(attack_tables); i++)
		for (const struct attack *a = attack_tables[i]; a->name; a++)
			if (strcmp(a->name, name) == 0)
				return a;
	return NULL;
}

static int attack_list(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(attack_tables); i++)
		for (const struct attack *a = attack_tables[i]; a->name; a++)
			puts(a->name);
	return 0;
}

static void attack_note(const struct line *line, struct tally *tally)
{
	char later_text[LINE_TEXT_BYTES];
	uint32_t later;

	tally->streams += line->opened;
	tally->answers += line->ended - line->resets;
	tally->resets += line->resets;
	tally->frames += line->frames;
	/* The first word counts: who comes back too often is told something else. */
	if (line_is_dismissed(line, tally->dismissed ? &later : &tally->code,
		    tally->dismissed ? later_text : tally->text))
		tally->dismissed++;
	else if (line->closed)
		tally->closed++;
	else
		tally->held++;
}

/* Says what the attack says until the server has had enough. */
static void attack_talk(struct line *line, const struct attack *attack, const struct target *target,
	int64_t until_ns)
{
	char text[LINE_TEXT_BYTES];
	uint32_t code;

	if (attack->begin)
		attack->begin(line, target);
	else
		line_greet(line, INT32_MAX);
	while (attack_now_ns() < until_ns) {
		if (attack->fill && !line_is_dismissed(line, &code, text))
			attack->fill(line, target);
		if (!line_step(line, attack->deaf, ATTACK_WAIT_MS))
			return;
	}
}

/* One connection after the other. */
static void attack_run(const struct attack *attack, const struct target *target, int64_t until_ns,
	struct tally *tally)
{
	static struct line line;

	while (attack_now_ns() < until_ns) {
		tally->connections++;
		if (line_open(&line, target) < 0) {
			tally->refused++;
			continue;
		}
		attack_talk(&line, attack, target, until_ns);
		attack_note(&line, tally);
		line_close(&line);
	}
}

static SSL_CTX *attack_tls(const char *certificate, const char *key)
{
	static const unsigned char h2[] = {2, 'h', '2'};
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (!tls || SSL_CTX_use_certificate_file(tls, certificate, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_set_alpn_protos(tls, h2, sizeof(h2)) != 0) {
		SSL_CTX_free(tls);
		return NULL;
	}
	SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return tls;
}

static void attack_print(const struct tally *t)
{
	printf("{\"connections\": %u, \"dismissed\": %u, \"closed\": %u, \"refused\": %u, "
	       "\"held\": %u, \"streams\": %u, \"answers\": %u, \"resets\": %u, "
	       "\"frames\": %" PRIu64 ", \"code\": %u, \"text\": \"%s\"}\n",
		t->connections, t->dismissed, t->closed, t->refused, t->held, t->streams,
		t->answers, t->resets, t->frames, t->code, t->text);
}

int main(int argc, char **argv)
{
	const struct attack *attack = argc == 8 ? attack_find(argv[1]) : NULL;
	struct tally tally = {0};
	struct target target;
	int64_t until_ns;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return attack_list();
	if (!attack)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	target = (struct target){
		.port = atoi(argv[2]), .tls = attack_tls(argv[3], argv[4]), .unit = argv[5]};
	if (!target.tls || inet_pton(AF_INET, argv[7], &target.from) != 1)
		return 1;
	until_ns = attack_now_ns() + atol(argv[6]) * ATTACK_NS_PER_MS;
	if (attack->run)
		attack->run(&target, until_ns, &tally);
	else
		attack_run(attack, &target, until_ns, &tally);
	attack_print(&tally);
	SSL_CTX_free(target.tls);
	return 0;
}
