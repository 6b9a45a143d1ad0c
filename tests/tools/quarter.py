# SPDX-License-Identifier: Apache-2.0
"""A quarter of its own, for the stories about chains: three organisations of the test
directory with units that no other story knows, which take every kind."""

import people

KINDS = ["care-request", "handover", "consultation", "aftercare", "self-request", "screening",
         "next-of-kin", "planning-call", "report-of-concern", "lvm-report", "discharge"]
OLD, NEW, SOUTH, HARBOUR = "malmo/gamla", "malmo/nya", "malmo/soder", "malmo/hamnen"
NORTH, EAST, WEST = "lund/norr", "skane/oster", "skane/vaster"
# Member: units and roles. Two in the north and by the harbour, so that one may confirm what
# the other proposed.
PEOPLE = {"harry": HARBOUR, "hilda": HARBOUR, "olle": OLD, "nina": NEW, "sara": SOUTH, "nora": NORTH, "noel": NORTH, "elsa": EAST, "vera": WEST}
UNITS = [OLD, NEW, SOUTH, HARBOUR, NORTH, EAST, WEST]


def directory(**changed):
    """What `stafettd directory import` reads; |changed| are fields of units, by name."""
    def unit(handle):
        return {"handle": handle, "display_name": handle, "kinds": KINDS, "needs": ["alcohol"],
                "service_area": ["1281"], "opening_hours": "24 h", "phone": "046-00 00 00",
                **changed.get(handle.split("/")[1], {})}

    def member(name, handle):
        return {"id": name, "display_name": name.capitalize(), "roles": {handle: ["caseworker", "manager"]}}

    return {"organizations": [{
        "slug": slug, "number": number, "name": name, "kind": kind,
        "units": [unit(handle) for handle in UNITS if handle.startswith(slug + "/")],
        "members": [member(who, handle) for who, handle in PEOPLE.items() if handle.startswith(slug + "/")],
    } for slug, (number, name, kind) in people.ORGANIZATIONS.items()]}


def members():
    """Its people, for profiles of the client."""
    return [people.Member(handle.split("/")[0], who, who.capitalize(), ((handle, "caseworker"),))
            for who, handle in PEOPLE.items()]


def build(stack, check=True, **changed):
    """Imports it; |changed| are fields of units, by name."""
    return stack.load(directory(**changed), check=check)


def caller(stack, who):
    handle = PEOPLE[who]
    number = people.ORGANIZATIONS[handle.split("/")[0]][0]
    return stack.caller(f"urn:stafett:org:{number}:member:{who}", handle)
