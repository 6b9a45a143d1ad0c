/* SPDX-License-Identifier: Apache-2.0 */
#include "store/machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "domain/uuid.h"

static void machine_make_up(char out[MACHINE_BOOT_LEN + 1])
{
	uint8_t random[10] = {0};
	struct uuid id;

	(void)!getrandom(random, sizeof(random), 0);
	id = uuid_make(0, random);
	uuid_format(&id, out);
}

void machine_boot(char out[MACHINE_BOOT_LEN + 1])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	size_t n = file ? fread(out, 1, MACHINE_BOOT_LEN, file) : 0;

	if (file)
		fclose(file);
	if (n == MACHINE_BOOT_LEN)
		out[n] = '\0';
	else
		machine_make_up(out);
}

int64_t machine_up_us(void)
{
	struct timespec up;

	clock_gettime(CLOCK_BOOTTIME, &up);
	return (int64_t)up.tv_sec * 1000000 + up.tv_nsec / 1000;
}
