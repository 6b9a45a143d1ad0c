# SPDX-License-Identifier: Apache-2.0
"""The examples of the client's help, and what must have happened before each can run."""

import json
import re
import shutil

import people
import tree
from business_clock import let_come, wait_for
from caller import in_days, pb, soon

TABLE = (tree.TOP / "include" / "stafett" / "tbl" / "commands.def").read_text()
EXAMPLES = re.findall(r'^EXAMPLE\((\w+), "(.*)"\)$', tree.without_c_comments(TABLE), re.M)
OWNERS = ["inbox", "triage", "plan_home", "complete", "take_over"]
WHO = {"admin": "olga", "audit": "axel", "stats": "axel", "confirm": "mona", "waive": "mona", "reply": "mona",
       **dict.fromkeys(OWNERS + re.findall(
           r'^COMMAND\((\w+), "[^"]+", "[^"]+", (?:INTAKE|TREATMENT)', TABLE, re.M), "petra"),
       "delay": "maria"}
ACCEPT = "stafett accept 7K3M --responsible nurse --contact-by +7d"
BEGUN = [ACCEPT, "stafett start 7K3M --intervention CRA --next 2027-03-01T10:00"]
PLANNED = [*BEGUN, "stafett plan-home 7K3M --not-needed no-need --housing own --first-contact +3d --file words.txt"]
COMPLETE = "stafett complete 7K3M --file words.txt"
BEFORE = {   # what must have happened already, by the beginning of the example
    "stafett admin rule end": ["olga: stafett admin rule add ACK-LUND-SKANE --deadline acknowledge --between lund,skane "
                               "--unit minutes --amount 240 --source 'agreement A-17'"],
    "stafett ask": ["stafett ack 7K3M"],
    "stafett ask 7K3M --withdraw": ["stafett ack 7K3M", "stafett ask 7K3M --template consent"],
    "stafett answer": ["stafett ack 7K3M"],
    "stafett book": [ACCEPT],
    "stafett book 7K3M --cancelled-by": [ACCEPT, "stafett book 7K3M 2027-03-01T10:00"],
    "stafett start": [ACCEPT],
    **dict.fromkeys(["stafett attend", "stafett miss", "stafett pause", "stafett plan-home"], BEGUN),
    "stafett noted": ["stafett ack R8ZC"],
    "stafett resume": [*BEGUN, "stafett pause 7K3M --reason in-custody --until +20d"],
    "stafett complete": PLANNED,
    "stafett take-back": [*PLANNED, COMPLETE],
    "stafett follow-up": [*PLANNED, COMPLETE, "maria: stafett take-back 7K3M"],
    **dict.fromkeys(["stafett reply", "stafett waive"], [
        f"{who}: stafett forward 7K3M {to} --reason other --person-told phone" for who, to in
        (("petra", people.MALMO), ("omar", people.ESLOV), ("karin", people.BEROENDE))]),
    "stafett consent revoke": ["maria: stafett consent give 7K3M --form oral"],
    "stafett close": ["maria: stafett end 7K3M --reason moved"],
    "stafett confirm": ["maria: stafett void 7K3M --reason sent-by-mistake"],
}
WORDS = {"number.txt": "19640823-3234\n", "person.json": json.dumps({
    "needs": ["alcohol"], "helpRequestDate": "today", "subject": {"familyName": "Holm"}})}


def first_of(command):
    return next(example for owner, example in EXAMPLES if owner == command)


def new_codes(caller):
    """What the codes of the examples stand for: referrals that |caller| just sent."""
    report = dict(kind="report-of-concern", legal_basis=pb.LegalBasis(code="duty-to-report"))
    late = dict(help_request_date=in_days(-40))
    return {"R8ZC": caller.send(people.BEROENDE, act=report).answer.code,
            "5TQN": caller.send(people.BEROENDE, act=late).answer.code,
            **{name: caller.send(people.BEROENDE).answer.code for name in ("7K3M", "9TQR", "2WDA")}}


def with_times(line):
    """Printed times pass; those that are typed here are of today."""
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d\b", lambda _: soon(), line)


def let_come_by_code(tables, code):
    let_come(tables, tables.value("SELECT id FROM stafett.referral WHERE code = %s", code.replace("-", "")))


def reader_of(command):
    return WHO.get(command, "maria")


def _months_pass(tables):
    """As if every treatment had been completed a quarter of a year ago, or earlier."""
    tables.connection.cursor().execute(
        "UPDATE stafett.chain_question SET from_time = from_time - interval '100 days', show_time = NULL,"
        " due_time = NULL, look_time = stafett.now() WHERE what = 'follow-up-3'; NOTIFY stafett_clock, 'look'")
    wait_for(tables, lambda: not tables.count("chain_question", "show_time IS NULL"))


def prepared(client, codes, folder, example):
    """The example with the codes of today, after what must have happened before it. What
    is missed has been."""
    shutil.copy(tree.TOP / "deploy" / "demo" / "referral.json", folder)
    for file in {"words.txt", *re.findall(r"\S+\.txt|person\.json", example)}:
        (folder / file).write_text(WORDS.get(file, "Some words.\n"))

    def typed(line):
        return with_times(re.sub("|".join(codes), lambda match: codes[match[0]], line))
    start = max((start for start in BEFORE if example.startswith(start)), key=len, default=None)
    for earlier in BEFORE.get(start, []):
        other, _, line = earlier.rpartition(": ")
        done = client.shell(other or "petra", typed(line), folder)
        assert done.returncode == 0, done.stderr
    if start == "stafett follow-up":
        _months_pass(client.stack.tables())
    if start == "stafett miss":
        let_come_by_code(client.stack.tables(), codes["7K3M"])
    return typed(example)
