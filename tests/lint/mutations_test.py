"""The list of deliberate bugs: each still has the text that it changes, exactly once."""

import unittest

import support  # noqa: F401  (finds tools/dev.d)

import mutating
import project

SAMPLE = """# Some.
mutation twice_is_once
breaks Nothing counts twice.
in core/a.cc
--- old
  Count();
+++ new
--- end
"""


class MutationsTest(unittest.TestCase):
    def test_every_old_text_occurs_exactly_once(self):
        self.assertEqual(mutating.find_rotten(mutating.read_list()), [])

    def test_there_are_enough_of_them(self):
        self.assertGreaterEqual(len(mutating.read_list()), 16)

    def test_a_text_that_is_gone_or_there_twice_is_told(self):
        (mutation,) = mutating.parse(SAMPLE, "sample.txt")
        for text, count in (("", 0), ("  Count();\n  Count();\n", 2)):
            with self.assertRaisesRegex(project.Failed, f"occurs {count} times in core/a.cc"):
                mutating.apply(mutation, lambda _, text=text: text)

    def test_the_new_text_takes_the_place_of_the_old(self):
        (mutation,) = mutating.parse(SAMPLE, "sample.txt")
        texts = mutating.apply(mutation, lambda _: "{\n  Count();\n}\n")
        self.assertEqual(texts, {"core/a.cc": "{\n\n}\n"})
        self.assertEqual(mutation.breaks, "Nothing counts twice.")

    def test_a_line_out_of_place_is_told_with_its_number(self):
        with self.assertRaisesRegex(project.Failed, "sample.txt:2: not understood: brakes it"):
            mutating.parse("mutation a\nbrakes it\n", "sample.txt")

    def test_an_unknown_name_is_told_with_the_known(self):
        with self.assertRaisesRegex(project.Failed, "there are: twice_is_once"):
            mutating.choose(mutating.parse(SAMPLE, "sample.txt"), ["thrice"])


if __name__ == "__main__":
    unittest.main()
