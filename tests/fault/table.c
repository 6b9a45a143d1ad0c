/* SPDX-License-Identifier: Apache-2.0 */
/* One mutex for everything: callers wait for a daemon, not for each other. */
#include "table.h"

#include <pthread.h>
#include <stdlib.h>

enum { TABLE_REFERRALS = 16, TABLE_TRIES = 24, TABLE_PER_CENT = 100 };

struct table_referral {
	struct known known;
	int from, to;
	enum state state;
	bool is_busy;
};

struct table_chain {
	bool is_open;	  /* its first send was answered */
	int users;	  /* tasks under way in it */
	unsigned parties; /* a bit an actor */
	struct uuid id;
	int n;
	struct table_referral referrals[TABLE_REFERRALS];
};

struct table {
	struct table_params params;
	pthread_mutex_t lock;
	int n; /* chains, open or being opened */
	struct table_chain *chains;
};

struct table *table_new(const struct table_params *params)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		abort();
	table->params = *params;
	table->chains = calloc((size_t)params->chains, sizeof(*table->chains));
	if (!table->chains || pthread_mutex_init(&table->lock, NULL) != 0)
		abort();
	return table;
}

struct table *table_free(struct table *table)
{
	pthread_mutex_destroy(&table->lock);
	free(table->chains);
	free(table);
	return NULL;
}

/* Draws a number below |n| from |chance|, which goes on. */
static int table_draw(uint64_t *chance, int n)
{
	*chance ^= *chance << 13;
	*chance ^= *chance >> 7;
	*chance ^= *chance << 17;
	return (int)(*chance % (uint64_t)n);
}

/* What the weights say, once there are enough chains. */
static enum task_kind table_draw_kind(uint64_t *chance)
{
	static const struct {
		enum task_kind kind;
		int share;
	} kinds[] = {
		{TASK_ADD, 22},
		{TASK_ACKNOWLEDGE, 26},
		{TASK_ACCEPT, 16},
		{TASK_AGAIN, 8},
		{TASK_GET, 8},
		{TASK_PEEK, 5},
		{TASK_LIST, 7},
		{TASK_INBOX, 8},
	};
	int share = table_draw(chance, TABLE_PER_CENT);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		share -= kinds[i].share;
		if (share < 0)
			return kinds[i].kind;
	}
	abort();
}

/* --- what fits ------------------------------------------------------------------------- */

static bool table_fits(const struct table_referral *r, enum task_kind kind, int actor)
{
	bool is_party = r->from == actor || r->to == actor;

	switch (kind) {
	case TASK_ACKNOWLEDGE:
		return !r->is_busy && r->to == actor && r->state == STATE_REQUESTED;
	case TASK_ACCEPT:
		return !r->is_busy && r->to == actor && r->state != STATE_ACCEPTED;
	case TASK_GET:
		return is_party;
	case TASK_PEEK:
		return !is_party;
	case TASK_OPEN:
	case TASK_ADD:
	case TASK_AGAIN:
	case TASK_LIST:
	case TASK_INBOX:
		break;
	}
	return false;
}

static bool table_claim_referral(
	struct table *table, int place, int actor, uint64_t *chance, struct task *task)
{
	struct table_chain *chain = &table->chains[place];
	int first = chain->n ? table_draw(chance, chain->n) : 0;

	for (int i = 0; i < chain->n; i++) {
		int n = (first + i) % chain->n;
		struct table_referral *r = &chain->referrals[n];

		if (!table_fits(r, task->kind, actor))
			continue;
		if (task->kind == TASK_ACKNOWLEDGE || task->kind == TASK_ACCEPT)
			r->is_busy = true;
		task->chain = place;
		task->referral = n;
		task->known = r->known;
		chain->users++;
		return true;
	}
	return false;
}

static bool table_claim_chain(
	struct table *table, int place, int actor, uint64_t *chance, struct task *task)
{
	struct table_chain *chain = &table->chains[place];

	if (!chain->is_open)
		return false;
	if (task->kind != TASK_ADD)
		return table_claim_referral(table, place, actor, chance, task);
	if (!(chain->parties & 1U << actor))
		return false;
	task->chain = place;
	task->known.chain = chain->id;
	chain->users++;
	return true;
}

/* Finds what |task| is to be about, if it is about anything. */
static bool table_claim(struct table *table, int actor, uint64_t *chance, struct task *task)
{
	if (task->kind == TASK_AGAIN || task->kind == TASK_LIST || task->kind == TASK_INBOX)
		return true;
	for (int i = 0; table->n && i < TABLE_TRIES; i++) {
		bool hot = table_draw(chance, TABLE_PER_CENT) < table->params.hot;
		int place = hot ? 0 : table_draw(chance, table->n);

		if (table_claim_chain(table, place, actor, chance, task))
			return true;
	}
	return false;
}

/* A place for a new chain: a free one, or that of one that nobody uses. */
static bool table_claim_place(struct table *table, uint64_t *chance, struct task *task)
{
	for (int i = 0; i < TABLE_TRIES; i++) {
		bool free_place = table->n < table->params.chains;
		int place = free_place ? table->n++ : table_draw(chance, table->n);
		struct table_chain *chain = &table->chains[place];

		if (!free_place && (!chain->is_open || chain->users > 0))
			continue;
		*chain = (struct table_chain){.users = 1};
		task->chain = place;
		return true;
	}
	return false;
}

/* --- the public side ---------------------------------------------------------------------- */

struct task table_take(struct table *table, int actor, uint64_t chance)
{
	const struct table_params *params = &table->params;
	struct task task = {.chain = -1, .referral = -1};
	bool done;

	chance |= 1; /* a generator that may not begin with zero */
	task.to = (actor + 1 + table_draw(&chance, params->actors - 1)) % params->actors;
	pthread_mutex_lock(&table->lock);
	if (table->n < params->chains || table_draw(&chance, TABLE_PER_CENT) < params->fresh) {
		task.kind = TASK_OPEN;
		done = table_claim_place(table, &chance, &task);
	} else {
		task.kind = table_draw_kind(&chance);
		done = table_claim(table, actor, &chance, &task);
		if (!done) {
			task.kind = TASK_ADD;
			done = table_claim(table, actor, &chance, &task);
		}
	}
	pthread_mutex_unlock(&table->lock);
	if (!done) {
		task.kind = TASK_LIST;
		task.chain = -1;
	}
	return task;
}

/* Keeps a referral that was sent; one that nobody works on makes room. */
static void table_keep(struct table_chain *chain, const struct table_referral *referral)
{
	int place = chain->n;

	for (int i = 0; place == TABLE_REFERRALS && i < TABLE_REFERRALS; i++)
		if (chain->referrals[i].state == STATE_ACCEPTED && !chain->referrals[i].is_busy)
			place = i;
	for (int i = 0; place == TABLE_REFERRALS && i < TABLE_REFERRALS; i++)
		if (!chain->referrals[i].is_busy)
			place = i;
	if (place == TABLE_REFERRALS)
		return;
	chain->n += place == chain->n;
	chain->referrals[place] = *referral;
}

static void table_note(struct table_chain *chain, int actor, const struct task *task,
	const struct request *request)
{
	struct table_referral *r = task->referral >= 0 ? &chain->referrals[task->referral] : NULL;

	if (task->kind == TASK_OPEN || task->kind == TASK_ADD) {
		chain->id = request->known.chain;
		chain->is_open = true;
		chain->parties |= 1U << actor | 1U << task->to;
		table_keep(chain, &(struct table_referral){.known = request->known,
					  .from = actor,
					  .to = task->to,
					  .state = STATE_REQUESTED});
	} else if (r && (task->kind == TASK_ACKNOWLEDGE || task->kind == TASK_ACCEPT)) {
		r->known.version++;
		r->state = task->kind == TASK_ACCEPT ? STATE_ACCEPTED : STATE_RECEIVED;
	}
}

void table_settle(
	struct table *table, int actor, const struct task *task, const struct request *request)
{
	struct table_chain *chain = task->chain >= 0 ? &table->chains[task->chain] : NULL;

	if (!chain)
		return;
	pthread_mutex_lock(&table->lock);
	if (request)
		table_note(chain, actor, task, request);
	if (task->kind == TASK_ACKNOWLEDGE || task->kind == TASK_ACCEPT)
		chain->referrals[task->referral].is_busy = false;
	chain->users--;
	pthread_mutex_unlock(&table->lock);
}
