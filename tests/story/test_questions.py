# SPDX-License-Identifier: Apache-2.0
"""`stafett send` on a terminal: it asks what is missing."""

import json
import re
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path

import people
import pytest
from caller import in_days, pb
from client import Client
from stubs import contract

NUMBER = "19640823-3234"
CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")
# What is asked, up to where the answer is typed, and an answer.
TALK = [
    ("Kind [care-request]: ", ""), ("main one first [alcohol]: ", "alc, hous"),
    ("Personal number (hidden): ", NUMBER), ("First name: ", "Anders"),
    ("Family name: ", "Holm"), ("Protected identity? [y/N]: ", ""),
    ("Asked for help on [today]: ", "yesterday"), ("Priority [routine]: ", ""),
    ("Basis [consent]: ", ""), ("given [written]: ", "oral"), ("valid to [+52w]: ", ""),
    ("of no-shows and of the end? [Y/n]: ", "n"), ("Interpreter, language [no]: ", "so"),
    ("Phone: ", "046-00 00 00"), ("How to reach the person: ", "Ring, lämna inget meddelande"),
    ("Children in the household: ", "ja, två"), ("Housing [unknown]: ", "second-hand"),
    ("Does the person know of this? [Y/n]: ", ""),
    ("Reason, one line: ", "Alkohol, ber om \"hjälp\""),
    ("Text (end with a line \".\"):\r\n", "Första raden.\n\nTredje: å ä ö \\ \"."),
]


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "questions")


@contextmanager
def talk(client, *words, **more):
    terminal = client.at_terminal("maria", "send", *words, **more)
    yield terminal
    assert terminal.modes() == terminal.modes_before
    terminal.close()


def answer(terminal, pairs):
    for question, typed in pairs:
        terminal.expect(question)
        if "hidden" not in question:
            terminal.expect("")
        terminal.type(typed + "\n")
    return terminal


def sent(terminal, caller):
    """The header's act and the card of what the terminal has just sent. It is withdrawn, and
    its chain closed: who sends the same person anew is asked about what is open."""
    terminal.expect("sent.")
    code = CODE.findall(terminal.said)[-1]
    seen = caller.get(code, contents=True)
    content = seen.contents[0]
    caller.act(caller.act_request(seen.referral.id, seen.chain.id, 1, b"", b"", to_units=[],
                                  withdraw=pb.WithdrawAct(reason="sent-by-mistake")))
    caller.act(caller.act_request("", seen.chain.id, caller.get(code).chain.version, b"", b"", to_units=[],
                                  close=pb.CloseAct(reason="person-wishes", person_told="phone")))
    return contract.message.Header.FromString(content.header), json.loads(content.card.data), content


def test_every_question_becomes_a_field(client, maria):
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, TALK)
        terminal.type(".\n").expect("Send? [y/n] ").type("y\n")
        header, card, content = sent(terminal, maria)
        assert terminal.wait() == 0
    assert header.send.needs == ["alcohol", "housing"] and header.to_units == [people.BEROENDE]
    assert header.send.kind == "care-request" and header.send.priority == "routine"
    assert (header.send.legal_basis.code, header.send.legal_basis.form) == ("consent", "oral")
    assert header.send.legal_basis.end_date and not header.send.legal_basis.covers_missed_events
    assert header.send.person_informed
    assert card == {
        "identifier": NUMBER.replace("-", ""), "givenName": "Anders", "familyName": "Holm",
        "protectedIdentity": False, "language": "so", "interpreter": True, "telecom": "046-00 00 00",
        "contactRule": "Ring, lämna inget meddelande", "childrenInHousehold": "ja, två",
        "livingSituation": "second-hand", "reasonText": "Alkohol, ber om \"hjälp\""}
    assert content.body.data.decode() == TALK[-1][1]


def test_the_number_is_never_seen(client):
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, TALK[:3])
        terminal.expect("*" * len(NUMBER)).expect("correct, 62 years old")
        assert "0823" not in terminal.said
        terminal.type("\x03")
        assert terminal.wait() == -signal.SIGINT


def test_a_bad_answer_is_asked_again_with_the_reason(client):
    with talk(client, "skane/berende-lund") as terminal:
        terminal.expect("Did you mean skane/beroende-lund?").expect("To which unit: ")
        terminal.type("?\n").expect("stafett units").expect("To which unit: ")
        terminal.type(people.CLOSED + "\n").expect("is closed").expect("To which unit: ")
        terminal.type(people.BEROENDE + "\n").expect("From Lund Vuxen to Beroende Lund")
        for question, bad, reason, good in [
                ("Kind", "carerequest", "is not in the code list", "care"),
                ("Needs", "alcool", "Did you mean 'alcohol'?", "alcohol"),
                ("Personal number", "19640823-3235", "last digit", ""),
                ("Born", "30/2", "is not a date", "1964-08-23"),
                ("First name", "?", "As the person is called", ""),
                ("Family name", "", "This needs an answer", "Holm"),
                ("Protected identity?", "maybe", "must be yes or no", "y"),
                ("Asked for help on", "5/6", "more than one date", "today"),
                ("Priority", "?", "phone first", "stat"),
                ("Phoned them at", "noon", "is not a time", "2026-11-01T10:00"),
                ("Basis", "because", "is not in the code list", "need-of-care"),
                ("Interpreter", "yes", "must be a language", "no")]:
            terminal.expect(question).type(bad + "\n").expect(reason)
            terminal.expect(question).type(good + "\n")
        terminal.expect("Phone: ").type("\x03")
        assert terminal.wait() == -signal.SIGINT


def test_a_day_on_the_wrong_side_of_today_is_asked_again_at_once(client):
    tomorrow, yesterday = in_days(3), in_days(-3)     # or so
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, TALK[:6])
        terminal.expect("Asked for help on").type("1026-11-02\n").expect("more than ten years away")
        for question, bad, reason, good in [
                ("Asked for help on", tomorrow, "lies in the future", "yesterday"),
                ("Priority", "stat", "Phoned them at", f"{tomorrow}T10:00"),
                ("", "", "lies in the future", f"{yesterday}T10:00"),
                ("Basis", "", "given [written]", ""),
                ("valid to", yesterday, "lies in the past", "9999-01-01"),
                ("", "", "more than ten years away", tomorrow)]:
            terminal.expect(question).type(bad + "\n" if question else "").expect(reason)
            terminal.expect(": ").type(good + "\n")
        terminal.expect("of no-shows").type("\x04").expect("Nothing was sent")
        assert terminal.wait() == 2


def test_what_is_sent_is_shown_as_it_was_understood(client):
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, TALK)
        terminal.type(".\n").expect("This is what you send:")
        at = terminal.at
        terminal.expect("Send? [y/n] ").type("n\n").expect("Nothing was sent")
        assert terminal.wait() == 2
        shown = terminal.said[at:]
    for line in ("To: Beroende Lund", "Needs, the main one first: alcohol, housing", "Family name: Holm",
                 "Personal number (hidden): 62 years old", "Does the person know of this? yes", "Text: 3 lines", *TALK[-1][1].split("\n")):
        assert line in shown, shown
    assert NUMBER[:8] not in shown and "yesterday" not in shown


def test_a_question_mark_in_a_text_explains_and_does_not_become_text(client):
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, TALK[:-1])
        terminal.expect("Text (end with a line \".\"):\r\n").type("First.\n?\n").expect("The text goes on")
        terminal.type("Last.\n.\n").expect("This is what you send:").expect("Text: 2 lines")
        terminal.expect("First.").expect("Last.").expect("Send? [y/n] ").type("n\n")
        assert terminal.wait() == 2


def test_a_person_who_is_too_young_is_known_before_the_other_questions(client):
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, [*TALK[:2], ("hidden): ", ""), ("Born: ", "2020-02-02")])
        terminal.expect("it takes people from 18 years").expect("To which unit instead").type("\n")
        terminal.expect("Born: ").type("2020-02-02\n").expect("To which unit instead").type("malmö vuxen\n")
        terminal.expect("it takes people from 18 years").expect("To which unit instead").type("\x03")
        terminal.expect("Nothing was sent")
        assert terminal.wait() == -signal.SIGINT


def test_options_are_not_asked_again(client, maria):
    with talk(client, people.BEROENDE, "--kind", "consultation", "--priority", "urgent") as terminal:
        skipped = ("Kind", "Priority")
        answer(terminal, [pair for pair in TALK if not pair[0].startswith(skipped)])
        terminal.type(".\n").expect("Send? [y/n] ").type("j\n")
        header, _, _ = sent(terminal, maria)
        terminal.wait()
        assert "Priority [" not in terminal.said
    assert (header.send.kind, header.send.priority) == ("consultation", "urgent")


def test_a_no_at_the_end_sends_nothing(client, maria):
    before = len(maria.list().referrals)
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, TALK)
        terminal.type(".\n").expect("Send? [y/n] ").type("\n").expect("thrown away").expect("Send? [y/n] ").type("n\n")
        terminal.expect("Nothing was sent")
        assert terminal.wait() == 2
    assert len(maria.list().referrals) == before


def test_one_answer_is_changed_at_the_end_by_its_number_or_its_name(client, maria):
    with talk(client, people.BEROENDE, rows=60) as terminal:
        answer(terminal, TALK)
        terminal.type(".\n").expect("Send? [y/n] ")
        number = re.search(r"(\d+)  First name: Anders", terminal.said).group(1)
        terminal.type(number + "\n").expect("First name [Anders]: ").type("Bo\n").expect("First name: Bo")
        terminal.expect("Send? [y/n] ").type("prio\n").expect("Priority [routine]: ").type("stat\n")
        terminal.expect("Phoned them at: ").type("2026-11-01T10:00\n").expect("Send? [y/n] ")
        terminal.type("Prio\n").expect("Priority [stat]: ").type("routine\n").expect("Send? [y/n] ")
        terminal.type("99\n").expect("thrown away").expect("Send? [y/n] ").type("1\n")
        terminal.expect("To which unit [skane/beroende-lund]: ").type("\n").expect("Send? [y/n] ").type("y\n")
        header, card, _ = sent(terminal, maria)
        assert terminal.wait() == 0
    assert card["givenName"] == "Bo" and card["telecom"] == "046-00 00 00"
    assert header.send.priority == "routine" and not header.send.HasField("call_time")


def test_a_unit_is_called_as_people_call_it(client):
    with talk(client) as terminal:
        terminal.expect("To which unit: ").type("\n").expect("like skane/beroende-lund or Beroende Lund")
        terminal.expect("To which unit: ").type("vuxen\n").expect("may be more than one unit").expect("malmo/vuxen")
        terminal.expect("To which unit: ").type("beroende lund\n").expect("From Lund Vuxen to Beroende Lund")
        terminal.expect("Kind").type("\x03")
        terminal.wait()
    with talk(client, "MALMO VUXEN") as terminal:
        terminal.expect("From Lund Vuxen to Malmö Vuxen").type("\x04").expect("Begin again: stafett --as maria send")
        terminal.expect(people.MALMO)
        terminal.wait()


def test_who_may_not_send_is_asked_nothing_and_told_who_may(client):
    terminal = client.at_terminal("mona", "send", people.BEROENDE)
    assert terminal.wait() == 3
    terminal.close()
    assert "it takes caseworker, service; nothing was done" in " ".join(terminal.said.split())
    assert "Kind" not in terminal.said


def test_a_need_is_named_in_either_language_and_its_slips_are_guessed(client):
    assert people.BEROENDE in client.run("maria", "units", "--need", "alkohol")
    assert "mean 'alcohol'?" in " ".join(client.run("maria", "units", "--need", "alcohl", status=2).split())


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_nothing_behind(client, end):
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, TALK[:5])
        terminal.expect("Protected identity")
        terminal.process.send_signal(end)
        assert terminal.wait() == -end
    kept = [path for path in (client.home / "state").rglob("*")
            if path.is_file() and b"19640823" in path.read_bytes()]
    assert list((client.home / "state").rglob("*")) and kept == []


def test_hostile_keys_are_neither_obeyed_nor_kept(client, maria):
    with talk(client, people.BEROENDE) as terminal:
        pairs = dict(TALK)
        pairs["First name: "] = "An\x1b[31m\x1b]0;x\x07\u202eders\u009b"
        answer(terminal, pairs.items())
        terminal.type(".\n").expect("Send? [y/n] ").type("y\n")
        _, card, _ = sent(terminal, maria)
        terminal.wait()
        assert "\x1b[31m" not in terminal.said and "\u202e" not in terminal.said
    assert "\x1b" not in card["givenName"] and "\u202e" not in card["givenName"]


def test_a_line_is_edited(client, maria):
    with talk(client, people.BEROENDE, columns=40) as terminal:
        pairs = dict(TALK)
        pairs["First name: "] = "x" * 60 + "\x15Andö\x7fers"
        answer(terminal, pairs.items())
        terminal.resize(24, 60)
        terminal.type(".\n").expect("Send? [y/n] ").type("y\n")
        _, card, _ = sent(terminal, maria)
        terminal.wait()
    assert card["givenName"] == "Anders"


def test_it_asks_in_swedish(client, maria):
    with talk(client, people.BEROENDE, LANGUAGE="sv") as terminal:
        for question in ("Typ", "Behov", "Personnummer", "Förnamn", "Efternamn"):
            terminal.expect(question)
            terminal.type({"Behov": "alkohol", "Efternamn": "Holm"}.get(question, "") + "\n")
            if question == "Personnummer":
                terminal.expect("Född").type("\n")
        terminal.expect("[j/N]").type("\x03")
        terminal.wait()


# -- in an editor ----------------------------------------------------------------------

FILLED = {"needs": "alcohol", "subject.familyName": "Holm", "subject.reasonText": "Alkohol",
}

@pytest.fixture
def runtime():
    folder = Path(tempfile.mkdtemp(dir="/dev/shm", prefix="stafett-test-"))
    yield folder
    shutil.rmtree(folder)


def editor(folder, script):
    """An editor that is a program: sed -i and what it leaves beside the file."""
    path = folder / "an editor"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return f"'{path}'"


FILL = """
test "$(stat -Lc %a "$1")" = {mode} || exit 9
sed -e 's/^needs: .*/needs: alcohol/; s/^subject.familyName: .*/subject.familyName: Holm/' \
    -e 's/^subject.reasonText: .*/subject.reasonText: Alkohol/' "$1" > "{work}/filled"
printf 'Texten.\\n' >> "{work}/filled"
cat "{work}/filled" > "$1"
"""


@pytest.mark.parametrize("in_memory_folder", [True, False])
def test_the_editor_has_a_commented_template_in_memory(client, maria, work, runtime,
                                                       in_memory_folder):
    where = {"XDG_RUNTIME_DIR": str(runtime)} if in_memory_folder else {"XDG_RUNTIME_DIR": "/nowhere"}
    script = FILL.format(mode=600 if in_memory_folder else 777, work=work)
    script += 'echo swap > "$(dirname "$1")/.referral.swp"; true\n' if in_memory_folder else ""
    said = client.run("maria", "send", people.BEROENDE, "--edit",
                      VISUAL=editor(work, script), **where)
    code = CODE.search(said).group(1)
    content = maria.get(code, contents=True).contents[0]
    assert json.loads(content.card.data)["familyName"] == "Holm"
    assert content.body.data == b"Texten."
    template = (work / "filled").read_text()
    assert "# The day on which the person asked." in template
    assert "opioids" in template and "helpRequestDate: today" in template
    assert list(runtime.iterdir()) == []


def test_an_emptied_template_sends_nothing(client, work, runtime):
    said = client.run("maria", "send", people.BEROENDE, "--edit", status=2,
                      EDITOR=editor(work, ': > "$1"'), XDG_RUNTIME_DIR=str(runtime))
    assert "Nothing was sent" in said


def test_a_bad_template_is_opened_again(client, work, runtime, maria):
    script = f"""
if test -e "{work}/again"; then sed -i 's/^needs: .*/needs: alcohol/' "$1"; exit; fi
touch "{work}/again"
sed -i 's/^needs: .*/needs: dragons/; s/familyName: .*/familyName: Holm/;
        s/reasonText: .*/reasonText: Alkohol/' "$1"
"""
    with talk(client, people.BEROENDE, "--edit", VISUAL=editor(work, script),
              XDG_RUNTIME_DIR=str(runtime)) as terminal:
        terminal.expect("'dragons' is not in the code list").expect("Edit again? [Y/n] ").type("\n")
        header, _, _ = sent(terminal, maria)
        assert terminal.wait() == 0
    assert header.send.needs == ["alcohol"]
    assert list(runtime.iterdir()) == []


def test_an_editor_that_fails_or_is_killed_leaves_nothing(client, work, runtime):
    said = client.run("maria", "send", people.BEROENDE, "--edit", status=2,
                      EDITOR=editor(work, "kill -9 $$"), XDG_RUNTIME_DIR=str(runtime))
    assert "editor did not end well" in said
    with talk(client, people.BEROENDE, "--edit", XDG_RUNTIME_DIR=str(runtime),
              VISUAL=editor(work, 'echo "open $1"; read line')) as terminal:
        terminal.expect("open /")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.type("\n")
        assert terminal.wait() == -signal.SIGTERM
    assert list(runtime.iterdir()) == []


def test_a_handover_asks_who_gives_the_next_dose_and_others_do_not(client, maria):
    pairs = [("Kind [care-request]: ", "handover"), ("given at: ", "yesterday 10:00"),
             ("tomorrow's is given by: ", "rec"), *TALK[1:]]
    with talk(client, people.BEROENDE) as terminal:
        answer(terminal, pairs).type(".\n").expect("Send? [y/n] ").type("y\n")
        header, *_ = sent(terminal, maria)
        assert terminal.wait() == 0
    assert header.send.dose.next_by == "receiver" and header.send.dose.last_time.seconds
