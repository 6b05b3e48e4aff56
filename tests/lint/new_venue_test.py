"""tools/dev new-venue: which names it takes, what it writes, and that it writes all or nothing."""

import contextlib
import io
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

from support import ROOT

import new_venue
import new_venue_trial
import project
import run as lints
from tree import Tree

KINDS = (("binance", False), ("binance", True), ("hyperliquid", True), ("hyperliquid", False))
PARTS = ("spec", "auth", "order_book_data_source", "user_stream_data_source", "requests", "answers",
         "fields", "errors", "exchange", "venue")
LISTS = ("exchanges/registry.cc", "exchanges/README.md", "tools/venue_sim/README.md")


def unformatted(_path, text, _root):
    """In place of the formatter, which takes a while."""
    return text


def plan(like="binance", is_perpetual=False, name="acme_trade"):
    """What would be written for such a venue."""
    with mock.patch.object(new_venue, "formatted", unformatted):
        return new_venue.plan(new_venue.Venue(name, like, is_perpetual))


class NameTest(unittest.TestCase):
    def refusal(self, name):
        """Why the name is refused."""
        with self.assertRaises(new_venue.UsageError) as caught:
            new_venue.check_name(name, ROOT)
        return str(caught.exception)

    def test_refuses_what_is_no_lower_snake_name(self):
        for name in ("", "Acme", "9acme", "acme-x", "acme__x", "_acme", "acme_", "acme x", "../x",
                     "a" * 33):
            self.assertIn("is no name of a venue", self.refusal(name), name)

    def test_refuses_words_of_the_language_and_parts_of_the_project(self):
        self.assertIn("word of C++", self.refusal("class"))
        self.assertIn("name of a part of the project", self.refusal("std"))
        self.assertIn("name of a part of the project", self.refusal("connector"))

    def test_refuses_names_that_are_taken_and_says_by_what(self):
        self.assertIn("exchanges/binance exists already", self.refusal("binance"))
        self.assertIn("tools/venue_sim/margin exists already", self.refusal("margin"))

    def test_refuses_a_name_that_the_purity_lint_would_find(self):
        self.assertIn("occurs in connector/", self.refusal("ledger"))
        self.assertIn("'ledger' occurs in", self.refusal("ledger_perpetual"))

    def test_a_wrong_name_is_a_usage_error(self):
        error = io.StringIO()
        with contextlib.redirect_stderr(error):
            self.assertEqual(new_venue.run("Acme", "binance", None, only_lists=True), 2)
        self.assertIn("tools/dev new-venue: 'Acme'", error.getvalue())


class PlanTest(unittest.TestCase):
    def test_writes_every_file_and_a_test_for_each(self):
        for like, is_perpetual in KINDS:
            new, changed = plan(like, is_perpetual)
            for part in PARTS:
                for suffix in (".h", ".cc"):
                    self.assertIn(f"exchanges/acme_trade/acme_trade_{part}{suffix}", new)
                if part != "exchange":  # that is tried through the venue, and by the conformance
                    self.assertIn(f"tests/exchanges/acme_trade/acme_trade_{part}_test.cc", new)
            for path in ("exchanges/acme_trade/CMakeLists.txt", "exchanges/acme_trade/README.md",
                         "tools/venue_sim/acme_trade/acme_trade_sim.h",
                         "tools/venue_sim/acme_trade/README.md",
                         "tests/tools/venue_sim/acme_trade/acme_trade_sim_test.cc",
                         "tests/fuzz/acme_trade_market_fuzz.cc",
                         "tests/conformance/acme_trade/venue.json"):
                self.assertIn(path, new)
            self.assertEqual(tuple(changed), LISTS)

    def test_touches_two_lines_of_the_registry(self):
        _, changed = plan()
        before = (ROOT / "exchanges/registry.cc").read_text(encoding="utf-8").splitlines()
        after = changed["exchanges/registry.cc"].splitlines()
        self.assertEqual([line for line in after if line not in before],
                         ['#include "exchanges/acme_trade/acme_trade_venue.h"',
                          "  registry.Add(acme_trade::AcmeTradeVenue());"])
        self.assertEqual(len(after), len(before) + 2)

    def test_fills_in_every_word_and_decides_every_condition(self):
        for like, is_perpetual in KINDS:
            for path, text in plan(like, is_perpetual)[0].items():
                self.assertNotRegex(text, r"@\w+@|@if", path)

    def test_differs_by_what_the_venue_is_like(self):
        def auth(new):
            return new["exchanges/acme_trade/acme_trade_auth.cc"]

        def exchange(new):
            return new["exchanges/acme_trade/acme_trade_exchange.h"]
        keys, _ = plan("binance", False)
        wallet, _ = plan("hyperliquid", True)
        self.assertIn("hmac_", auth(keys))
        self.assertIn("Secp256k1Signer", auth(wallet))
        self.assertIn("public ExchangeBase", exchange(keys))
        self.assertIn("public PerpetualBase", exchange(wallet))

    def test_names_the_step_of_the_guide_where_something_is_to_be_written(self):
        guide = (ROOT / "docs" / "adding_a_venue.md").read_text(encoding="utf-8")
        steps = set(re.findall(r"^## (\d+)\.", guide, re.MULTILINE))
        for like, is_perpetual in KINDS:
            for path, text in plan(like, is_perpetual)[0].items():
                for step in re.findall(r"Unwritten\((\d+),|[Ss]tep (\d+)", text):
                    self.assertIn("".join(step), steps, path)

    def test_passes_the_lints(self):
        tree = {name: text for name, text in
                ((name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
                 for name in Tree.of_directory(ROOT).names())}
        for like, is_perpetual in (("binance", False), ("hyperliquid", True)):
            new, changed = plan(like, is_perpetual)
            with_venue = Tree({**tree, **new, **changed})
            for name, lint in lints.LINTS.items():
                findings = [str(finding) for finding in lint.check(with_venue)
                            if "acme_trade" in str(finding)]
                self.assertEqual(findings, [], f"{name}, like {like}")


class ExampleTest(unittest.TestCase):
    def test_the_example_of_the_guide_applies(self):
        """The gate builds it too, but that takes minutes to come to."""
        done = subprocess.run(["git", "apply", "--check", new_venue_trial.EXAMPLE], cwd=ROOT,
                              check=False, text=True, capture_output=True)
        self.assertEqual(done.stderr, "")


class TemplateTest(unittest.TestCase):
    VENUE = new_venue.Venue("acme", "binance", False)

    def fill(self, text):
        """The text for a spot venue with keys."""
        return new_venue.fill(text, self.VENUE, "x")

    def test_decides_lines_and_parts_of_lines(self):
        self.assertEqual(self.fill("@if keys@\na\n@else@\nb\n@end@\nc"), "a\nc")
        self.assertEqual(self.fill("@if not keys@\na\n@else@\nb\n@end@"), "b")
        self.assertEqual(self.fill("@if perpetual@\n@if keys@\na\n@end@\nb\n@end@\nc"), "c")
        self.assertEqual(self.fill("x@if spot@, y@end@@if wallet@, z@end@"), "x, y")

    def test_says_what_is_wrong_with_a_template(self):
        for text, why in (("@if keys@", "has no @end@"), ("@end@", "without an @if@"),
                          ("@nmae@", "no word @nmae@")):
            with self.assertRaisesRegex(project.Failed, why):
                self.fill(text)


class WriteTest(unittest.TestCase):
    """Into a tree of its own, with the lists that are changed."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        for path in (*LISTS, ".clang-format"):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.root / path)

    def contents(self):
        """Every file and folder."""
        return {path.relative_to(self.root).as_posix(): path.read_text(encoding="utf-8")
                if path.is_file() else "" for path in self.root.rglob("*")}

    def make(self):
        """Runs the command; its exit code and output."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = new_venue.run("acme", "binance", None, only_lists=False, root=self.root)
        return code, output.getvalue()

    def test_writes_formatted_files_and_says_what_to_do_next(self):
        code, output = self.make()
        self.assertEqual(code, 0, output)
        self.assertIn("exchanges/acme/acme_venue.cc", output)
        self.assertIn("build/release/bin/acme_test", output)
        for path in ("exchanges/registry.cc", "exchanges/acme/acme_requests.cc"):
            text = (self.root / path).read_text(encoding="utf-8")
            self.assertEqual(new_venue.formatted(path, text, self.root), text)
        self.assertEqual(self.make()[0], 2)  # it is there now

    def test_takes_a_name_whose_folders_are_empty(self):
        (self.root / "exchanges" / "acme").mkdir()
        with mock.patch.object(new_venue, "formatted", unformatted):
            self.assertEqual(self.make()[0], 0)

    def test_only_lists_when_it_is_asked_to(self):
        before = self.contents()
        with contextlib.redirect_stdout(io.StringIO()), \
                mock.patch.object(new_venue, "formatted", unformatted):
            self.assertEqual(new_venue.run("acme", "binance", None, True, root=self.root), 0)
        self.assertEqual(self.contents(), before)

    def test_leaves_nothing_behind_when_a_file_cannot_be_written(self):
        before = self.contents()
        (self.root / "tests").write_text("in the way", encoding="utf-8")
        with mock.patch.object(new_venue, "formatted", unformatted), \
                self.assertRaisesRegex(project.Failed, "nothing was written"):
            self.make()
        (self.root / "tests").unlink()
        self.assertEqual(self.contents(), before)

    def test_says_which_list_it_does_not_understand(self):
        (self.root / "exchanges/README.md").write_text("# nothing here\n", encoding="utf-8")
        before = self.contents()
        with mock.patch.object(new_venue, "formatted", unformatted), \
                self.assertRaisesRegex(project.Failed, "exchanges/README.md has no line"):
            self.make()
        self.assertEqual(self.contents(), before)

    def test_needs_the_formatter(self):
        before = self.contents()
        with mock.patch.object(new_venue.style, "FORMATTER", "no-such-formatter"), \
                self.assertRaisesRegex(project.Failed, "tools/dev setup"):
            self.make()
        self.assertEqual(self.contents(), before)


if __name__ == "__main__":
    unittest.main()
