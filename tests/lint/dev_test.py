"""tools/dev: its command line, its counts, its set-up script."""

import contextlib
import io
import pathlib
import subprocess
import tempfile
import unittest
from unittest import mock

from support import ROOT

import bench_build
import bench_table
import fuzzing
import main
import project
import style
import tests

COMMANDS = ("setup", "build", "test", "run", "check", "fmt", "lint", "bench", "fuzz", "sim",
            "process", "mutants", "new-venue", "ci")
JUNIT = """<?xml version="1.0"?>
<testsuite name="x" tests="4">
  <testcase name="a" status="run"><system-out/></testcase>
  <testcase name="b" status="fail"><failure message=""/><system-out>boom</system-out></testcase>
  <testcase name="c" status="notrun"><skipped message=""/></testcase>
  <testcase name="d" status="run" time="12.5"/>
</testsuite>
"""


def dev(*arguments):
    """Runs tools/dev itself."""
    return subprocess.run([str(ROOT / "tools" / "dev"), *arguments], check=False,
                          capture_output=True, text=True)


class BenchTableTest(unittest.TestCase):
    PARTS = {"wire_rows": ({"cpu": "a", "cores": 2, "kernel": "6", "compiler": "c"}, []),
             "paced_rows": [], "instruction_rows": [], "loop_rows": [], "latency_rows": [],
             "peer_rows": ([], "nobody beside us"), "micro_rows": [], "start_row": None,
             "binary_row": None, "build_rows": []}

    def table(self, with_build):
        """The document after a run in which each part gives one row, named like it."""
        with contextlib.ExitStack() as stack:
            scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            document = scratch / "performance.md"
            document.write_text(f"before\n{bench_table.BEGIN}\nold\n{bench_table.END}\nafter\n")
            for name, given in self.PARTS.items():
                row = bench_table.row(name, 1.0, "s")
                given = (given[0], [row]) if name == "wire_rows" else \
                    ([row], given[1]) if name == "peer_rows" else [row] if given == [] else row
                stack.enter_context(mock.patch.object(bench_table, name, return_value=given))
            stack.enter_context(mock.patch.object(bench_table, "DOCUMENT", document))
            stack.enter_context(mock.patch.object(project, "build"))
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            bench_table.run(1, 1, with_build)
            return document.read_text()

    def test_every_part_has_its_rows_in_the_document(self):
        text = self.table(with_build=True)
        for name in self.PARTS:
            self.assertEqual(text.count(f"| {name} |"), 1, name)
        self.assertIn("nobody beside us", text)
        self.assertTrue(text.startswith("before\n") and text.endswith("\nafter\n"))
        self.assertNotIn("old", text)

    def test_the_clean_build_can_be_left_out(self):
        self.assertNotIn("build_rows", self.table(with_build=False))

    def test_a_median_is_of_two_repetitions_at_least(self):
        with mock.patch.object(bench_table, "json_of", return_value={"benchmarks": []}) as asked:
            bench_table.Micro("decimal_benchmark", 1)
        self.assertIn("--benchmark_repetitions=2", asked.call_args.args)


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
            counts = tests.read_junit(report)
            slow = tests.slow_tests(report, 10)
        self.assertEqual(str(counts), "2 passed, 1 failed, 1 skipped")
        self.assertEqual(tests.parse_counts(f"interop: {counts}"), tests.Counts(2, 1, 1))
        self.assertEqual(counts.failures, (("b", "boom"),))
        self.assertEqual(slow, [(12.5, "d")])


class FuzzingTest(unittest.TestCase):
    """A shell script takes the place of the fuzzer's program."""

    def run_script(self, script):
        """The output of a run, and its failure or None."""
        with tempfile.TemporaryDirectory() as scratch:
            directory = pathlib.Path(scratch)
            (directory / "bin").mkdir()
            program = directory / "bin" / "x_fuzz"
            program.write_text("#!/bin/sh\n" + script, encoding="utf-8")
            program.chmod(0o755)
            output = io.StringIO()
            with mock.patch.object(project, "build_dir", lambda preset: directory), \
                    mock.patch.object(project, "ROOT", directory), \
                    contextlib.redirect_stdout(output):
                try:
                    fuzzing.run_one("x_fuzz", 1)
                except project.Failed as failure:
                    return output.getvalue(), str(failure)
        return output.getvalue(), None

    def test_names_the_command_that_repeats_a_finding(self):
        output, failure = self.run_script("echo boom\ntouch findings/x_fuzz-crash-1\nexit 77\n")
        self.assertIn("boom", output)
        self.assertIn("repeat it with: build/fuzz/bin/x_fuzz findings/x_fuzz-crash-1", failure)

    def test_reports_a_clean_run_in_one_line(self):
        output, failure = self.run_script("echo stat::number_of_executed_units: 12\n")
        self.assertIsNone(failure)
        self.assertIn("x_fuzz: 12 runs in", output.splitlines()[-1])


class BenchTest(unittest.TestCase):
    def refusal(self, *arguments):
        """What is printed in refusing this."""
        done = dev("bench", *arguments)
        self.assertEqual(done.returncode, 2, arguments)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_refuses_a_name_beside_what_measures_other_things(self):
        for mode in ("--table", "--compare", "--update", "--build"):
            self.assertIn(f"{mode} takes no benchmark's name, and 'throttler' was given",
                          self.refusal(mode, "throttler"))
        self.assertIn("'throttler --x'", self.refusal("--table", "throttler", "--x"))

    def test_refuses_fewer_rounds_than_one(self):
        for rounds in ("0", "-3"):
            self.assertIn(f"--rounds is a number from 1 on, and {rounds} was given",
                          self.refusal("--table", "--rounds", rounds))

    def test_refuses_two_modes_at_once(self):
        self.assertEqual(dev("bench", "--table", "--build").returncode, 2)


class CleanBuildTest(unittest.TestCase):
    LOG = ("# ninja log v5\n"
           "10\t4010\t0\tcore/CMakeFiles/core.dir/a.cc.o\tff\n"
           "10\t99010\t0\tlib/libcore.a\tff\n"
           "20\t60020\t0\ttools/x/CMakeFiles/x.dir/net/b.cc.o\tff\n"
           "100\t7600\t0\ttools/x/CMakeFiles/x.dir/net/b.cc.o\tff\n")

    def test_refuses_a_log_without_a_compilation(self):
        with self.assertRaisesRegex(project.Failed, "has no compilation"):
            bench_build.slowest("# ninja log v5\n10\t99010\t0\tlib/libcore.a\tff\n")

    def test_finds_the_slowest_file_and_not_the_slowest_link(self):
        seconds, output = bench_build.slowest(self.LOG)
        self.assertEqual(seconds, 7.5)
        self.assertEqual(bench_build.source_of(output), "tools/x/net/b.cc")


class CacheTest(unittest.TestCase):
    def test_remembers_contents_that_passed_and_forgets_another_configuration(self):
        with tempfile.TemporaryDirectory() as scratch:
            directory = pathlib.Path(scratch)
            file = directory / "a.cc"
            file.write_text("int a;\n", encoding="utf-8")
            with mock.patch.object(project, "ROOT", directory):
                first = style.Cache("format", b"configuration")
                first.seen.add(first.key(file))
                first.save()
                again = style.Cache("format", b"configuration")
                self.assertIn(again.key(file), again.passed)
                other = style.Cache("format", b"another")
                self.assertNotIn(other.key(file), other.passed)
                file.write_text("int b;\n", encoding="utf-8")
                self.assertNotIn(again.key(file), again.passed)


class StepsTest(unittest.TestCase):
    def test_records_the_step_that_failed(self):
        steps = project.Steps()
        with contextlib.redirect_stdout(io.StringIO()):
            steps.step("first", lambda: None)
            with self.assertRaises(project.Failed):
                steps.step("second", project.run, ["false"], "second")
        self.assertEqual([(row[0], row[2]) for row in steps.rows],
                         [("first", "ok"), ("second", "failed")])

    def test_a_step_with_failed_tests_did_not_go_well(self):
        steps = project.Steps()
        with contextlib.redirect_stdout(io.StringIO()):
            steps.step("green", lambda: tests.Counts(passed=2))
            steps.step("red", lambda: tests.Counts(passed=1, failed=1))
        self.assertEqual([row[2] for row in steps.rows], ["ok", "failed"])


if __name__ == "__main__":
    unittest.main()
