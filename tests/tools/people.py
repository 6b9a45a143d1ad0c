# SPDX-License-Identifier: Apache-2.0
"""The directory of the tests: three organisations that share a person's care.

Organisation numbers are the real, public ones; everybody else is invented.
"""

import json
from dataclasses import dataclass

ORGANIZATIONS = {  # slug: (number, name, kind)
    "lund": ("2120001132", "Lunds kommun", "municipality"),
    "skane": ("2321000255", "Region Skåne", "region"),
    "malmo": ("2120001124", "Malmö stad", "municipality"),
}

LUND, BEROENDE, FALADEN = "lund/vuxen", "skane/beroende-lund", "skane/vc-faladen"
MALMO, CLOSED, UNHEARD = "malmo/vuxen", "skane/beroende-malmo", "skane/no-such-unit"

ALL_KINDS = ["care-request", "handover", "consultation"]
UNITS = {  # handle: (display name, kinds it takes)
    LUND: ("Lund Vuxen", ALL_KINDS),
    BEROENDE: ("Beroende Lund", ALL_KINDS),
    FALADEN: ("Vårdcentralen Fäladen", ["consultation"]),
    MALMO: ("Malmö Vuxen", ALL_KINDS),
    CLOSED: ("Beroende Malmö", ALL_KINDS),
}
SUCCESSOR = {CLOSED: BEROENDE}


@dataclass(frozen=True)
class Member:
    organization: str
    id: str
    name: str
    roles: tuple = ()          # (unit, role)
    past_roles: tuple = ()     # whose validity has ended

    @property
    def urn(self):
        number = ORGANIZATIONS[self.organization][0]
        return f"urn:stafett:org:{number}:member:{self.id}"


MEMBERS = {member.id: member for member in [
    Member("lund", "maria", "Maria Nilsson", ((LUND, "caseworker"),)),
    Member("lund", "lars", "Lars Berg", ((LUND, "intake"),)),
    Member("lund", "mona", "Mona Ek", ((LUND, "manager"),)),
    Member("lund", "axel", "Axel Lind", ((LUND, "auditor"),)),
    Member("lund", "system", "Case system", ((LUND, "service"),)),
    Member("lund", "former", "Former Member", (), ((LUND, "caseworker"),)),
    Member("skane", "petra", "Petra Svensson", ((BEROENDE, "caseworker"),)),
    Member("skane", "ines", "Ines Holm", ((BEROENDE, "intake"),)),
    Member("skane", "sync", "Journal system", ((BEROENDE, "service"),)),
    Member("skane", "fredrik", "Fredrik Dahl", ((FALADEN, "caseworker"),)),
    Member("malmo", "omar", "Omar Ali", ((MALMO, "caseworker"),)),
]}
# A certificate of the right CA whose member no directory has heard of.
STRANGER = "urn:stafett:org:2120001124:member:stranger"


def _membership(member, unit, role, **more):
    return {"member": member.urn, "unit": unit, "role": role, **more}


def directory():
    """What `stafettd directory import` reads."""
    memberships = []
    for member in MEMBERS.values():
        memberships += [_membership(member, *role) for role in member.roles]
        memberships += [_membership(member, *role, validFrom="2020-01-01T00:00:00Z",
                                    validTo="2021-01-01T00:00:00Z") for role in member.past_roles]
    return {
        "organizations": [{"slug": slug, "number": number, "name": name, "kind": kind}
                          for slug, (number, name, kind) in ORGANIZATIONS.items()],
        "units": [{"handle": handle, "organization": handle.split("/")[0], "displayName": name,
                   "kinds": kinds, "needs": ["alcohol", "cannabis"], "serviceArea": ["1281"],
                   "ageMin": 18, "openingHours": "Mon-Fri 8-16", "phone": "046-00 00 00",
                   "status": "closed" if handle in SUCCESSOR else "active",
                   **({"replacedBy": SUCCESSOR[handle]} if handle in SUCCESSOR else {})}
                  for handle, (name, kinds) in UNITS.items()],
        "members": [{"urn": member.urn, "displayName": member.name} for member in MEMBERS.values()],
        "memberships": memberships,
    }


def write(path):
    path.write_text(json.dumps(directory(), ensure_ascii=False, indent=1))
    path.chmod(0o644)
    return path
