/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's own time, which nobody sets: how long it has been up since this boot,
 * asleep or awake. Against it a clock that was set is found out.
 */
#ifndef STORE_MACHINE_H
#define STORE_MACHINE_H

#include <stdint.h>

enum { MACHINE_BOOT_LEN = 36 };

/* The name of this boot. Where the kernel does not tell, one of this call: then only
 * what a process has seen itself can be compared. */
void machine_boot(char out[MACHINE_BOOT_LEN + 1]);
/* Microseconds since the boot. */
int64_t machine_up_us(void);

#endif
