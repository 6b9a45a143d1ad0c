# SPDX-License-Identifier: Apache-2.0
"""Who has no valid certificate gets a TLS alert; the log says who and why."""

import datetime
import re
import ssl

import grpc
import people
import pki
import pytest
from caller import refused
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from tls import alert_of, handshake

DAY = datetime.timedelta(days=1)
MARIA = people.MEMBERS["maria"].urn


def uris(*texts):
    return [x509.UniformResourceIdentifier(text) for text in texts]


def expired(authority):
    return authority.member(MARIA, not_before=-3 * DAY, not_after=-DAY)


def not_yet_valid(authority):
    return authority.member(MARIA, not_before=DAY, not_after=3 * DAY)


def of_a_foreign_ca(_):
    return pki.Authority("Another CA").member(MARIA)


def of_a_ca_of_the_same_name(_):
    return pki.Authority().member(MARIA)


def for_servers_only(authority):
    return authority.member(MARIA, usage=ExtendedKeyUsageOID.SERVER_AUTH)


def none(_):
    return None


REFUSED_IN_THE_HANDSHAKE = [  # identity, the alert that the peer gets, the cause in the log
    (none, "certificate required", "the peer showed no certificate"),
    (expired, "certificate expired", "the certificate has expired"),
    (not_yet_valid, "bad certificate", "the certificate is not valid yet"),
    (of_a_foreign_ca, "unknown ca", "the certificate is from an unknown CA"),
    (of_a_ca_of_the_same_name, "decrypt error", "certificate signature failure"),
    (for_servers_only, "unsupported certificate", "the certificate is not for clients"),
]


def refused_with(stack, tables, identity, alert, cause, **more):
    """The alert, the log line with the peer's address, and nothing written."""
    before, audits, mark = tables.digests(), tables.audits(), stack.process.mark()
    assert alert_of(stack, identity, **more) == alert
    stack.process.wait_line(rf'peer=127\.0\.0\.1:\d+ .*cause="{re.escape(cause)}"', after=mark)
    assert (tables.digests(), tables.audits()) == (before, audits)


@pytest.mark.parametrize("make, alert, cause", REFUSED_IN_THE_HANDSHAKE,
                         ids=[case[0].__name__ for case in REFUSED_IN_THE_HANDSHAKE])
def test_a_certificate_that_does_not_count_gets_an_alert_and_a_log_line(
        stack, tables, make, alert, cause):
    refused_with(stack, tables, make(stack.authority), alert, cause)


@pytest.mark.parametrize("make", [none, expired, of_a_foreign_ca], ids=lambda make: make.__name__)
def test_a_stock_client_without_a_valid_certificate_is_unavailable(stack, make):
    caller = stack.stranger(make(stack.authority))
    assert refused(caller.list).code == grpc.StatusCode.UNAVAILABLE


NOT_A_MEMBER = {
    "no SAN": [],
    "a DNS name": [x509.DNSName("maria.example")],
    "another scheme": uris("https://lund.example/maria"),
    "two URIs": uris(MARIA, people.MEMBERS["omar"].urn),
    "upper case": uris(MARIA.upper()),
    "a percent escape": uris(MARIA.replace("maria", "m%61ria")),
    "a NUL": uris(MARIA + "\0.example"),
    "a wrong check digit": uris(MARIA.replace("2120001132", "2120001133")),
    "a name of 300 letters": uris(MARIA + "a" * 300),
}


@pytest.mark.parametrize("alternatives", NOT_A_MEMBER.values(),
                         ids=[name.replace(" ", "_") for name in NOT_A_MEMBER])
def test_a_certificate_that_names_no_single_member_is_refused(stack, tables, alternatives):
    refused_with(stack, tables, stack.authority.issue("nobody", alternatives),
                 "bad certificate", "the certificate names no single member")


def test_tls_1_2_is_refused(stack, tables):
    refused_with(stack, tables, stack.identity(MARIA), "protocol version",
                 "the peer does not speak TLS 1.3", maximum=ssl.TLSVersion.TLSv1_2)


@pytest.mark.parametrize("offered", [["http/1.1"], []], ids=["another", "none"])
def test_a_peer_that_does_not_offer_h2_is_refused(stack, tables, offered):
    refused_with(stack, tables, stack.identity(MARIA), "no application protocol",
                 "the peer does not speak HTTP/2 (ALPN h2)", alpn=offered)


def test_the_server_shows_a_certificate_that_the_ca_signed(stack):
    with handshake(stack, stack.identity(MARIA)) as session:
        assert session.version() == "TLSv1.3"
        assert session.selected_alpn_protocol() == "h2"
