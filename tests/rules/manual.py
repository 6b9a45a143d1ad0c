# SPDX-License-Identifier: Apache-2.0
"""The manual stafett-acts(7): read as the rules that a reader would apply, and
written from the tables, so that the two can be compared."""

import re
from dataclasses import dataclass

import tree

PAGE = tree.TOP / "server" / "stafett-acts.7"
TABLES = tree.TOP / "include" / "stafett" / "tbl"
NEEDS = {"NOT": "-", "NONE": "none", "ACK": "ack", "ACT": "act"}
SIDES = ("requester", "owner", "hand-back", "parties")


def _words(text):
    return [word for word in re.split(r",\s*|\s+", text.strip()) if word]


def _code(name):
    return name.lower().replace("_", "-")


# -- the tables ------------------------------------------------------------------------


def _table(name):
    return tree.without_c_comments((TABLES / name).read_text())


def guards():
    """{name: (scope, reason, sentence)} in the order in which they refuse."""
    rows = re.findall(r'^GUARD\((\w+), (\w+), (\w+), "[^"]+", "([^"]+)"\)', _table("guards.def"), re.M)
    return {name: rest for name, *rest in rows}


ACT = re.compile(
    r'^ACT\((?P<number>\d+), (?P<name>\w+), "(?P<code>[^"]+)", "(?P<message>[^"]*)",\s*'
    r'FROM\((?P<states>[^)]+)\), TO\((?P<to>\w+)\),\s*(?P<by>\w+), ROLES\((?P<roles>[^)]+)\),\s*'
    r'GUARDS\((?P<guards>[^)]+)\),\s*(?P<holder>\w+), (?P<version>\w+), (?P<next>\w+),\s*'
    r'TELLS\((?P<tells>[^)]+)\),\s*NOT_FOR\((?P<not_for>[^)]+)\), (?P<signatures>\w+)\)', re.M)


def _sentences(row):
    """The act's entry in the manual."""
    states = [_code(state) for state in _words(row["states"])]
    tells = [f"{side} {NEEDS[needs]}" for side, needs in zip(SIDES, _words(row["tells"])) if needs != "NOT"]
    not_for = [_code(kind) for kind in _words(row["not_for"]) if kind != "NONE"]
    wanted = set(_words(row["guards"]))
    names = [name for name in guards() if name in wanted]
    yield f".It Cm {row['code']}"
    yield f"From: {', '.join(states)}."
    yield f"To: {_code(row['to'])}."
    yield f"By: {_code(row['by'])}."
    yield f"Roles: {', '.join(_code(role) for role in _words(row['roles']))}."
    if row["message"]:
        yield f"Code: {row['message']}."
    yield f"Holder: {_code(row['holder'])}."
    yield f"Version: {_code(row['version'])}."
    yield f"Next: {_code(row['next'])}."
    if row["signatures"] != "ALONE":
        yield f"Signatures: {_code(row['signatures'])}."
    if tells:
        yield f"Tells: {', '.join(tells)}."
    if not_for:
        yield f"Not for: {', '.join(not_for)}."
    if names:
        yield f"Guards: {', '.join(names)}."


def written():
    """What the manual must say of the acts and guards, line by line."""
    lines = [line for row in ACT.finditer(_table("acts.def")) for line in _sentences(row)]
    for name, (scope, reason, sentence) in guards().items():
        lines += [f".It Ic {name}", f"{sentence[0].upper()}{sentence[1:]}.", f"Else {reason}."]
    return lines


WIDTH, STEP = 13, 5     # of an act's name, and from one state to the next


def _arrow(before, after):
    """The line of an act in the diagram, over the columns of the states."""
    least, most = min((*before, after)), max((*before, after))
    line = ["|" if i % STEP == 0 else "-" if least * STEP < i < most * STEP else " "
            for i in range(len(_states()) * STEP)]
    for state in before:
        line[state * STEP] = "o"
    if after in before:
        line[after * STEP] = "@"
    elif after > min(before):
        line[after * STEP - 1] = ">"
    else:
        line[after * STEP + 1] = "<"
    return "".join(line).rstrip()


def _states():
    return re.findall(r'^STATE\(\w+, "([^"]*)"', _table("states.def"), re.M)


def diagram():
    """The states as columns, and each act that changes one as an arrow."""
    states = _states()
    lines = [" " * WIDTH + f"{'|' + ' ' * (STEP - 1)}" * i + (state or "(nobody)")
             for i, state in enumerate(states)]
    for row in ACT.finditer(_table("acts.def")):
        before = [_code(state) for state in _words(row["states"])]
        after = _code(row["to"])
        if after == "same":
            continue
        columns = [states.index("" if state == "none" else state) for state in before]
        lines.append(f"{row['code']:<{WIDTH}}{_arrow(columns, states.index(after))}")
    return lines


def drawn():
    """The diagram of the page."""
    return PAGE.read_text().split(".Bd -literal\n")[1].split("\n.Ed")[0].split("\n")


# -- the page -----------------------------------------------------------------------------


@dataclass
class Act:
    code: str
    states: set
    to: str
    by: str
    roles: set
    holder: str
    version: str
    next: str
    signatures: str
    tells: dict
    not_for: set
    guards: list


def _field(entry, name, default=""):
    match = re.search(rf"^{name}: (.*)\.$", entry, re.M)
    return match.group(1) if match else default


def _page():
    """The page, with its lists on one line each."""
    return PAGE.read_text().replace(",\n", ", ").replace(";\n", "; ")


def acts():
    """{code: Act}, as the manual tells them."""
    page = _page()
    found = {}
    for entry in page.split(".It Cm ")[1:]:
        entry = entry.split("\n.It ")[0].split("\n.El")[0]
        code = entry.split("\n")[0]
        tells = dict(pair.rsplit(" ", 1) for pair in _field(entry, "Tells").split(", ") if pair)
        found[code] = Act(
            code, set(_words(_field(entry, "From"))), _field(entry, "To"), _field(entry, "By"),
            set(_words(_field(entry, "Roles"))), _field(entry, "Holder"), _field(entry, "Version"),
            _field(entry, "Next"), _field(entry, "Signatures", "alone"), tells,
            set(_words(_field(entry, "Not for"))), _words(_field(entry, "Guards")))
    return found


def still_told():
    """The acts that the others are told of when the consent is revoked."""
    return set(_words(re.search(r"^Told all the same: (.*)\.$", _page(), re.M).group(1)))


def still_goes():
    """The same, of the table."""
    return {_code(name) for name in re.findall(r"^STILL_GOES\((\w+)\)", _table("basis.def"), re.M)}


def within_reach():
    """The fields whose days and times may not be too far away."""
    return set(_words(re.search(r"^Within ten years: (.*)\.$", _page(), re.M).group(1)))


def reaches():
    """The same, of the table."""
    return set(re.findall(r'^REACH\(.*, "([^"]+)"\)', _table("reach.def"), re.M))


def page_lines():
    """The lines of the page that written() is about."""
    body = _page().split(".Sh ACTS\n")[1].split(".Sh SEE ALSO\n")[0]
    lines = re.findall(r"^(?:\.It (?:Cm|Ic) .*|[A-Z].*\.)$", body, re.M)
    start = next(i for i, line in enumerate(lines) if line.startswith(".It Cm "))
    return [line for line in lines[start:] if not line.startswith("Each guard ")]
