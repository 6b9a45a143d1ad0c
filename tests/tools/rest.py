# SPDX-License-Identifier: Apache-2.0
"""Servers at rest, before what they cost is measured: no event tells that nothing is
being done any more, so what they spend in a short interval is what is looked at."""

import threading

LIMIT_S, SHARE = 30, 0.1   # of one core: less is rest


def wait_at_rest(spent_us, window_s, is_clear=lambda: True):
    """False if they never are. |spent_us| tells what they have spent so far; |is_clear|
    whether what was there before has gone."""
    nobody = threading.Event()
    for _ in range(int(LIMIT_S / window_s)):
        before = spent_us()
        nobody.wait(window_s)
        if spent_us() - before < window_s * SHARE * 1e6 and is_clear():
            return True
    return False
