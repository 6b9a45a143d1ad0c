# SPDX-License-Identifier: Apache-2.0
"""A trial CA: the server's certificate, those of members, and bad ones."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


def _pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


class Identity:
    """A certificate with its key, as PEM."""

    def __init__(self, certificate, key):
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM)
        self.key = _pem(key)

    def write(self, folder, name):
        """Writes name.pem and name.key (0600); returns both paths."""
        paths = folder / f"{name}.pem", folder / f"{name}.key"
        paths[0].write_bytes(self.certificate)
        paths[1].touch(mode=0o600)
        paths[1].write_bytes(self.key)
        return paths


class Authority:
    """A CA on P-256 that signs anything it is asked to."""

    def __init__(self, name="Stafett test CA"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.utcnow()
        self.x509 = (
            x509.CertificateBuilder().subject_name(self.name).issuer_name(self.name)
            .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY).not_valid_after(now + 365 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False),
                           critical=True)
            .sign(self.key, hashes.SHA256()))
        self.certificate = self.x509.public_bytes(serialization.Encoding.PEM)

    def issue(self, common_name, alternatives, usage=ExtendedKeyUsageOID.CLIENT_AUTH,
              not_before=-DAY, not_after=30 * DAY):
        """A leaf with |alternatives| as its SAN (an empty list: no SAN at all)."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.utcnow()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
            .issuer_name(self.name).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + not_before).not_valid_after(now + not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                           critical=False))
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return Identity(builder.sign(self.key, hashes.SHA256()), key)

    def server(self):
        return self.issue("localhost", [x509.DNSName("localhost"),
                                        x509.IPAddress(ipaddress.ip_address("127.0.0.1"))],
                          usage=ExtendedKeyUsageOID.SERVER_AUTH)

    def member(self, urn, **more):
        return self.issue(urn.rsplit(":", 1)[-1], [x509.UniformResourceIdentifier(urn)], **more)
