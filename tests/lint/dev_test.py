"""tools/dev: its command line, its counts, its set-up script."""

import pathlib
import subprocess
import tempfile
import unittest

from support import ROOT

import main
import tests

COMMANDS = ("setup", "build", "test", "run", "check", "fmt", "lint", "bench", "fuzz", "sim", "ci")
JUNIT = """<?xml version="1.0"?>
<testsuite name="x" tests="4">
  <testcase name="a" status="run"><system-out/></testcase>
  <testcase name="b" status="fail"><failure message=""/><system-out>boom</system-out></testcase>
  <testcase name="c" status="notrun"><skipped message=""/></testcase>
  <testcase name="d" status="run"/>
</testsuite>
"""


def dev(*arguments):
    """Runs tools/dev itself."""
    return subprocess.run([str(ROOT / "tools" / "dev"), *arguments], check=False,
                          capture_output=True, text=True)


class DevTest(unittest.TestCase):
    def test_every_command_has_help(self):
        for command in COMMANDS:
            done = dev(command, "--help")
            self.assertEqual(done.returncode, 0, command)
            self.assertIn("usage: tools/dev " + command, done.stdout)

    def test_unknown_command_is_a_usage_error_that_names_the_known(self):
        done = dev("biuld")
        self.assertEqual(done.returncode, 2)
        self.assertIn("'build'", done.stderr)

    def test_run_forwards_options_untouched(self):
        seen = []
        parser_run, main.cmd_run = main.cmd_run, lambda args: seen.append(args.arguments)
        try:
            self.assertEqual(main.main(["run", "--seconds", "3", "--json"]), 0)
        finally:
            main.cmd_run = parser_run
        self.assertEqual(seen, [["--seconds", "3", "--json"]])

    def test_setup_lists_packages_with_reasons(self):
        lines = dev("setup", "--list").stdout.splitlines()
        self.assertIn("clang-19", [line.split()[0] for line in lines])
        for line in lines:
            self.assertGreater(len(line.split()), 1, line)

    def test_setup_refuses_unknown_options(self):
        self.assertEqual(dev("setup", "--frobnicate").returncode, 2)

    def test_counts_passed_failed_and_skipped(self):
        with tempfile.TemporaryDirectory() as scratch:
            report = pathlib.Path(scratch) / "ctest.xml"
            report.write_text(JUNIT, encoding="utf-8")
            counts, failed = tests.read_junit(report)
        self.assertEqual(str(counts), "2 passed, 1 failed, 1 skipped")
        self.assertEqual(failed, ["b"])


if __name__ == "__main__":
    unittest.main()
