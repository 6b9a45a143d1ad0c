# SPDX-License-Identifier: Apache-2.0
"""A file includes its own floor and those below: read off the #include lines.

Floors 0 to 7 of the daemon; the client stands on 0 to 3. The two engines on
floor 4 do not know each other. Generated messages belong to proto/.
"""

import re

import tree

FLOORS = [  # (folder, its name, its height)
    ("include/stafett", "include", 0),
    ("proto", "proto", 1),
    ("server/base", "base", 2),
    ("server/domain", "domain", 3),
    ("server/net", "net", 4),
    ("server/db", "db", 4),
    ("server/store", "store", 5),
    ("server/service", "service", 6),
    ("server/process", "process", 7),
    ("server", "process", 7),
    ("client", "client", 8),
]
HEIGHT = {name: height for _, name, height in FLOORS}
CLIENT_REACHES = 3


def floor_of_file(path):
    return next((name for folder, name, _ in FLOORS if path.startswith(folder + "/")), None)


def floor_of_include(included, top):
    """The floor of what an #include line names, or None for a system header."""
    if included.startswith("stafett/"):
        return "proto" if included.endswith(".pb-c.h") else "include"
    if included.endswith(".pb-c.h"):
        return "proto"
    for root in ("server", "proto", "client", "."):
        if (top / root / included).exists():
            folder = included if root == "." else f"{root}/{included}"
            return floor_of_file(folder)
    return None


def may_include(floor, other):
    if floor == other:
        return True
    if floor == "client":
        return HEIGHT[other] <= CLIENT_REACHES
    return other != "client" and HEIGHT[other] < HEIGHT[floor]


def violations(top):
    """Every #include line that looks up or sideways, as "file:line: why"."""
    found = []
    for path in tree.files(".c", ".h", ".def", under=("include", "proto", "server", "client"), top=top):
        name = tree.name(path, top)
        floor = floor_of_file(name)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not match:
                continue
            included = match.group(1)
            other = floor_of_include(included, top)
            if other is None and (path.parent / included).exists():
                other = floor
            if other and not may_include(floor, other):
                found.append(f"{name}:{number}: {floor} includes {included}, which is {other}")
    return found


def seeded(tmp_path, path, included):
    """A tiny tree with one header on each floor and one file that includes |included|."""
    for header in ("include/stafett/base.h", "server/base/log.h", "server/domain/uuid.h",
                   "server/net/call.h", "server/db/pool.h", "server/store/batch.h",
                   "server/service/dispatch.h", "server/process/master.h", "client/main.h"):
        (tmp_path / header).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / header).write_text("")
    (tmp_path / path).write_text(f'#include "{included}"\n')
    return tmp_path


def test_no_file_includes_a_floor_above_it():
    assert violations(tree.TOP) == []


def test_the_check_finds_an_include_from_above(tmp_path):
    top = seeded(tmp_path, "server/domain/rules.c", "store/batch.h")
    assert violations(top) == ["server/domain/rules.c:1: domain includes store/batch.h, which is store"]


def test_the_check_finds_one_engine_in_the_other(tmp_path):
    top = seeded(tmp_path, "server/net/conn.c", "db/pool.h")
    assert violations(top) == ["server/net/conn.c:1: net includes db/pool.h, which is db"]


def test_the_check_finds_a_client_that_reaches_into_the_server(tmp_path):
    top = seeded(tmp_path, "client/send.c", "net/call.h")
    assert violations(top) == ["client/send.c:1: client includes net/call.h, which is net"]


def test_the_check_finds_a_server_that_knows_the_client(tmp_path):
    top = seeded(tmp_path, "server/process/main.c", "client/main.h")
    assert len(violations(top)) == 1


def test_the_check_lets_a_floor_see_those_below(tmp_path):
    top = seeded(tmp_path, "server/service/send.c", "domain/uuid.h")
    assert violations(top) == []


def test_the_domain_knows_no_library_but_libc_and_sha256():
    foreign = []
    allowed = re.compile(r"(openssl/(evp|sha|hmac|crypto|core_names|params)\.h|[a-z_0-9]+\.h|sys/types\.h)$")
    for path in tree.files(".c", ".h", under=("server/domain",)):
        for included in re.findall(r"#include <([^>]+)>", path.read_text()):
            if not allowed.match(included):
                foreign.append(f"{tree.name(path)}: <{included}>")
    assert foreign == []


def test_the_domain_has_no_clock_and_does_no_io():
    calls = re.compile(r"\b(clock_gettime|gettimeofday|time|fopen|open|read|write|socket|printf|fprintf"
                       r"|getrandom|rand|random)\s*\(")
    found = []
    for path in tree.files(".c", under=("server/domain",)):
        for number, line in enumerate(tree.without_c_comments(path.read_text()).splitlines(), 1):
            if calls.search(line):
                found.append(f"{tree.name(path)}:{number}: {line.strip()}")
    assert found == []


def test_the_floors_below_the_engines_do_not_log():
    found = []
    for path in tree.files(".c", under=("proto", "server/base", "server/domain")):
        if path.name != "log.c" and re.search(r"\blog_(debug|info|warn|error|write)\s*\(", path.read_text()):
            found.append(tree.name(path))
    assert found == []
