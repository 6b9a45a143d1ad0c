/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a directory of organisations, their units and members from a JSON file
 * into the database, by the administrator. What the file names is made or
 * brought up to date; what it does not name stays as it is, and so does a role
 * that was ended. Nothing is written where anything in the file is wrong.
 *
 *   {"organizations": [{
 *      "number": "2120001132", "slug": "lund", "name": "Lunds kommun",
 *      "kind": "municipality",
 *      "units": [{"handle": "lund/vuxen", "display_name": "Lund Vuxen",
 *         "service_area": ["1281"], "needs": ["alcohol"], "kinds": ["aftercare"],
 *         "age_min": 18, "age_max": 0, "opening_hours": "Mon-Fri 8-16",
 *         "phone": "...", "on_call_phone": "...", "hsa_id": "SE2120001132-E1",
 *         "status": "closed", "replaced_by": "lund/oppenvard"}],
 *      "members": [{"id": "maria.nilsson", "display_name": "Maria Nilsson",
 *         "roles": {"lund/vuxen": ["caseworker", "manager"]}}]}]}
 */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include "stafett/base.h"

/* How many of each the file named. */
struct import_counts {
	int organizations, units, members, roles;
};

/* Blocks: for a process of its own. On failure |ret_error| is one line that says
 * where in the file, freed by the caller with free. */
int import_directory(const char *conninfo, const char *file, struct import_counts *ret_counts,
	char **ret_error) WARN_UNUSED;

#endif
