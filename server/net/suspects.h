/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has cost this worker something for nothing, and comes back for more. To end
 * a connection stops an attack, but not an attacker who holds a certificate: each
 * new connection of its costs a millisecond of TLS.
 *
 * An address is known before TLS. One from which there was more waste than
 * CAP_WASTE gets few handshakes a second; more of them if members came from there
 * within the hour, since a whole office, or a balancer's town, may be behind it, and
 * more while the worker has nothing better to do. A member is known after TLS. One whose
 * connections were ended for abuse more often than CAP_ABUSES is shut out for a while, twice as
 * long each time.
 *
 * Pure arithmetic; the caller brings the time (monotonic nanoseconds). Of fixed
 * size: where there is no place, the least of some others is forgotten. All is
 * forgiven in time.
 */
#ifndef NET_SUSPECTS_H
#define NET_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "stafett/base.h"

struct suspects;

/* NULL when out of memory. */
struct suspects *suspects_new(void);
/* Accepts NULL; returns NULL. */
struct suspects *suspects_free(struct suspects *suspects);

/* The address as far as its owner cannot choose it: all of IPv4, 64 bits of IPv6. */
uint64_t suspects_source(const struct sockaddr_storage *addr);

/* A connection from |source| came to nothing. */
void suspects_note_waste(struct suspects *suspects, uint64_t source, int64_t now_ns);
/* A connection of |member| from |source| was ended for abuse. */
void suspects_note_abuse(
	struct suspects *suspects, uint64_t source, const char *member, int64_t now_ns);
/* A member of ours came from |source|: for an hour it is a home, unless there is abuse. */
void suspects_note_member(struct suspects *suspects, uint64_t source, int64_t now_ns);
/* How long the next handshake of |source| has to wait; 0: it begins, and its turn is
 * taken. When it |is_calm|, which is to say that no other's handshake waits, there are
 * turns to spare besides the address's own. */
int64_t suspects_wait_ns(struct suspects *suspects, uint64_t source, bool is_calm, int64_t now_ns);
bool suspects_is_shut_out(struct suspects *suspects, const char *member, int64_t now_ns);

#endif
