/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits as constants: CAP_MESSAGE_BYTES and so on. The values, their units
 * and their reasons stand in tbl/caps.def, and nowhere else.
 */
#ifndef STAFETT_CAPS_H
#define STAFETT_CAPS_H

#define CAP(name, value, unit, reason) CAP_##name = (value),
enum stafett_cap {
#include "stafett/tbl/caps.def"
};
#undef CAP

#endif
