# SPDX-License-Identifier: Apache-2.0
"""Units are told of alarms outside the program, by a mail through a real sendmail (msmtp)
to a sink that speaks SMTP, and by a command of the operator's: codes and their number,
at least once, always with the same id, and nothing of it holds up an alarm."""

import json
import os
import re
import signal
from pathlib import Path

import metrics
import people
import processes
import pytest
from business_clock import set_at, settle, wait_for
from client import Client
from smtp_sink import Sink
from stack import CLERK_WORKS, Stack

FROM = "larm@stafett.example"
CARD = json.dumps({"familyName": "Kanariefors", "givenName": "Anders", "number": "191212121212"}).encode()


class Post:
    """A daemon whose clerk mails to |sink|, and whose commands are |hook|s."""

    def __init__(self, build, folder):
        self.sink = Sink()
        self.stack = Stack(build, folder, mail_from=FROM, sendmail="sendmail")
        config = self.write("msmtprc", f"host 127.0.0.1\nport {self.sink.port}\nauth off\ntls off\n", 0o600)
        self.write("sendmail", f'#!/bin/sh\nexec msmtp --file={config} "$@"\n', 0o755)
        processes.private_folder(folder / "hooks")
        self.stack.serve()
        self.tables = self.stack.tables()

    def write(self, name, text, mode):
        path = self.stack.folder / name
        path.write_text(text)
        path.chmod(mode)
        return processes.give(path)

    def hook(self, name, script):
        self.write(f"hooks/{name}", f"#!/bin/sh\n{script}\n", 0o755)

    def tell(self, unit, **way):
        path = self.write("notice.json", json.dumps({"unit": unit, **way}), 0o644)
        return self.stack.command("notice", "set", path)

    def at(self, text):
        """Stockholm's wall clock, of 2037: its days are those of 2026."""
        set_at(self.tables, f"2037-{text}")

    def wait(self, holds):
        return wait_for(self.tables, holds)

    def settle(self):
        settle(self.tables)

    def notices(self, unit):
        """[(id, means, codes, count, tries, whether it was told)] of a unit."""
        return self.tables.rows(
            "SELECT n.id::text, n.means, n.codes, n.count, n.tries, n.told_time IS NOT NULL FROM stafett.notice n"
            " JOIN stafett.unit u ON u.id = n.unit WHERE u.handle = %s ORDER BY n.create_time, n.means", unit)

    def send(self, count=1, to=people.BEROENDE):
        """Referrals that nobody reads; their codes. What the clock says of them goes to both sides."""
        self.at("11-20 09:00:00")
        maria = self.stack.caller("maria")
        return sorted(maria.send(to, card=CARD, act={"help_request_date": "2037-11-02"}).answer.code
                      for _ in range(count))

@pytest.fixture(scope="module")
def daemon(build, work):
    post = Post(build, work / "post")
    yield post
    post.stack.stop()
    post.sink.stop()


@pytest.fixture
def post(daemon):
    """Nobody wants to be told, nothing is in the box, and the sink is empty."""
    cursor = daemon.tables.connection.cursor()
    cursor.execute("UPDATE stafett.notice SET next_time = NULL")
    daemon.settle()
    # What is open of the test before is due no more.
    cursor.execute("UPDATE stafett.referral SET step_time = NULL, alarm_time = NULL;"
                   " DELETE FROM stafett.notice_way; DELETE FROM stafett.notice_line; DELETE FROM stafett.notice")
    daemon.sink.refuses = False
    daemon.sink.mails.clear()
    daemon.sink.refused.clear()
    return daemon


# -- mail ------------------------------------------------------------------------------------


def test_a_mail_carries_codes_and_their_number_and_nothing_else(post):
    post.tell(people.BEROENDE, mail="vakt@beroende.example")
    codes = post.send(3)
    post.at("11-23 17:00:00")
    post.wait(lambda: [told for *_, told in post.notices(people.BEROENDE)] == [True])
    mail, = post.sink.mails
    (notice, means, _, count, tries, _), = post.notices(people.BEROENDE)
    assert (means, count, tries) == ("mail", 3, 1)
    assert (mail.sender, mail.recipients) == (FROM, ["vakt@beroende.example"])
    assert mail.headers["Message-ID"] == f"<{notice}@stafett.example>"
    assert mail.headers["Subject"] == "Stafett: 3 larm (alarms)"
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert mail.body.strip() == "\n".join([f"{people.BEROENDE}: 3", *codes, "", "stafett inbox"])
    assert not re.search("Kanariefors|Anders|191212121212", mail.text)
    # The other side has not asked for it.
    assert not post.notices(people.LUND) and not post.tables.count("notice_line")


def test_what_cannot_be_told_is_told_later_with_the_same_id(post):
    post.tell(people.BEROENDE, mail="vakt@beroende.example")
    post.send()
    post.sink.refuses = True
    post.at("11-23 17:00:00")
    post.sink.wait_refused(1)
    before = metrics.read(post.stack)
    assert not post.tables.count("notice", "next_time < create_time + interval '1 minute'")
    post.sink.refuses = False
    post.at("11-23 17:03:00")
    post.sink.wait(lambda mails: len(mails) == 1)
    (notice, *_, tries, told), = post.wait(lambda: [row for row in post.notices(people.BEROENDE) if row[-1]])
    assert tries >= 2 and told
    assert {mail.headers["Message-ID"] for mail in post.sink.mails + post.sink.refused} \
        == {f"<{notice}@stafett.example>"}
    name = 'stafett_notices_total{result="told"}'
    post.wait(lambda: metrics.read(post.stack)[name] == before[name] + 1)


def test_after_three_days_of_tries_it_is_given_up_and_the_log_says_so(post):
    post.tell(people.BEROENDE, mail="vakt@beroende.example")
    post.send()
    post.sink.refuses = True
    post.at("11-23 17:00:00")
    post.sink.wait_refused(1)
    post.tables.connection.cursor().execute(
        "UPDATE stafett.notice SET tries = 77, next_time = stafett.now()")
    mark = post.stack.process.mark()
    post.settle()
    post.stack.process.wait_line("a notice was given up", after=mark)
    assert [row[-1] for row in post.notices(people.BEROENDE)] == [False]
    assert not post.tables.count("notice", "next_time IS NOT NULL")


def test_in_quiet_hours_nothing_is_told_and_then_all_of_it_at_once(post):
    post.tell(people.BEROENDE, mail="vakt@beroende.example", hours="Mon-Fri 8-17")
    post.send(2)
    # Due at five, when it has just become quiet.
    post.at("11-23 17:00:30")
    post.wait(lambda: post.tables.count("notice_line") == 2)
    post.at("11-23 23:00:00")
    post.settle()
    assert not post.notices(people.BEROENDE)
    post.at("11-24 08:00:30")
    # The next step of the ladder may be told of in the same mail, or in another.
    post.sink.wait(lambda mails: mails)
    assert post.sink.mails[0].headers["Subject"] == "Stafett: 2 larm (alarms)"


def test_what_failed_before_quiet_hours_is_tried_again_after_them(post):
    """However long they are; not at night, when others are told who are there."""
    post.tell(people.BEROENDE, mail="vakt@beroende.example", hours="Mon-Fri 8-17")
    post.tell(people.LUND, mail="vakt@lund.example")
    post.send()
    post.sink.refuses = True

    def tries(unit):
        return sum(row[4] for row in post.notices(unit))

    def lund_is_tried_at(when):
        before = tries(people.LUND)
        post.at(when)
        post.wait(lambda: tries(people.LUND) > before)
        post.settle()
    post.at("11-23 17:00:30")
    post.wait(lambda: post.tables.count("notice_line"))
    post.at("11-24 16:30:00")
    post.wait(lambda: tries(people.BEROENDE))
    lund_is_tried_at("11-24 23:30:00")
    tried = tries(people.BEROENDE)
    lund_is_tried_at("11-30 07:50:00")
    assert tries(people.BEROENDE) == tried
    post.sink.refuses = False
    post.at("11-30 08:00:30")
    post.wait(lambda: post.notices(people.BEROENDE)[0][-1])


# -- a command -------------------------------------------------------------------------------


def test_a_command_has_nothing_of_ours_but_code_and_number(post):
    said = post.stack.folder / "said"
    post.hook("pager", f"{{ tr '\\0' '\\n' </proc/$$/environ; echo --; ls -l /proc/$$/fd; echo --; cat; }}"
                       f" >{said}.new; echo $0 $# >>{said}.new; mv {said}.new {said}")
    post.tell(people.LUND, hook="pager")
    code, = post.send()
    post.at("11-23 17:00:00")
    (notice, *_), = post.wait(lambda: [row for row in post.notices(people.LUND) if row[-1]])
    environment, files, words = said.read_text().split("--\n")
    assert sorted(environment.split()) == [
        "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "STAFETT_COUNT=1", f"STAFETT_NOTICE={notice}", f"STAFETT_UNIT={people.LUND}"]
    assert not re.search(r"socket:|pipe:|anon_inode:", files), files
    assert words.split() == [code, str(post.stack.folder / "hooks" / "pager"), "0"]


def test_a_command_that_hangs_holds_up_neither_alarms_nor_others(post):
    fifo = post.stack.folder / "never"
    os.mkfifo(fifo)
    processes.give(fifo)
    post.hook("hangs", f"exec cat {fifo}")
    post.tell(people.LUND, hook="hangs")
    post.tell(people.BEROENDE, mail="vakt@beroende.example")
    post.send()
    post.at("11-23 17:00:00")
    post.wait(lambda: [row for row in post.notices(people.LUND) if row[4]])
    post.wait(lambda: [row for row in post.notices(people.BEROENDE) if row[-1]])
    raised = post.tables.count("alarm")
    codes = post.send(2)
    post.at("11-23 17:00:05")
    post.sink.wait(lambda mails: set(codes) <= {word for mail in mails for word in mail.body.split()})
    assert post.tables.count("alarm") >= raised + 2
    assert not any(row[-1] for row in post.notices(people.LUND))
    # Nor does it hold up the end: the next daemon goes on.
    mark = post.stack.process.mark()
    os.kill(post.stack.clerk(), signal.SIGTERM)
    post.stack.process.wait_line(CLERK_WORKS, after=mark)


@pytest.mark.parametrize("way", [{"hook": "absent"}, {"hook": "fails"}, {"mail": "vakt@x"}])
def test_what_goes_wrong_is_one_line_in_the_log_and_is_tried_again(post, way):
    post.hook("fails", "exit 3")
    post.sink.refuses = True
    mark = post.stack.process.mark()
    post.tell(people.LUND, **way)
    post.send()
    post.at("11-23 17:00:00")
    post.stack.process.wait_line("could not be told of its alarms", after=mark)
    post.settle()
    (tries, told), = [row[4:] for row in post.notices(people.LUND)]
    assert tries >= 1 and not told


# -- kills -----------------------------------------------------------------------------------


def is_dead(process):
    """Gone, or not yet reaped."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_clerk_killed_while_it_tells_is_followed_by_one_that_tells_the_same(post):
    """The command of the one that was killed dies with it; what it had told is told again."""
    begun, fifo = post.stack.folder / "begun", post.stack.folder / "wait"
    os.mkfifo(fifo)
    processes.give(fifo)
    post.hook("slow", f"echo $STAFETT_NOTICE $$ >>{begun}; [ -e {fifo} ] && exec cat {fifo}; true")
    post.tell(people.LUND, hook="slow")
    post.send()
    post.at("11-23 17:00:00")
    post.wait(lambda: begun.exists() and begun.read_text().endswith("\n"))
    mark = post.stack.process.mark()
    os.kill(post.stack.clerk(), signal.SIGKILL)
    post.stack.process.wait_line(CLERK_WORKS, after=mark)
    notice, child = begun.read_text().splitlines()[0].split()
    post.wait(lambda: is_dead(child))
    assert not any(row[-1] for row in post.notices(people.LUND))
    os.unlink(fifo)
    post.at("11-23 17:03:00")
    (row,) = post.wait(lambda: [row for row in post.notices(people.LUND) if row[-1]])
    assert row[0] == notice and {line.split()[0] for line in begun.read_text().splitlines()} == {notice}


# -- the operator's word ----------------------------------------------------------------------


@pytest.mark.parametrize("way, said", [
    ({}, "neither 'mail' nor 'hook'"),
    ({"mail": "-oQ/tmp@x.example"}, "'mail' cannot be"),
    ({"mail": "a@b.example\nBcc: c@d.example"}, "'mail' cannot be"),
    ({"mail": "a b@c.example"}, "'mail' cannot be"),
    ({"hook": "../../bin/sh"}, "'hook' cannot be"),
    ({"hook": "pager; rm"}, "'hook' cannot be"),
    ({"hook": "pager", "hours": "always"}, "'hours' cannot be"),
    ({"hook": "pager", "hours": "Mon-Fri 17-8"}, "'hours' cannot be"),
    ({"hook": "pager", "phone": "1"}, "phone"),
])
def test_words_that_could_be_taken_for_others_are_refused(post, way, said):
    path = post.write("bad.json", json.dumps({"unit": people.LUND, **way}), 0o644)
    done = post.stack.command("notice", "set", path, check=False)
    assert done.returncode == 1 and said in done.stderr, done.stderr


def test_a_change_is_listed_and_stands_in_the_log_of_the_unit(post, work):
    post.tell(people.LUND, mail="vakt@lund.example", hook="pager", hours="Mon-Fri 8-17, Sat 9-12")
    assert post.stack.command("notice", "list").stdout.splitlines() == [
        "unit\tmail\thook\thours", f"{people.LUND}\tvakt@lund.example\tpager\tMon-Fri 8-17, Sat 9-12"]
    axel = post.stack.caller("axel")
    assert "notice" in [entry.operation for entry in axel.whole_log()]
    said = Client(post.stack, work / "notice-log").run("axel", "audit", "log", "--action", "notice")
    assert "changed how a unit is told of alarms" in " ".join(said.split())
    post.stack.command("notice", "end", people.LUND)
    assert len(post.stack.command("notice", "list").stdout.splitlines()) == 1
    done = post.stack.command("notice", "end", people.LUND, check=False)
    assert done.returncode == 1 and "there is no unit" in done.stderr


def test_settings_that_cannot_tell_anybody_are_refused_by_a_check(post):
    def check(**settings):
        options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return post.stack.command(*options, "--check", check=False).stderr
    assert check() == ""
    assert "'mail_from'" in check(mail_from="nobody")
    assert "'sendmail'" in check(sendmail="/no/such/program")
    assert check(mail_from="", sendmail="/no/such/program") == ""


def test_a_code_is_all_that_the_box_holds(post):
    """Neither table has room for more."""
    columns = post.tables.rows(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'stafett' AND table_name IN ('notice', 'notice_line') ORDER BY 1")
    assert [name for name, in columns] == [
        "notice.codes", "notice.count", "notice.create_time", "notice.id", "notice.means", "notice.next_time",
        "notice.told_time", "notice.tries", "notice.unit",
        "notice_line.code", "notice_line.event", "notice_line.means", "notice_line.unit"]
