# SPDX-License-Identifier: Apache-2.0
"""What stands in a table stands in its manual, and nothing else does."""

import re
import subprocess

import tree

TABLES = tree.TOP / "include" / "stafett" / "tbl"


def rows(table, macro):
    """The first argument of each |macro|(...) in a table."""
    text = tree.without_c_comments((TABLES / table).read_text())
    return re.findall(rf"^{macro}\((\w+)", text, re.M)


def manual(name):
    return (tree.TOP / "server" / name).read_text()


def test_every_setting_is_in_the_manual_and_no_other():
    settings = rows("settings.def", r"SETTING_\w+")
    assert settings == sorted(settings)
    assert re.findall(r"^\.It Ic (\w+)$", manual("stafettd.conf.5"), re.M) == settings


def test_the_manual_gives_every_default():
    text = manual("stafettd.conf.5")
    table = tree.without_c_comments((TABLES / "settings.def").read_text())
    for name, default in tree.found(r'^SETTING_\w+\((\w+), "?([^",]*)"?,', table):
        entry = text.split(f".It Ic {name}\n")[1].split("\n.It ")[0]
        assert not default or default in entry, name


def test_every_metric_and_each_of_its_labels_is_in_the_manual():
    chapter = manual("stafettd.8").split("\n.Sh METRICS\n")[1].split("\n.Sh ")[0]
    families = rows("metrics.def", "FAMILY")
    assert re.findall(r"^\.It Ic (\w+)$", chapter, re.M) == families
    table = tree.without_c_comments((TABLES / "metrics.def").read_text())
    for family, value in tree.found(r'^METRIC\((\w+), \w+, "(\w*)"', table):
        entry = chapter.split(f".It Ic {family}\n")[1].split("\n.It Ic ")[0]
        assert not value or family == "calls_total" or f".It Cm {value}\n" in entry + "\n", (family, value)


def test_every_status_of_a_call_is_counted():
    statuses = re.findall(r"^GRPC_STATUS\((\w+), \d+\)$",
                          (tree.TOP / "proto/codec/grpc_status.def").read_text(), re.M)
    table = tree.without_c_comments((TABLES / "metrics.def").read_text())
    counted = re.findall(r'^METRIC\(calls_total, CALLS_(\w+), "(\w+)"', table, re.M)
    assert counted == [(name, name) for name in statuses] + [("ABANDONED", "none")]


def test_the_manual_says_which_settings_need_a_restart():
    text = manual("stafettd.conf.5")
    table = tree.without_c_comments((TABLES / "settings.def").read_text())
    for name, when in tree.found(r"^SETTING_\w+\((\w+),.*\b(AT_START|AT_RELOAD),", table):
        entry = text.split(f".It Ic {name}\n")[1].split("\n.It ")[0]
        assert ("Counts at the start only" in entry) == (when == "AT_START"), name


def test_every_limit_and_every_reason_is_in_a_clean_manual(tmp_path):
    page = tmp_path / "stafett-limits.7"
    page.write_text(subprocess.run(
        [tree.TOP / "server" / "limits_page.py", TABLES / "caps.def", TABLES / "reasons.def"],
        check=True, capture_output=True, text=True).stdout)
    limits, reasons = page.read_text().split(".Sh REASONS\n")
    assert re.findall(r"^\.It Ic (\w+) ", limits, re.M) == rows("caps.def", "CAP")
    assert re.findall(r"^\.It Ic (\w+) ", reasons, re.M) == rows("reasons.def", "REASON")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout


def test_every_command_of_the_daemon_is_in_its_manual():
    text = manual("stafettd.8")
    for command in ("migrate", "directory import", "rule list", "rule add", "rule end", "notice list",
                    "notice set", "notice end", "clock accept"):
        assert f".It Cm {command}" in text


def test_every_deadline_that_a_rule_may_be_about_is_in_the_manual():
    chapter = " ".join(manual("stafettd.8").split("\n.Sh RULES OF DEADLINES\n")[1].split("\n.Sh ")[0].split())
    table = tree.without_c_comments((TABLES / "deadlines.def").read_text())
    for code in tree.found(r'^DEADLINE\(\w+, "([^"]+)"', table):
        assert re.search(rf"[ ,]{code}[ ,.]", chapter), code


def test_every_counterpart_of_a_code_is_in_the_manual_and_no_other():
    table = (TABLES / "codes.def").read_text()
    names = dict(re.findall(r'^CODE_LIST\((\w+), "([^"]+)"', table, re.M))
    rows = re.findall(r'^CODE_AS\((\w+), "([^"]+)", "[^"]+", "[^"]+", "([^"]*)", "([^"]*)"\)$', table, re.M)
    assert len(rows) == len(re.findall(r"^CODE_AS\(", table, re.M))
    chapter = (tree.TOP / "client" / "stafett.1").read_text().split("\n.Sh CODES\n")[1].split("\n.Sh ")[0]
    cells = [[cell.strip() for cell in re.split(r" Ta\b", row)] for row in re.findall(r"^\.It (?!Sy)(.*)$", chapter, re.M)]
    assert cells == [[f"{names[name]} {code}", *others] for name, code, *others in rows if any(others)]


FHIR_R4 = {   # the codes of the value sets that are named
    "Task.status": "draft requested received accepted rejected ready cancelled in-progress on-hold failed completed "
                   "entered-in-error",
    "ServiceRequest.priority": "routine urgent asap stat",
    "Appointment.status": "proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in "
                          "waitlist",
    "Appointment.cancelationReason": "pat prov maint other",
    "ServiceRequest": "",
}
E_REMISS = "NR AR VR AB BEK KOM VID AVB AVV DSV PSV SSV".split()


def test_a_counterpart_is_a_code_of_the_standard_that_it_names():
    table = (TABLES / "codes.def").read_text()
    for fhir, remiss in re.findall(r'^CODE_AS\(.*, "([^"]*)", "([^"]*)"\)$', table, re.M):
        element, _, code = fhir.partition(" ")
        assert not fhir or code in FHIR_R4[element].split() or not (code or FHIR_R4[element]), fhir
        assert remiss in ("", *E_REMISS)
    states = re.findall(r'^STATE\(\w+, "([^"]+)"', (TABLES / "states.def").read_text(), re.M)
    assert states == re.findall(r'^CODE_AS\(STATE, "([^"]+)"', table, re.M)
    sent = set(re.findall(r'^ACT\(\d+, \w+, "[^"]+", "([^"]+)"', (TABLES / "acts.def").read_text(), re.M)) | {"PSV"}
    assert sent == set(re.findall(r'^CODE_AS\(MESSAGE, "([^"]+)"', table, re.M))


# The command of an act that names no referral, or that no screen offers by its name.
DONE_BY = {"register": "register", "take-over": "take-over", "seen": "ack"}


def test_every_act_has_a_command_of_the_client_that_does_it():
    acts = re.findall(r'^ACT\(\d+, \w+, "([^"]+)"', tree.without_c_comments((TABLES / "acts.def").read_text()), re.M)
    commands = re.findall(r'^COMMAND\(\w+, "([^"]+)"', (TABLES / "commands.def").read_text(), re.M)
    lines = (tree.TOP / "client" / "screen" / "acts.def").read_text()
    offered = dict(re.findall(r'^ACT_LINE\("([^"]+)", "(\S+)', lines, re.M))
    client = "".join(path.read_text() for path in tree.files(".c", under=("client",)))
    assert len(acts) > 30
    for act in acts:
        assert {**DONE_BY, **offered}.get(act) in commands, act
        made = rf"{act.replace('-', '_')}_(act|request)__(init|descriptor)"
        assert re.search(made, client, re.I) or act == "seen", act


def test_every_method_of_the_contract_has_its_comment():
    silent = []
    for path in tree.files(".proto", under=("proto/stafett",)):
        lines = path.read_text().splitlines()
        silent += [f"{tree.name(path)}:{number}" for number, line in enumerate(lines, 1)
                   if re.match(r"\s+rpc ", line) and not lines[number - 2].strip().startswith("//")]
    assert silent == []


def test_every_reason_has_a_status_a_layer_and_an_exit_status():
    table = tree.without_c_comments((TABLES / "reasons.def").read_text())
    for row in tree.found(r"^REASON\((.*)\)$", table):
        name, status, layer, exit_status, message = (field.strip() for field in row.split(",", 4))
        assert re.fullmatch(r"[A-Z_]+", name) and re.fullmatch(r"[A-Z_]+", status)
        assert layer in ("SENDER", "RECIPIENT", "SERVER", "SECURITY")
        assert int(exit_status) in range(2, 8)
        assert message.startswith('"') and not message.endswith('."')


def programs(folders):
    """The C of both programs but for the tables, without comments."""
    return "".join(tree.without_c_comments(path.read_text()) for path in tree.files(".c", ".h", under=folders))


def test_every_reason_can_be_given():
    """By name, or as that of a guard."""
    server = programs(["server"])
    given = {row[1] for row in re.findall(
        r"^GUARD\((\w+), \w+, (\w+)", tree.without_c_comments((TABLES / "guards.def").read_text()), re.M)}
    assert [name for name in rows("reasons.def", "REASON")
            if name not in given and not re.search(rf"\bREASON_{name}\b", server)] == []


def test_every_cap_is_kept():
    code = programs(["proto", "server", "client"])
    assert [name for name in rows("caps.def", "CAP") if not re.search(rf"\bCAP_{name}\b", code)] == []


def test_every_cap_has_a_unit_and_a_reason():
    table = tree.without_c_comments((TABLES / "caps.def").read_text())
    found = re.findall(r'^CAP\((\w+), (\d+), "([^"]+)", "([^"]+)"\)$', table, re.M)
    assert len(found) == len(re.findall(r"^CAP\(", table, re.M)) > 20
