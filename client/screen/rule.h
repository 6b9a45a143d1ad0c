/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule of deadlines says, in words: for those who ask why, and who read the rules. */
#ifndef CLIENT_SCREEN_RULE_H
#define CLIENT_SCREEN_RULE_H

#include "client/client.h"

/* "  rule     HELP-1-MONTH v1": nothing where there is no text. */
void rule_print_fact(struct client *client, const char *label, const char *text);
/* What is due, in two or three words: "answer a question". */
const char *rule_what(const char *deadline);
/* How it is counted, as a sentence. */
const char *rule_how(struct client *client, const char *unit, int amount, const char *cut_off);
/* The same in two or three words: "1 working day". */
const char *rule_brief(struct client *client, const char *unit, int amount, const char *cut_off);
/* Who is told when: "due:actor+requester due+3:managers" as "when it is due: ...". */
const char *rule_told(struct client *client, const char *steps);

/* Where a rule comes from, in words; an operator's rows have their own. */
const char *rule_source(const char *source);

#endif
