"""Pictures of a run as SVG: `memsim map --svg` and `memsim plot`, tried on the program itself.

pictures_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import os
import re
import sys
import unittest
import xml.etree.ElementTree

from program import InAFolder, SOURCE, memsim, read, scenario


class PicturesTest(InAFolder):
    def test_pictures_are_xml_and_the_same_every_time(self):
        for words in (("map", scenario("half_freed"), "--svg"),
                      ("plot", scenario("half_freed"), "free_frames", "unusable_index_permille_1", "--svg")):
            for name in ("one.svg", "two.svg"):
                run = memsim(*words, self.path(name))
                self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(read(self.path("one.svg")), read(self.path("two.svg")))
            xml.etree.ElementTree.parse(self.path("one.svg"))

    def test_a_column_that_there_is_not_is_told_with_one_that_is_near(self):
        run = memsim("plot", scenario("half_freed"), "free_frame", "--svg", self.path("x.svg"))
        self.assertEqual(run.returncode, 2)
        self.assertIn("did you mean 'free_frames'?", run.stderr)
        self.assertFalse(os.path.exists(self.path("x.svg")))

    def test_the_pictures_of_the_readme_are_those_of_the_commands_beside_them(self):
        text = read(os.path.join(SOURCE, "README.md"))
        commands = re.findall(r"^memsim (.*--svg) (docs/pictures/\S+)$", text, re.M)
        self.assertEqual(len(commands), 2)
        for words, picture in commands:
            self.assertIn(f"({picture})", text)
            run = memsim(*words.split(), self.path("again.svg"), cwd=SOURCE)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(read(self.path("again.svg")), read(os.path.join(SOURCE, picture)), picture)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
