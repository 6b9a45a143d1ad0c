/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was loaded of callers and recipients, kept for the batches that follow. The
 * database counts every change of its directory (stafett.directory), and a batch asks for
 * that number where it would have loaded the rest: what is kept is used only while it is
 * the number with which it was loaded. So nothing is believed longer than the row that it
 * came from stands; what also ends by time is kept with its times.
 *
 * Bounded: what comes to a place that is taken replaces what was there.
 */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include "domain/rules.h"

struct directory;

/* A member who acts for a unit, both known. The texts of one that is kept are its own;
 * else they are borrowed. */
struct directory_caller {
	struct bytes handle, urn; /* of the unit and the member: the key */
	struct bytes number;	  /* of the unit's organisation */
	struct uuid unit, member, organisation;
	enum sector sector;
	bool unit_open;
	mask_t roles;
	int64_t from_us, until_us; /* when it has these: from, and no more */
};

/* A unit to which something is sent. */
struct directory_recipient {
	struct bytes handle; /* the key */
	struct bytes hours, replaced_by;
	struct uuid unit, organisation;
	enum sector sector;
	bool is_open, has_on_call;
	mask_t kinds;
};

/* NULL: out of memory. */
struct directory *directory_new(void);
/* Accepts NULL; returns NULL. */
struct directory *directory_free(struct directory *directory);
/* Forgets all, and takes what is |version| from now on; what was kept with it stays. */
void directory_set_version(struct directory *directory, int64_t version);
/* The number with which all was loaded; 0: none yet. */
int64_t directory_version(const struct directory *directory);
void directory_forget(struct directory *directory);
/* Copies it. What finds no memory is not kept. */
void directory_keep_caller(struct directory *directory, const struct directory_caller *caller);
void directory_keep_recipient(
	struct directory *directory, const struct directory_recipient *recipient);
/* NULL: not kept. Valid until something is kept or forgotten. */
const struct directory_caller *directory_find_caller(
	const struct directory *directory, struct bytes handle, struct bytes urn);
const struct directory_recipient *directory_find_recipient(
	const struct directory *directory, struct bytes handle);

#endif
