/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices: that there are alarms, told to a unit outside the program. They carry
 * codes and how many they are, and nothing about any person.
 *
 * A notice is taken to be tried for longer than a try may last; who dies with it in
 * hand has lost nothing, and its id is the same at the next try. So each is told at
 * least once, and whoever is told twice can see it.
 */
#ifndef STORE_NOTICES_H
#define STORE_NOTICES_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "db/array.h"
#include "domain/uuid.h"

struct notice {
	struct uuid id;
	bool by_mail;	    /* else by one of the operator's commands */
	const char *unit;   /* its handle */
	const char *target; /* an address, or the name of a command */
	const char *codes;  /* of referrals, the first few, with blanks between */
	int count;	    /* of all */
};

enum { NOTICE_ADDRESS_MAX = 254, NOTICE_HOOK_MAX = 64 };

/* Whether |text| is an address that no program can take for anything else: the usual
 * letters, one @, and neither an option nor a second line. */
bool notice_is_address(const char *text);
/* Whether |text| is the plain name of a command: a-z, 0-9 and hyphens. */
bool notice_is_hook(const char *text);
/* Puts the units of |rows| (duty.notice_units) that may be told now into |units|; false
 * where there is none. */
bool notices_choose(const PGresult *rows, struct db_array *units) WARN_UNUSED;
/* Reads a row of duty.claim_notices, whose texts |ret_notice| borrows; false for one
 * that has been tried for too long. */
bool notices_read(const PGresult *rows, int row, struct notice *ret_notice) WARN_UNUSED;

#endif
