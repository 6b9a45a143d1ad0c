# SPDX-License-Identifier: Apache-2.0
"""The log says who called what and how it ended, and nothing of the contents."""

import people
from caller import refusal_of, refused

CANARY = "KANARIE-19640823-3234"


def call_id(call):
    """The call's name in the log; an answer without a message has only trailers."""
    return dict((*call.initial_metadata(), *call.trailing_metadata()))["stafett-call"]


def test_every_call_has_a_line_with_its_id_member_and_status(stack, maria):
    mark = stack.process.mark()
    request = maria.send_request(people.BEROENDE)
    _, call = maria.call(maria.referrals.Send.with_call, request)
    line = stack.process.wait_line(f"call={call_id(call)}", after=mark)
    assert maria.member in line
    assert "/stafett.v1.ReferralService/Send" in line


def test_a_refusal_has_a_line_with_its_status(stack, maria):
    mark = stack.process.mark()
    call = maria.referrals.Send.future(
        maria.send_request(people.CLOSED), metadata=(("stafett-unit", maria.unit),), timeout=30)
    assert refusal_of(call.exception()).reason == "UNIT_CLOSED"
    line = stack.process.wait_line(f"call={call_id(call)}", after=mark)
    assert maria.member in line and "status=9" in line


def test_contents_references_and_text_never_reach_the_log(stack, maria, petra):
    mark = stack.process.mark()
    text = CANARY.encode()
    sent = maria.send(people.BEROENDE, card=text, body=text * 100, act={"reference": "KANARIE-REF"})
    petra.inbox()
    petra.get(sent.referral, contents=True)
    refused(maria.send, people.BEROENDE, card=text, body=text, act={"reference": CANARY})
    refused(maria.send, people.BEROENDE, card=text, suite=CANARY)
    refused(maria.get, "KANARIEKANARIE")
    petra.acknowledge(sent)
    petra.accept(sent, 2)
    stack.process.wait_line("ReferralService/Act", after=mark)
    database_log = "".join(path.read_text(errors="replace")
                           for path in (stack.folder / "state").rglob("postgresql*.log"))
    for log in (stack.process.log(), database_log):
        assert "KANARIE" not in log


def test_a_unit_that_is_no_handle_stays_out_of_the_log(stack, maria):
    """The metadata is the caller's own text; the line is whole without it."""
    mark = stack.process.mark()
    for unit in (CANARY, "K" * 8000):
        call = maria.referrals.Send.future(
            maria.send_request(people.BEROENDE), metadata=(("stafett-unit", unit),), timeout=30)
        assert refusal_of(call.exception()).reason == "UNIT_METADATA_MISSING"
        line = stack.process.wait_line(f"call={call_id(call)}", after=mark)
        assert unit not in line and "unit=-" in line and "status=3" in line and "peer=" in line


def test_no_peer_can_forge_a_line(stack, maria):
    mark = stack.process.mark()
    method = maria.channel.unary_unary('/stafett.v1.X"Y/level=error msg=forged')
    refused(maria.call, method, b"")
    maria.units()
    stack.process.wait_line("DirectoryService", after=mark)
    assert not any("forged" in line for line in stack.process.lines[mark:])


def test_every_line_is_logfmt(stack):
    for line in stack.process.log().splitlines():
        assert "level=" in line and "msg=" in line, line
