/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the candidate with the fewest edits: see the header. */
#include "client/nearest.h"

#include <stdint.h>

#include "base/suggest.h"

void nearest_begin(struct nearest *nearest, const char *typed)
{
	*nearest = (struct nearest){.typed = typed, .edits = SIZE_MAX};
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	size_t edits = candidate ? suggest_distance(nearest->typed, candidate) : SIZE_MAX;

	if (edits >= nearest->edits)
		return;
	nearest->best = candidate;
	nearest->edits = edits;
}
