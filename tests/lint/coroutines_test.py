"""Parameters of coroutines."""

import unittest

from support import found

import coroutines


class CoroutinesTest(unittest.TestCase):
    def count(self, code):
        return len(found(coroutines, connector__a_h=code))

    def test_refuses_what_may_dangle(self):
        for parameter in ("const Request& request", "std::string_view path",
                          "absl::Span<const int> ids", "std::span<int> ids", "Request&& request",
                          "const std::vector<int>& ids = {}", "const Request&"):
            self.assertEqual(self.count(f"Task<absl::Status> Send({parameter});"), 1, parameter)

    def test_allows_values_and_references_to_what_outlives(self):
        self.assertEqual(self.count(
            "Task<absl::StatusOr<int>> Send(Request request, Environment& environment,\n"
            "    const int* limit, std::vector<std::pair<int, int>> ids);"), 0)

    def test_reports_each_parameter(self):
        self.assertEqual(self.count("Task<void> F(const A& a, int b, std::string_view c);"), 2)

    def test_reads_qualified_definitions(self):
        self.assertEqual(self.count("Task<void> Client::Impl::Run(const A& a) { co_return; }"), 1)

    def test_reads_nested_templates_in_the_result(self):
        self.assertEqual(self.count(
            "Task<absl::StatusOr<std::vector<Order>>> Orders(std::string_view pair);"), 1)

    def test_reads_lambdas_and_function_types(self):
        self.assertEqual(self.count("auto f = [](const A& a) -> Task<void> { co_return; };"), 1)
        self.assertEqual(self.count("std::function<Task<void>(std::string_view)> f;"), 1)

    def test_ignores_ordinary_functions_members_and_comments(self):
        self.assertEqual(self.count("void Add(const A& a);\nTask<void> task_;\n"
                                    "std::vector<Task<void>> tasks_;\n"
                                    "// Task<void> F(const A& a)\n"), 0)

    def test_names_the_line_and_the_way_out(self):
        findings = found(coroutines, connector__a_h="\n\nTask<void> F(const A& a);\n")
        self.assertIn("connector/a.h:3: coroutine takes 'const A& a'", findings[0])
        self.assertIn("by value", findings[0])


if __name__ == "__main__":
    unittest.main()
