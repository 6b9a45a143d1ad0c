# SPDX-License-Identifier: Apache-2.0
"""The directory of the tests: four organisations that share a person's care.

Organisation numbers are the real, public ones; everybody else is invented.
"""

from dataclasses import dataclass

ORGANIZATIONS = {  # slug: (number, name, kind)
    "lund": ("2120001132", "Lunds kommun", "municipality"),
    "skane": ("2321000255", "Region Skåne", "region"),
    "malmo": ("2120001124", "Malmö stad", "municipality"),
    "eslov": ("2120001173", "Eslövs kommun", "municipality"),
}

LUND, BEROENDE, FALADEN = "lund/vuxen", "skane/beroende-lund", "skane/vc-faladen"
MALMO, CLOSED, UNHEARD = "malmo/vuxen", "skane/beroende-malmo", "skane/no-such-unit"
ESLOV = "eslov/vuxen"   # serves nobody of Lund, so that no search of theirs finds it

ALL_KINDS = ["care-request", "handover", "consultation", "aftercare"]
UNITS = {  # handle: (display name, kinds it takes)
    LUND: ("Lund Vuxen", ALL_KINDS),
    BEROENDE: ("Beroende Lund", [*ALL_KINDS, "report-of-concern"]),
    FALADEN: ("Vårdcentralen Fäladen", ["consultation"]),
    MALMO: ("Malmö Vuxen", ALL_KINDS),
    CLOSED: ("Beroende Malmö", ALL_KINDS),
    ESLOV: ("Eslöv Vuxen", ALL_KINDS),
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
    Member("lund", "olga", "Olga Ström", ((LUND, "operator"),)),
    Member("lund", "system", "Case system", ((LUND, "service"),)),
    Member("lund", "former", "Former Member", (), ((LUND, "caseworker"),)),
    Member("skane", "petra", "Petra Svensson", ((BEROENDE, "caseworker"),)),
    Member("skane", "ines", "Ines Holm", ((BEROENDE, "intake"),)),
    Member("skane", "sync", "Journal system", ((BEROENDE, "service"),)),
    Member("skane", "vera", "Vera Wall", ((BEROENDE, "auditor"), (FALADEN, "auditor"))),
    Member("skane", "fredrik", "Fredrik Dahl", ((FALADEN, "caseworker"),)),
    Member("malmo", "omar", "Omar Ali", ((MALMO, "caseworker"),)),
    Member("eslov", "karin", "Karin Ek", ((ESLOV, "caseworker"),)),
]}
# A certificate of the right CA whose member no directory has heard of.
STRANGER = "urn:stafett:org:2120001124:member:stranger"


def _unit(handle):
    name, kinds = UNITS[handle]
    unit = {"handle": handle, "display_name": name, "kinds": kinds, "needs": ["alcohol", "cannabis"],
            "service_area": ["1285" if handle == ESLOV else "1281"], "age_min": 18, "opening_hours": "Mon-Fri 8-16",
            "phone": "046-00 00 00"}
    if handle in SUCCESSOR:
        unit.update(status="closed", replaced_by=SUCCESSOR[handle])
    return unit


def _member(member):
    roles = {}
    for unit, role in member.roles + member.past_roles:
        roles.setdefault(unit, []).append(role)
    return {"id": member.id, "display_name": member.name, "roles": roles}


def directory(more=()):
    """What `stafettd directory import` reads, |more| members included."""
    return {"organizations": [{
        "slug": slug, "number": number, "name": name, "kind": kind,
        "units": [_unit(handle) for handle in UNITS if handle.startswith(slug + "/")],
        "members": [_member(member) for member in (*MEMBERS.values(), *more) if member.organization == slug],
    } for slug, (number, name, kind) in ORGANIZATIONS.items()]}


def past_roles():
    """(urn, unit, role) of what has ended: an import knows only what is."""
    return [(member.urn, *role) for member in MEMBERS.values() for role in member.past_roles]
