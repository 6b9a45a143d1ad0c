# SPDX-License-Identifier: Apache-2.0
"""What a daemon's worker holds, as the kernel counts it."""

import os

# Of a daemon under AddressSanitizer: what it frees is given back, so that what it holds
# can be measured.
GIVEN_BACK = {"ASAN_OPTIONS": f"{os.environ.get('ASAN_OPTIONS', '')}"
                              ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}


def _memory_kb(pid, what):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what))


def _forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def grown_kb(stack, work):
    """By how much its worker's memory grew at its peak while |work| ran."""
    pid = stack.workers()[0]
    _forget_peak(pid)
    before = _memory_kb(pid, "VmRSS")
    work()
    return _memory_kb(pid, "VmHWM") - before
