"""Links, names in backticks, and READMEs."""

import unittest

from support import found

import doc_code
import doc_links
import readmes


class DocLinksTest(unittest.TestCase):
    def test_refuses_a_link_to_nothing(self):
        findings = found(doc_links, docs__a_md="See\n[b](b.md).\n")
        self.assertEqual(findings, ["docs/a.md:2: links to b.md: there is no docs/b.md"])

    def test_follows_relative_links_and_folders(self):
        self.assertEqual(found(doc_links, docs__a_md="[b](adr/b.md) [c](../core) [d](#title)\n"
                               "# Title\n[e](https://example.com)\n",
                               docs__adr__b_md="[a](../a.md#title)\n", core__a_h=""), [])

    def test_refuses_an_anchor_to_nothing(self):
        self.assertEqual(len(found(doc_links, docs__a_md="# One\n[b](#two)\n")), 1)

    def test_ignores_code_blocks(self):
        self.assertEqual(found(doc_links, docs__a_md="```cpp\n[this](int a) {}\n```\n"), [])

    def test_refuses_a_ticked_path_to_nothing(self):
        self.assertEqual(len(found(doc_links, docs__a_md="`core/a.h` and `core/b.h`\n",
                                   core__a_h="")), 1)

    def test_walkthrough_names_what_exists(self):
        header = "class Book {\n public:\n  void Apply(int diff);\n};\n"
        self.assertEqual(found(doc_links, core__book_h=header, docs__walkthrough_md=
                               "`Book::Apply` then `Book::Apply(diff)`\n"), [])
        findings = found(doc_links, core__book_h=header + "void Clear();\n",
                         docs__walkthrough_md="x\n`Book::Clear`\n")
        self.assertEqual(len(findings), 1)
        self.assertIn("docs/walkthrough.md:2: names `Book::Clear`", findings[0])

    def test_walkthrough_finds_definitions_and_functions_of_namespaces(self):
        self.assertEqual(found(doc_links, core__a_cc="void Book::Apply() {}\n",
                               core__b_h="namespace colibri::binance {\nint Parse();\n}\n",
                               docs__walkthrough_md="`Book::Apply`, `binance::Parse`\n"), [])


class DocCodeTest(unittest.TestCase):
    def test_refuses_code_that_nothing_compiles(self):
        self.assertEqual(len(found(doc_code, docs__a_md="```cpp\nint a;\n```\n")), 1)
        self.assertEqual(found(doc_code, docs__a_md="```sh\nls\n```\n",
                               core__README_md="```cpp\nint a;\n```\n"), [])

    def test_refuses_code_that_differs_from_its_file(self):
        page = "# A\n\n<!-- from core/a.cc -->\n```cpp\nint a;\n\nint b;\n```\n"
        self.assertEqual(found(doc_code, docs__a_md=page, core__a_cc="x\nint a;\n\nint b;\n"), [])
        findings = found(doc_code, docs__a_md=page, core__a_cc="int a;\nint c;\n")
        self.assertEqual(findings, ["docs/a.md:4: differs from core/a.cc: copy it again"])

    def test_refuses_a_source_that_is_not_there(self):
        page = "<!-- from core/a.cc -->\n```cpp\nint a;\n```\n"
        self.assertIn("which does not exist", found(doc_code, docs__a_md=page)[0])


class ReadmesTest(unittest.TestCase):
    def test_refuses_a_folder_without_readme(self):
        self.assertIn("core/README.md:1: is missing", found(readmes, core__a_h="")[0])

    def test_refuses_a_file_that_the_readme_leaves_out(self):
        findings = found(readmes, core__order_h="", core__order_book_h="",
                         core__README_md="| `order_book.h` | books |\n")
        self.assertEqual(findings, ["core/README.md:1: does not name order"])

    def test_names_a_header_and_its_source_once(self):
        self.assertEqual(found(readmes, core__order_h="", core__order_cc="",
                               core__README_md="| `order.{h,cc}` | orders |\n"), [])


if __name__ == "__main__":
    unittest.main()
