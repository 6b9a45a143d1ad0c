# SPDX-License-Identifier: Apache-2.0
"""The day of people who work in Swedish."""

import json
import re
import subprocess

import people
import pytest
import tree
from caller import in_days
from client import Client

REFERRAL = tree.TOP / "deploy" / "demo" / "referral.json"
CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")
PAGE_COLUMNS = 80


@pytest.fixture(scope="module")
def client(stack, work):
    return Client(stack, work / "svenska")


@pytest.fixture(scope="module")
def real_locale(work):
    """The Swedish locale of this system, made for these tests alone."""
    folder = work / "locales"
    folder.mkdir()
    try:
        subprocess.run(["localedef", "-i", "sv_SE", "-f", "UTF-8", str(folder / "sv_SE.UTF-8")],
                       check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"the Swedish locale cannot be had (package locales): {error}")
    return {"LC_ALL": "sv_SE.UTF-8", "LOCPATH": str(folder), "LANGUAGE": ""}


def catalogue():
    """(English, Swedish) of texts long enough to be recognised, up to their first value."""
    blocks = (tree.TOP / "client" / "po" / "sv.po").read_text().split("\n\n")[1:]
    for block in blocks:
        english, swedish = (
            re.split(r"[\[{%\\]", "".join(re.findall(r'"((?:\\.|[^"\\])*)"', part)))[0]
            for part in re.split(r"\nmsgstr", block[block.index("msgid "):])[:2])
        if len(english) > 8 and english != swedish:
            yield english, swedish


def play(client, **language):
    """A referral from the sending to the acceptance; each command's name and output."""
    def run(who, *words):
        said.append((words[0], client.run(who, *words, COLUMNS=str(PAGE_COLUMNS), **language)))
        return said[-1][1]
    said = []
    run("maria", "enheter", "--municipality", "lund", "--need", "alcohol")
    code = CODE.search(run("maria", "skicka", people.BEROENDE, "--file", REFERRAL)).group(1)
    for words in (["inkorg"], ["visa", code], ["kvittera", code],
                  ["ta-emot", code, "--responsible", "nurse", "--contact-by", in_days(7)],
                  ["visa", code], ["lista"], ["kontroll"], ["profil"], ["koder", "need"]):
        run("petra", *words)
    return said


def test_a_referral_in_swedish_from_the_sending_to_the_acceptance(client):
    said = dict(play(client, LANGUAGE="sv"))
    assert "skickat. Ni håller i vårdkedjan tills Beroende Lund tar emot." in said["skicka"]
    assert re.search(r"\d+ i inkorgen.*\n.*KOD +FRÅN +VEM", said["inkorg"])
    assert re.search(r"Lund Vuxen håller\s+fortfarande i vårdkedjan tills ni\s+tar emot", said["kvittera"])
    assert "Beroende Lund håller nu i vårdkedjan för Anders Holm" in said["ta-emot"]
    assert re.search(r"remiss: alkohol +\[mottaget\]", said["visa"])
    assert "samtycke, skriftligt" in said["visa"]
    assert "remiss, överlämning" in said["enheter"]
    assert re.search(r"^Hjälp senast (mån|tis|ons|tors|fre|lör|sön) \d+ [a-z]+ ", said["visa"], re.M)
    assert re.search(r"Nästa: stafett --as petra (visa|kvittera) ", said["inkorg"])


def test_no_english_is_left_on_the_screens(client):
    screens = "\n".join(text for _, text in play(client, LANGUAGE="sv"))
    assert [english for english, _ in catalogue() if english in screens] == []


def test_the_screens_are_as_wide_as_the_page(client):
    """A command to type is never broken."""
    wide = [line for _, text in play(client, LANGUAGE="sv") for line in text.splitlines()
            if len(line) > PAGE_COLUMNS and "stafett " not in line]
    assert wide == []


def test_the_swedish_locale_of_the_system_is_enough(client, real_locale):
    said = dict(play(client, **real_locale))
    assert "håller nu i vårdkedjan" in said["ta-emot"]


def test_a_system_without_the_locale_speaks_the_language(client, work):
    said = client.run("petra", "profil", LC_ALL="sv_SE.UTF-8", LANGUAGE="", LOCPATH=str(work))
    assert "ENHET" in said


def test_swedish_names_work_in_every_language_and_without_their_letters(client):
    for language in ("en", "sv"):
        for words in (["hjälp", "ta-emot"], ["hjalp", "kvittera"], ["help", "inkorg"]):
            client.run("maria", *words, LANGUAGE=language)
        assert "inkorg" in client.run("maria", "inkrog", status=2, LANGUAGE=language)


def test_dates_are_understood_in_swedish(client, maria):
    for words in ("imorgon", "+2v"):
        code = maria.send(people.BEROENDE).answer.code
        said = client.run("petra", "ta-emot", code, "--responsible", "nurse", "--contact-by", words,
                          LANGUAGE="sv")
        assert "Ni har lovat kontakt senast" in said


def test_what_programs_read_is_the_same_in_every_language(client, maria):
    maria.send(people.BEROENDE)
    for words in (["--json", "list"], ["--json", "show", "0000"], ["--json", "units"]):
        status = 4 if "0000" in words else 0
        swedish, english = (json.loads(client.run("petra", *words, LANGUAGE=language, status=status))
                            for language in ("sv", "en"))
        for answer in (swedish, english):   # sentences for people, and what each call has of its own
            for field in ("message", "hint", "logId", "heartbeat"):
                answer.pop(field, None)
        assert swedish == english


def test_plain_tables_keep_the_codes(client, maria):
    maria.send(people.BEROENDE)
    said = client.run("petra", "--plain", "list", LANGUAGE="sv")
    assert "\trequested\t" in said and "\tskickat\t" not in said


def test_a_problem_in_swedish_has_a_command_and_its_stable_name(client):
    said = client.run("omar", "visa", "0000", status=4, LANGUAGE="sv")
    assert "Det finns inget som heter '0000'" in said
    assert "stafett --as omar lista" in said and "(NOT_FOUND;" in said
