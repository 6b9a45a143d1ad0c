# SPDX-License-Identifier: Apache-2.0
"""64 writers, commits that are held up and overtaken, slow lines, killed workers: each
who watches an inbox is shown all that was committed to it, and nothing steps back."""

import random
import threading

import grpc
import people
import processes
from watcher import Watcher

CALLERS = 64
ROUNDS, LONG_ROUNDS = 12, 120
# Writes that are answered between two troubles, and while one lasts.
CALM, MEANWHILE = (20, 120), (5, 30)
WATCHED = (("petra", people.BEROENDE), ("omar", people.MALMO), ("maria", people.LUND))


class Follower(threading.Thread):
    """Watches, and goes on with the cursor after any end. |fickle|: ends a stream itself
    after so many messages."""

    def __init__(self, caller, fickle=None):
        super().__init__(daemon=True)
        self.caller, self.fickle = caller, fickle
        self.kept, self.cursor = {}, b""
        self.streams, self.begun_anew, self.steps_back, self.refused = 0, 0, [], []
        self._news, self._over = threading.Condition(), False
        self._watcher = None
        self.start()

    def run(self):
        while not self._over:
            self._watcher = Watcher(self.caller, self.cursor, self.kept, wait_for_ready=True)
            self.streams += 1
            try:
                self._follow(self._watcher)
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                    self.refused.append(error)
            self._watcher.stop()
            self.steps_back += self._watcher.steps_back

    def _follow(self, watcher):
        messages = 0
        while messages != self.fickle:
            message = watcher.next(4 * processes.DEADLINE_S)
            messages += 1
            with self._news:
                self.cursor = watcher.cursor
                self.begun_anew += message.restarted
                self._news.notify_all()

    def wait_begun(self):
        """Until it has the whole inbox: what is over by then is in none."""
        with self._news:
            assert self._news.wait_for(lambda: self.cursor, processes.DEADLINE_S)

    def shown(self):
        """{message: (version, whether it is over)}"""
        return {key[1]: (item.version, item.delivery.state in ("acknowledged", "refused"))
                for key, item in list(self.kept.items())}

    def wait_shown(self, wanted):
        with self._news:
            self._news.wait_for(lambda: self.shown() == wanted, 2 * processes.DEADLINE_S)
            return self.shown()

    def stop(self):
        """Before the channel is closed, which no thread may use any more then."""
        self._over = True
        while self.is_alive():
            self._watcher.stop()
            self.join(0.1)


def hold_a_commit(stack, proxy, crowd, dice):
    """It has its number, and others with higher ones are committed before it."""
    proxy.rule("front", "1", "commit", "hold").wait()
    crowd.wait_answered(dice.randint(*MEANWHILE))
    proxy.tell("release")


def slow_the_line(stack, proxy, crowd, dice):
    proxy.tell(f"delay {dice.randint(1, 20)}")
    crowd.wait_answered(dice.randint(*MEANWHILE))
    proxy.tell("delay 0")


def kill_the_worker(stack, proxy, crowd, dice):
    stack.kill_worker()
    crowd.wait_answered(1)


def cut_all(stack, proxy, crowd, dice):
    proxy.tell("cut")
    crowd.wait_answered(1)


TROUBLES = (hold_a_commit, hold_a_commit, slow_the_line, kill_the_worker, cut_all)


def committed(tables, unit):
    """What each who watches |unit| must have been shown in the end."""
    return {str(message): (version, done) for message, version, done in tables.rows(
        "SELECT d.message, r.version, d.done FROM stafett.delivery d"
        " JOIN stafett.referral r ON r.id = d.referral JOIN stafett.unit u ON u.id = d.unit"
        " WHERE u.handle = %s", unit)}


def test_no_watcher_misses_what_was_committed_nor_sees_a_step_back(scene, campaigns, say):
    seed = random.SystemRandom().randrange(1 << 30)
    dice = random.Random(seed)
    print(f"seed {seed}")
    owner, proxy = scene.database(), scene.proxy()
    stack = scene.daemon(owner, via=proxy.folder).serve()
    followers = {unit: [Follower(stack.caller(name), fickle) for fickle in (None, None, 7)]
                 for name, unit in WATCHED}
    for watching in followers.values():
        for follower in watching:
            scene.at_end(follower.stop)
            follower.wait_begun()
    crowd = scene.crowd(stack, callers=CALLERS, seed=seed)
    for _ in campaigns.numbers(ROUNDS, LONG_ROUNDS):
        crowd.wait_answered(dice.randint(*CALM))
        dice.choice(TROUBLES)(stack, proxy, crowd, dice)
    crowd.stop()
    items = 0
    for unit, watching in followers.items():
        wanted = committed(stack.tables(), unit)
        items += len(wanted)
        for follower in watching:
            shown = follower.wait_shown(wanted)
            missing = {key: wanted[key] for key in wanted if shown.get(key) != wanted[key]}
            assert shown == wanted, f"{unit}, seed {seed}: {missing}"
    everybody = [follower for watching in followers.values() for follower in watching]
    for follower in everybody:
        follower.stop()
        assert (follower.steps_back, follower.refused, follower.begun_anew) == ([], [], 1), f"seed {seed}"
    say(f"watching under {CALLERS} writers, held commits and kills: {items} items to"
        f" {len(everybody)} watchers in {sum(f.streams for f in everybody)} streams, 0 missed, 0 steps back")
