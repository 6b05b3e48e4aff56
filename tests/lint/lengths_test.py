"""Lengths of files and functions."""

import unittest

from support import found

import lengths

BODY = "  x();\n"


class LengthsTest(unittest.TestCase):
    def test_refuses_a_long_file(self):
        findings = found(lengths, core__a_h="int a;\n" * 501)
        self.assertIn("the file has 501 lines of 500", findings[0])

    def test_allows_a_long_file_that_says_why(self):
        self.assertEqual(found(lengths, core__a_h="// Long because: one table.\n" +
                               "int a;\n" * 501), [])

    def test_refuses_a_long_function(self):
        findings = found(lengths, core__a_cc="namespace a {\nvoid Class::F(int b) const {\n" +
                         BODY * 69 + "}\n}\n")
        self.assertEqual(len(findings), 1)
        self.assertIn("core/a.cc:2: Class::F has 71 lines of 70", findings[0])

    def test_allows_a_function_at_the_limit(self):
        self.assertEqual(found(lengths, core__a_cc="void F() {\n" + BODY * 68 + "}\n"), [])

    def test_counts_functions_within_classes(self):
        code = "class A : public B {\n public:\n  int F() override {\n" + BODY * 70 + "  }\n};\n"
        self.assertEqual(len(found(lengths, core__a_h=code)), 1)

    def test_counts_constructors_with_initializers(self):
        code = "A::A(int b) : b_{b}, c_(b) {\n" + BODY * 70 + "}\n"
        self.assertEqual(len(found(lengths, core__a_cc=code)), 1)

    def test_counts_tests_and_coroutines(self):
        self.assertEqual(len(found(lengths, tests__a_cc="TEST(A, B) {\n" + BODY * 70 + "}\n",
                                   tests__b_cc="auto F() -> Task<int> {\n" + BODY * 70 + "}\n")), 2)

    def test_does_not_count_classes_tables_or_inner_blocks(self):
        code = ("struct A {\n" + "  int a;\n" * 100 + "};\n"
                "constexpr Row kRows[] = {\n" + "  {1, f(2)},\n" * 100 + "};\n"
                "enum class E {\n" + "  kA,\n" * 100 + "};\n")
        self.assertEqual(found(lengths, core__a_cc=code), [])

    def test_braces_in_strings_and_macros_do_not_count(self):
        code = ("#define M(x) \\\n  { x\nvoid F() {\n  a(\"}\");\n  b('}');\n}\n"
                "void G() {\n" + BODY * 70 + "}\n")
        findings = found(lengths, core__a_cc=code)
        self.assertEqual(len(findings), 1)
        self.assertIn("G has 72 lines", findings[0])

    def test_counts_python(self):
        self.assertEqual(len(found(lengths, tools__a_py="def f():\n" + "    x()\n" * 70)), 1)


if __name__ == "__main__":
    unittest.main()
