# SPDX-License-Identifier: Apache-2.0
"""Who has no valid certificate gets a TLS alert; the log says who and why."""

import datetime
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


REFUSED_IN_THE_HANDSHAKE = [  # identity, the alert, a word of the log line
    (none, "CERTIFICATE_REQUIRED", "certificate"),
    (expired, "CERTIFICATE_EXPIRED", "expired"),
    (not_yet_valid, "BAD_CERTIFICATE|CERTIFICATE_EXPIRED", "not yet valid"),
    (of_a_foreign_ca, "UNKNOWN_CA", "issuer|self.signed|certificate"),
    (of_a_ca_of_the_same_name, "UNKNOWN_CA|BAD_CERTIFICATE|DECRYPT_ERROR", "certificate"),
    (for_servers_only, "UNSUPPORTED_CERTIFICATE|BAD_CERTIFICATE", "purpose|certificate"),
]


@pytest.mark.parametrize("make, alert, cause", REFUSED_IN_THE_HANDSHAKE,
                         ids=[case[0].__name__ for case in REFUSED_IN_THE_HANDSHAKE])
def test_a_certificate_that_does_not_count_gets_an_alert_and_a_log_line(
        stack, tables, make, alert, cause):
    before, audits, mark = tables.digests(), tables.audits(), stack.process.mark()
    assert alert_of(stack, make(stack.authority), alert)
    line = stack.process.wait_line(r"peer=127\.0\.0\.1:\d+.*(%s)" % cause, after=mark)
    assert "level=" in line
    assert (tables.digests(), tables.audits()) == (before, audits)


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
def test_a_certificate_that_names_no_member_may_do_nothing(stack, tables, alternatives):
    before, mark = tables.digests(), stack.process.mark()
    caller = stack.stranger(stack.authority.issue("nobody", alternatives))
    refusal = refused(caller.list)
    assert refusal.code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.UNAVAILABLE)
    assert tables.digests() == before
    stack.process.wait_line(r"peer=127\.0\.0\.1:\d+", after=mark)


def test_tls_1_2_is_refused(stack):
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        handshake(stack, stack.identity(MARIA), maximum=ssl.TLSVersion.TLSv1_2)


@pytest.mark.parametrize("offered", [["http/1.1"], []], ids=["another", "none"])
def test_a_peer_that_does_not_offer_h2_is_refused(stack, offered):
    assert alert_of(stack, stack.identity(MARIA), "NO_APPLICATION_PROTOCOL|closed", alpn=offered)


def test_the_server_shows_a_certificate_that_the_ca_signed(stack):
    with handshake(stack, stack.identity(MARIA)) as session:
        assert session.version() == "TLSv1.3"
        assert session.selected_alpn_protocol() == "h2"
