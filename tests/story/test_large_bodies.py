# SPDX-License-Identifier: Apache-2.0
"""Bodies that do not fit into a message, as `stafett` sends and shows them: uploaded
and fetched in parts, gone on with after every cut, and the same bytes at the end."""

import json
import os
import re
import signal
import subprocess
import types

import chaos
import people
import processes
import pytest
from client import Client

LARGEST, INLINE = 10485760, 65536
CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")
DRAFT = {
    "kind": "care-request", "needs": ["alcohol"], "helpRequestDate": "today",
    "legalBasis": {"code": "need-of-care"}, "personInformed": True,
    "subject": {"familyName": "Holm", "givenName": "Anders", "identifier": "19640823-3234"},
    "bodyFile": "body",
}


class Home(Client):
    """A client with a draft, whose line to the daemon may run through a proxy."""

    def __init__(self, stack, folder):
        super().__init__(stack, folder)
        self.stack, self.proxy = stack, None
        self.draft = folder / "referral.json"
        self.outbox = folder / "state" / "stafett" / "outbox"

    def write(self, body):
        (self.home / "body").write_bytes(body)
        self.draft.write_text(json.dumps(DRAFT))
        return body

    def send(self, **more):
        return self.run("maria", "send", people.BEROENDE, "--file", self.draft, **more)

    def through_proxy(self):
        """From now on."""
        port = processes.free_port()
        folder = self.stack.folder / f"proxy-{port}"
        processes.private_folder(folder)
        self.proxy = chaos.Proxy(self.stack.build, folder, port, self.stack.port, "bytes")
        for profile in (self.home / "config" / "stafett" / "profiles").glob("*.conf"):
            profile.write_text(re.sub(r"localhost:\d+", f"localhost:{port}", profile.read_text()))

    def kept(self):
        return sorted(path.name[36:] for path in self.outbox.iterdir())

    def only_code(self, text):
        """The one code that |text| tells."""
        code, = set(CODE.findall(text))
        return code


@pytest.fixture
def client(stack, tmp_path):
    home = Home(stack, tmp_path)
    yield home
    if home.proxy:
        home.proxy.stop()


def received(petra, code):
    """The body of a referral, and how it was sent."""
    content, = petra.get(code, contents=True).contents
    message = types.SimpleNamespace(referral=code, id=content.message)
    return petra.fetch(message, from_unit=content.from_unit), content.body.WhichOneof("content")


# -- there --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [INLINE, INLINE + 1, LARGEST])
def test_bodies_arrive_byte_for_byte(client, petra, size):
    body = client.write(os.urandom(size))
    code = client.only_code(client.send())
    assert received(petra, code) == (body, "data" if size <= INLINE else "upload")
    assert client.kept() == []


def test_a_large_text_in_the_draft_itself_is_uploaded_too(client, petra):
    text = "Återfall. " * 20000
    draft = {**DRAFT, "body": text}
    del draft["bodyFile"]
    client.draft.write_text(json.dumps(draft))
    assert received(petra, client.only_code(client.send())) == (text.encode(), "upload")


def test_one_byte_more_than_the_largest_is_refused_before_anything_is_sent(client, tables):
    client.write(bytes(LARGEST + 1))
    before = tables.digests(), tables.audits()
    said = " ".join(client.send(status=2).split())
    assert "PART_TOO_LARGE" in said and "at most 10485760 bytes" in said and "nothing was sent" in said
    assert (tables.digests(), tables.audits()) == before
    assert not client.outbox.exists()


# -- cut off, and gone on with --------------------------------------------------------


@pytest.mark.parametrize("where", [3000, 200_000, 4_000_000, 10_000_000])
def test_an_upload_that_is_cut_goes_on_where_it_was(client, petra, where):
    body = client.write(os.urandom(LARGEST))
    client.through_proxy()
    cut = client.proxy.rule("front", where, "-", "cut-after")
    code = client.only_code(client.send())
    assert cut.has_fired()
    assert received(petra, code)[0] == body


def test_an_upload_that_is_cut_again_and_again_arrives_once(client, petra, tables):
    body = client.write(os.urandom(LARGEST))
    client.through_proxy()
    before = tables.value("SELECT count(*) FROM stafett.content")
    cuts = [client.proxy.rule("front", 1_500_000, "-", "cut-after") for _ in range(5)]
    code = client.only_code(client.send())
    assert all(cut.has_fired() for cut in cuts)
    assert received(petra, code)[0] == body
    assert tables.value("SELECT count(*) FROM stafett.content") == before + 1


def test_what_no_server_took_waits_in_files_of_ones_own(client, petra, stack):
    """Killed by a server that goes away in the middle; delivered by the next command."""
    body = client.write(os.urandom(LARGEST))
    client.through_proxy()
    held = client.proxy.rule("front", 3_000_000, "-", "hold")
    program = start(client)
    held.wait()
    program.send_signal(signal.SIGKILL)
    program.wait()
    client.proxy.tell("cut")
    assert client.kept() == [".body", ".write"]
    for path in client.outbox.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert client.outbox.stat().st_mode & 0o777 == 0o700
    said = client.run("maria")
    assert "has been delivered now" in said and client.kept() == []
    assert received(petra, client.only_code(said))[0] == body


def test_control_c_tells_the_server_and_keeps_what_was_to_be_sent(client, petra, stack):
    body = client.write(os.urandom(LARGEST))
    client.through_proxy()
    held = client.proxy.rule("front", 3_000_000, "-", "hold")
    program = start(client)
    held.wait()
    program.send_signal(signal.SIGINT)
    assert program.wait(timeout=processes.DEADLINE_S) == -signal.SIGINT
    client.proxy.tell("cut")
    assert client.kept() == [".body", ".write"]
    assert received(petra, client.only_code(client.run("maria")))[0] == body


def start(client):
    return subprocess.Popen(
        [str(client.program), "--as", "maria", "send", people.BEROENDE, "--file", str(client.draft)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_CONFIG_HOME": str(client.home / "config"),
             "XDG_STATE_HOME": str(client.home / "state")})


def test_a_body_that_changed_on_disk_is_never_sent(client, tables):
    client.write(os.urandom(INLINE + 1))
    client.through_proxy()
    client.proxy.tell("refuse")
    client.run("maria", "--timeout", "0", "send", people.BEROENDE, "--file", client.draft, status=6)
    path, = client.outbox.glob("*.body")
    path.write_bytes(bytes(INLINE + 1))
    client.proxy.tell("accept")
    before = tables.value("SELECT count(*) FROM stafett.content")
    assert "damaged" in client.run("maria")
    assert client.kept() == [".body", ".write"]
    assert tables.value("SELECT count(*) FROM stafett.content") == before


# -- and back -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def letter(stack, tmp_path_factory):
    """The code and the body of a referral whose body is as large as one may be."""
    home = Home(stack, tmp_path_factory.mktemp("letter"))
    text = "".join(f"Rad {number}, å\u202e\x1b[31m\r\n" for number in range(500_000)).encode()
    body = home.write(text[:LARGEST - 1] + b"\n")
    return home.only_code(home.send()), body


def as_petra(client, *words):
    """What somebody gets who reads it from a pipe."""
    done = subprocess.run(
        [str(client.program), "--as", "petra", *words], stdin=subprocess.DEVNULL,
        capture_output=True, timeout=120, check=False,
        env={**os.environ, "XDG_CONFIG_HOME": str(client.home / "config"),
             "XDG_STATE_HOME": str(client.home / "state")})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_body_is_printed_byte_for_byte_into_a_pipe(client, letter):
    assert as_petra(client, "show", letter[0], "--body") == letter[1]


def test_a_body_is_saved_once_and_for_its_reader_alone(client, letter):
    folder = client.home / "saved"
    said = client.run("petra", "show", letter[0], "--save", folder)
    names = {path.name for path in folder.iterdir()}
    assert names == {f"{letter[0]}-1-card.json", f"{letter[0]}-1-body.txt"}
    assert set(said.split()) == {str(folder / name) for name in names}
    path = folder / f"{letter[0]}-1-body.txt"
    assert path.read_bytes() == letter[1] and path.stat().st_mode & 0o777 == 0o600
    (folder / f"{letter[0]}-1-card.json").unlink()
    path.write_bytes(b"mine")
    assert "File exists" in client.run("petra", "show", letter[0], "--save", folder, status=2)
    assert path.read_bytes() == b"mine"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("where", [8_000, 100_000, 5_000_000])
def test_a_fetch_that_is_cut_goes_on_where_it_was(client, letter, where):
    client.through_proxy()
    cuts = [client.proxy.rule("back", where, "-", "cut-after") for _ in range(2)]
    assert as_petra(client, "show", letter[0], "--body") == letter[1]
    assert all(cut.has_fired() for cut in cuts)


def test_a_terminal_is_shown_a_body_that_it_cannot_obey(client, letter):
    """And the end of each line as it was, wherever the text was cut into slices."""
    words = ["script", "-qefc", f"'{client.program}' --as petra show {letter[0]} --body", "/dev/null"]
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(client.home / "config"),
             "XDG_STATE_HOME": str(client.home / "state")})
    shown = [line for line in done.stdout.decode().splitlines() if line.startswith("Rad ")]
    assert shown[:-1] == [f"Rad {number}, å\\u202e\\u001b[31m" for number in range(len(shown) - 1)]
    assert len(shown) == letter[1].count(b"\n")


def test_what_is_not_what_was_announced_is_neither_shown_nor_saved(client, tables):
    body = client.write(os.urandom(INLINE * 2))
    code = client.only_code(client.send())
    tables.rows("UPDATE stafett.upload_part SET data = set_byte(data, 7, get_byte(data, 7) # 1)"
                " WHERE start = 65536 AND data = %s RETURNING 1", body[INLINE:])
    folder = client.home / "saved"
    said = client.run("petra", "show", code, "--save", folder, status=7)
    assert "BODY_DIFFERS" in said and people.LUND in said
    assert [path.suffix for path in folder.iterdir()] == [".json"]
    assert "BODY_DIFFERS" in client.run("petra", "show", code, "--body", status=7)


def test_json_tells_the_person_and_what_the_body_is(client, letter):
    referral = json.loads(as_petra(client, "--json", "show", letter[0]))["referral"]
    assert referral["subject"]["familyName"] == "Holm" and "body" not in referral
    referral = json.loads(as_petra(client, "--json", "show", letter[0], "--body"))["referral"]
    assert (referral["body"]["size"], referral["body"]["uploaded"]) == (LARGEST, True)
    assert referral["body"]["fromUnit"] == people.LUND and "text" not in referral["body"]


@pytest.mark.parametrize("body, field, value", [
    ("Återfall.".encode(), "text", "Återfall."), (b"\xff\x00", "data", "/wA=")])
def test_json_holds_a_body_that_came_inside_its_message(client, body, field, value):
    client.write(body)
    code = client.only_code(client.send())
    shown = json.loads(as_petra(client, "--json", "show", code, "--body"))["referral"]["body"]
    assert (shown[field], shown["size"], shown["uploaded"]) == (value, len(body), False)
