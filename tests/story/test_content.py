# SPDX-License-Identifier: Apache-2.0
"""What is sent is what arrives, byte for byte."""

import hashlib
import os

import people
import pytest
from caller import Sent

SWEDISH = ("Åsa Öberg från Ängelholm söker hjälp: återfall i våras, sömnlös, vill börja om. "
           "Försörjning: ordnad. ”Jag orkar inte själv längre” – så sade hon. 👩‍👧 é e\u0301 \u202e").encode()
INLINE_LIMIT, CARD_LIMIT = 65536, 4096


def arrived(caller, sent):
    """The one content of a referral, as its recipient reads it."""
    content, = caller.get(sent.referral, contents=True).contents
    return content


@pytest.mark.parametrize("bundle", ["booking-request.json", "referral-validation-request.json"])
def test_a_bars_bundle_comes_back_byte_identical(maria, petra, bars, bundle):
    sent = maria.send(people.BEROENDE, body=bars[bundle])
    content = arrived(petra, sent)
    assert content.body.data == bars[bundle]
    assert content.content_hash == sent.content_hash


def test_swedish_text_comes_back_byte_identical(maria, petra):
    sent = maria.send(people.BEROENDE, card=SWEDISH, body=SWEDISH)
    content = arrived(petra, sent)
    assert content.card.data == SWEDISH
    assert content.body.data == SWEDISH


def test_both_bundles_and_swedish_text_travel_in_one_chain(maria, petra, bars):
    """Three messages of one person's chain, each with other content."""
    bodies = [*bars.values(), SWEDISH]
    first = maria.send(people.BEROENDE, body=bodies[0])
    sent = [first] + [maria.send(people.BEROENDE, body=body, chain=first.chain)
                      for body in bodies[1:]]
    assert [arrived(petra, each).body.data for each in sent] == bodies
    assert {each.chain for each in sent} == {first.chain}


def test_the_header_comes_back_as_the_very_bytes_that_were_sent(maria, petra):
    """Fields in an order that no library packs: whoever packs them again is found out."""
    request = maria.send_request(people.BEROENDE)
    header = maria.header().FromString(request.header)
    late = maria.header().FromString(b"")
    late.id = header.id
    rest = header
    identifier = late.SerializeToString()
    rest.ClearField("id")
    request.header = rest.SerializeToString() + identifier
    sent = Sent(request, maria.resend(request))
    content = arrived(petra, sent)
    assert content.header == request.header
    assert content.content_hash == hashlib.sha256(
        request.header + hashlib.sha256(b"card").digest() + hashlib.sha256(b"body").digest()).digest()


def test_parts_may_be_as_large_as_their_limits(maria, petra):
    card, body = os.urandom(CARD_LIMIT), os.urandom(INLINE_LIMIT)
    sent = maria.send(people.BEROENDE, card=card, body=body)
    content = arrived(petra, sent)
    assert (content.card.data, content.body.data) == (card, body)


def test_a_message_without_card_and_body_is_a_message(maria, petra):
    sent = maria.send(people.BEROENDE, card=b"", body=b"")
    content = arrived(petra, sent)
    assert (content.card.data, content.body.data) == (b"", b"")


def test_what_looks_like_sql_or_a_format_is_only_text(maria, petra):
    reference = "'; DROP TABLE stafett.chain; -- %s %n ../../etc \\ \u202e"
    sent = maria.send(people.BEROENDE, act={"reference": reference})
    assert petra.get(sent.referral).referral.reference == reference


def test_of_very_many_messages_the_latest_are_given_and_no_other_is_acknowledged(maria, petra):
    """100 are given at most; what was not given stays in the inbox."""
    sent = maria.send(people.BEROENDE)
    petra.acknowledge(sent)
    for number in range(102):
        maria.perform(sent, "note", version=2, body=b"note %d" % number)
    given = petra.get(sent.referral, contents=True)
    assert [content.body.data for content in given.contents] == [
        b"note %d" % number for number in range(2, 102)]
    assert given.earlier_contents and not given.earlier_events
    left = [item for item in petra.whole_inbox() if item.referral == sent.referral]
    assert len(left) == 2
    first = maria.send(people.BEROENDE)
    assert not petra.get(first.referral, contents=True).earlier_contents
