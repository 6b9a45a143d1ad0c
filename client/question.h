/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The questions of `stafett send` (stafett/tbl/questions.def) and their answers,
 * which become a referral file in memory. Every answer is checked by the reader of
 * referral files itself (draft.h), so both ways take the same.
 */
#ifndef CLIENT_QUESTION_H
#define CLIENT_QUESTION_H

#include "client/client.h"
#include "client/draft.h"
#include "client/secret.h"
#include "domain/codes.h"

#define QUESTION(id, ...) QUESTION_##id,
enum question_id {
#include "stafett/tbl/questions.def"
	QUESTION_COUNT,
};

enum question_type {
	QUESTION_IS_TEXT,
	QUESTION_IS_CODE,
	QUESTION_IS_NEEDS,
	QUESTION_IS_SWITCH,
	QUESTION_IS_NUMBER,
	QUESTION_IS_LANGUAGE,
	QUESTION_IS_BODY,
};

struct question {
	const char *path;
	enum question_type type;
	enum codes_list list;
	bool (*is_asked)(const struct secret *answers);
	const char *fallback, *filler;
	const char *label, *explanation; /* not translated yet */
};

/* As a referral file has them: "alcohol,housing", "true"; empty: no answer. */
struct answers {
	struct secret list[QUESTION_COUNT];
	/* It is only what was said before: asked about, with that in brackets. */
	bool is_offered[QUESTION_COUNT];
	const char *unit; /* that the rejecter named, offered as the one to ask; or NULL */
	bool is_revoked;  /* the person took the consent back, so none is offered */
};

const struct question *question_get(enum question_id id);
/* The question of a field, QUESTION_COUNT of one that no question is about. */
enum question_id question_of_path(const char *path);
/* Whether it is asked, by the answers before it. */
bool question_is_asked(enum question_id id, const struct answers *answers);
/* Takes what was typed, which may be empty. 0, or an exit code with the problem
 * described; then the answer is as before. |ret_draft| is what came of it alone. */
int question_take(struct client *client, enum question_id id, const char *typed,
	struct answers *answers, struct draft *ret_draft) WARN_UNUSED;
/* Reads an answer that is there; likewise. */
int question_read(struct client *client, enum question_id id, const struct answers *answers,
	struct draft *ret_draft) WARN_UNUSED;
/* All answers as a referral file. */
void question_write(const struct answers *answers, struct secret *ret_json);
/* The basis of a kind that has one of its own, and no other; NULL where the kind has not. */
const char *question_basis(const struct answers *answers);
/* Wipes them. */
void question_end(struct answers *answers);

#endif
