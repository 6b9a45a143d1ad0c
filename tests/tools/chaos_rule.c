/* SPDX-License-Identifier: Apache-2.0 */
/* When the chaos proxy strikes: see the header. No sockets here. */
#include "chaos_rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct chaos_action_name {
	const char *name;
	enum chaos_action action;
} chaos_action_names[] = {
	{"cut-before", CHAOS_CUT_BEFORE},
	{"cut-after", CHAOS_CUT_AFTER},
	{"hold", CHAOS_HOLD},
	{"rollback", CHAOS_ROLLBACK},
};

static int chaos_read_action(const char *word, enum chaos_action *ret_action)
{
	for (size_t i = 0; i < ARRAY_SIZE(chaos_action_names); i++) {
		if (strcmp(word, chaos_action_names[i].name) == 0) {
			*ret_action = chaos_action_names[i].action;
			return 0;
		}
	}
	return -EINVAL;
}

int chaos_rule_parse(const char *words, struct chaos_rule *ret_rule)
{
	struct chaos_rule rule = {.action = CHAOS_PASS};
	char side[CHAOS_WORD_MAX], point[CHAOS_WORD_MAX], action[CHAOS_WORD_MAX];
	int n = 0;

	if (sscanf(words, "%63s %63s %63s %63s %n", side, point, rule.from, action, &n) != 4 || !n)
		return -EINVAL;
	snprintf(rule.application, sizeof(rule.application), "%s", words + n);
	rule.side = strcmp(side, "front") == 0 ? CHAOS_FRONT : CHAOS_BACK;
	if (rule.side == CHAOS_BACK && strcmp(side, "back") != 0)
		return -EINVAL;
	rule.point = strtoul(point, NULL, 10);
	snprintf(rule.tag, sizeof(rule.tag), "%s", point);
	*ret_rule = rule;
	return chaos_read_action(action, &ret_rule->action);
}

/* Bytes up to the NUL that ends them; |rest| goes on behind it. */
static struct bytes chaos_take_string(struct bytes *rest)
{
	const uint8_t *end = rest->len ? memchr(rest->data, '\0', rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : 0;
	struct bytes string = bytes_of(rest->data, len);

	*rest = end ? bytes_of(end + 1, rest->len - len - 1) : bytes_of(NULL, 0);
	return string;
}

struct bytes chaos_bind_statement(const struct chaos_message *message)
{
	struct bytes rest = message->body;

	if (message->side != CHAOS_FRONT || message->type != 'B')
		return bytes_of(NULL, 0);
	(void)chaos_take_string(&rest); /* the portal */
	return chaos_take_string(&rest);
}

/* Whether the count begins with this message. */
static bool chaos_rule_begins(const struct chaos_rule *rule, const struct chaos_message *message)
{
	if (strcmp(rule->from, "-") == 0)
		return message->side == rule->side;
	return bytes_equal(chaos_bind_statement(message), bytes_of_string(rule->from));
}

static bool chaos_rule_is_there(const struct chaos_rule *rule, const struct chaos_message *message)
{
	struct bytes rest = message->body;

	if (rule->point)
		return rule->seen == rule->point;
	return message->type == 'C' &&
	       bytes_equal(chaos_take_string(&rest), bytes_of_string(rule->tag));
}

enum chaos_action chaos_rule_meet(struct chaos_rule *rule, const void *session,
	const char *application, const struct chaos_message *message)
{
	if (!rule->session) {
		if (strncmp(application, rule->application, strlen(rule->application)) != 0 ||
			!chaos_rule_begins(rule, message))
			return CHAOS_PASS;
		rule->session = session;
		rule->seen = 0;
	}
	if (rule->session != session || rule->side != message->side)
		return CHAOS_PASS;
	rule->seen++;
	return chaos_rule_is_there(rule, message) ? rule->action : CHAOS_PASS;
}

size_t chaos_rule_room(
	struct chaos_rule *rule, const void *session, enum chaos_side side, size_t len)
{
	if (!rule->session && rule->side == side)
		rule->session = session;
	if (rule->session != session || rule->side != side)
		return len;
	if (len > rule->point - rule->seen)
		len = rule->point - rule->seen;
	rule->seen += len;
	return len;
}
