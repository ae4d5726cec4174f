"""`memsim watch` on a terminal: what it shows, what its keys do, and that it leaves the terminal as it was.

watch_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

from program import MEMSIM, scenario


class Terminal:
    """A terminal of 90 columns in which memsim watch runs."""

    def __init__(self, *arguments, term="xterm", rows=30):
        self.leader, follower = pty.openpty()
        self.follower = follower
        self.resize(rows, 90)
        self.before = termios.tcgetattr(follower)
        self.process = subprocess.Popen([MEMSIM, "watch", *arguments], stdin=follower, stdout=follower,
                                        stderr=follower, env={**os.environ, "TERM": term, "LC_ALL": "C.UTF-8"})
        self.shown = b""

    def resize(self, rows, columns):
        fcntl.ioctl(self.leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys):
        os.write(self.leader, keys.encode())

    def wait_for(self, text, seconds=30):
        """Reads until `text` was shown since the last call; the text up to there."""
        end = time.monotonic() + seconds
        while text.encode() not in self.shown:
            if time.monotonic() > end or not self.read(0.2) and self.process.poll() is not None:
                raise AssertionError(f"{text!r} is not in {self.shown[-3000:]!r}")
        at = self.shown.index(text.encode()) + len(text.encode())
        seen, self.shown = self.shown[:at], self.shown[at:]
        return seen.decode(errors="replace")

    def read(self, seconds):
        if not select.select([self.leader], [], [], seconds)[0]:
            return False
        try:
            self.shown += os.read(self.leader, 65536)
        except OSError:
            return False
        return True

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.leader)
        os.close(self.follower)


class WatchTest(unittest.TestCase):
    def watch(self, *arguments, **options):
        terminal = Terminal(*arguments, **options)
        self.addCleanup(terminal.close)
        return terminal

    def leave(self, terminal, keys):
        terminal.press(keys)
        while terminal.process.poll() is None:
            terminal.read(0.1)
        while terminal.read(0.1):
            pass
        self.assertEqual(terminal.process.returncode, 0)
        self.assertEqual(termios.tcgetattr(terminal.follower), terminal.before)
        self.assertIn(b"\x1b[?1049l", terminal.shown)  # back to the screen of before
        self.assertIn(b"\x1b[?25h", terminal.shown[terminal.shown.index(b"\x1b[?1049l") - 60:])  # the cursor is there

    def test_it_shows_memory_callers_and_keys_and_leaves_the_terminal_as_it_was(self):
        terminal = self.watch(scenario("half_freed"))
        seen = terminal.wait_for("q quit")
        self.assertIn("memory/below4G/ram/sysram", seen)
        self.assertIn("of 16 MiB free", seen)
        self.assertIn("busiest", seen)
        self.leave(terminal, "q")

    def test_it_jumps_to_the_next_failure(self):
        terminal = self.watch(scenario("half_freed"), "--until", "1s")
        terminal.wait_for("q quit")
        terminal.press("n")
        # Of memory that is full, at 4.99 ms, and then, with half of it free, of one piece.
        terminal.wait_for("hog: no 2 frames; 0 are free")
        terminal.press("nn")
        terminal.wait_for("hog: no 2 frames in one piece; 2048 are free, 1 in one piece")
        self.leave(terminal, "q")

    def test_it_pauses_steps_and_goes_on_to_the_end(self):
        terminal = self.watch(scenario("mem_obj_info"))
        terminal.wait_for("over")
        self.leave(terminal, "q")
        terminal = self.watch(scenario("camera_day"))
        terminal.press(" ")
        terminal.wait_for("paused")
        terminal.press("s")
        terminal.press("+")
        terminal.press("-")
        self.leave(terminal, "q")

    def test_an_interrupt_leaves_too(self):
        terminal = self.watch(scenario("camera_day"))
        terminal.wait_for("q quit")
        self.leave(terminal, "\x03")

    def test_a_window_may_change_its_size(self):
        terminal = self.watch(scenario("half_freed"))
        terminal.wait_for("q quit")
        for rows, columns in ((10, 40), (1, 5), (50, 200)):
            terminal.resize(rows, columns)
            terminal.process.send_signal(signal.SIGWINCH)
            terminal.read(0.3)
        terminal.wait_for("q quit")
        self.leave(terminal, "q")

    def test_without_a_terminal_it_says_what_to_do(self):
        run = subprocess.run([MEMSIM, "watch", scenario("half_freed")], stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("watch needs a terminal", run.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
