/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of api.listed_rules as messages, in the arena of the call. */
#ifndef STORE_PRESENT_RULE_H
#define STORE_PRESENT_RULE_H

#include "base/arena.h"
#include "db/row.h"
#include "stafett/v1/admin_service.pb-c.h"

/* NULL over the arena's cap. */
Stafett__V1__Rule *present_rule(struct arena *a, const struct db_row *row);

#endif
