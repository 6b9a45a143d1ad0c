# SPDX-License-Identifier: Apache-2.0
"""The page of metrics: what it says after traffic that is known."""

import re
import stat

import metrics
import people
from caller import refused, uuid7
from stack import Stack

DAEMON = {"workers": 2}


def grown(before, after):
    """What has been counted in between. Hints go on their own, when there is time, and
    time itself goes on."""
    return {name: after[name] - number for name, number in before.items()
            if after[name] != number and "notify_hints" not in name and "_age_" not in name}


def test_known_traffic_is_counted_exactly(stack):
    maria, ines = stack.caller("maria"), stack.caller("ines")
    maria.units()
    ines.units()
    before = metrics.read(stack)
    sent = maria.send(people.BEROENDE)
    maria.resend(sent.request)
    ines.acknowledge(sent)
    refused(ines.send, people.LUND)
    refused(maria.get, str(uuid7()))
    assert grown(before, metrics.read(stack)) == {
        'stafett_calls_total{code="OK"}': 3,
        'stafett_calls_total{code="PERMISSION_DENIED"}': 1,
        'stafett_calls_total{code="NOT_FOUND"}': 1,
        "stafett_operations_total": 4,
        "stafett_batches_total": 4,
    }


def test_gauges_say_what_is_now(stack):
    now = metrics.read(stack)
    assert now["stafett_workers"] == now["stafett_database_ready"] == 2
    caller = stack.caller("omar")
    caller.units()
    more = metrics.read(stack)
    assert more["stafett_connections_open"] == now["stafett_connections_open"] + 1
    assert grown(now, more)['stafett_connections_total{result="accepted"}'] == 1
    caller.close()
    while metrics.read(stack)["stafett_connections_open"] > now["stafett_connections_open"]:
        pass


def test_what_a_worker_has_counted_outlives_it(stack):
    stack.caller("maria").units()
    before = metrics.read(stack)
    stack.kill_worker()
    after = metrics.read(stack)
    assert after["stafett_worker_ends_total"] == before["stafett_worker_ends_total"] + 1
    assert all(after[name] >= number for name, number in before.items() if "_total" in name)
    assert after["stafett_workers"] == 2


def test_the_page_is_what_a_collector_expects(stack):
    status, head, page = metrics.read_page(stack)
    assert status == 200 and "Content-Type: text/plain; version=0.0.4" in head
    families = re.findall(r"^# TYPE (\w+) (counter|gauge)$", page, re.M)
    assert len(families) == len(set(families)) > 15
    assert re.findall(r"^# HELP (\w+) ", page, re.M) == [name for name, _ in families]
    for line in page.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{\w+="\w+"\})? \d+', line), line
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in families)


def test_nothing_else_is_to_be_had_there(stack):
    assert metrics.read_page(stack, "/")[0] == 404
    assert metrics.read_page(stack, "/metrics", "POST")[0] in (404, 405, 501)


def test_only_the_daemons_user_and_group_may_ask(stack):
    mode = (stack.folder / "state" / "metrics").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660


def test_it_can_be_elsewhere_or_nowhere(build, work):
    stack = Stack(build, work / "mn", metrics_socket="").start()
    stack.stop()
    assert not (stack.folder / "state" / "metrics").exists()
