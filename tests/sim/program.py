"""What the tests of the program share: the program that they are given, and a folder of their own."""
import os
import subprocess
import sys
import tempfile
import unittest

MEMSIM, SOURCE = sys.argv[1:3]


def scenario(name):
    return os.path.join(SOURCE, "scenarios", name + ".yaml")


def memsim(*arguments, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([MEMSIM, *arguments], capture_output=True, text=True, timeout=300, check=False, **options)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)
