/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening hours as the directory has them: "Mon-Fri 8-16:30", "Mon-Thu 8-19, Fri
 * 8-16", "24 h".
 */
#ifndef DOMAIN_HOURS_H
#define DOMAIN_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "stafett/base.h"

/* Whether |text| can be read whole, and each part of it is ever open. */
bool hours_are_hours(struct bytes text);
/* Whether somebody is there at |us|, at Stockholm. A text that cannot be read, and
 * none, means that nobody is. A public holiday or its eve from Monday to Friday has the
 * hours of a Sunday. */
bool hours_are_open(struct bytes text, int64_t us);

#endif
