"""Key-like literals and paths of machines."""

import unittest

from support import found

import private_words
import secrets_lint

KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class SecretsTest(unittest.TestCase):
    def test_refuses_a_key_in_code_text_and_configuration(self):
        self.assertEqual(len(found(secrets_lint, tools__a_cc=f'auto k = "{KEY}";\n')), 1)
        self.assertEqual(len(found(secrets_lint, docs__a_md=f"Use `{KEY}`.\n")), 1)
        self.assertEqual(len(found(secrets_lint, docs__a_yaml=f"secret: {HEX}\n")), 1)

    def test_does_not_print_the_key(self):
        findings = found(secrets_lint, tools__a_cc=f'auto k = "{KEY}";\n')
        self.assertNotIn(KEY[:10], findings[0])

    def test_refuses_a_short_value_given_to_a_secret(self):
        self.assertEqual(len(found(secrets_lint, docs__a_json=
                                   '{"api_key": "aB3dE6gH9jK2mN5pQ8"}\n')), 1)

    def test_refuses_a_private_key(self):
        text = "-----BEGIN PRIVATE " + "KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n"
        self.assertEqual(len(found(secrets_lint, tools__a_txt=text)), 1)

    def test_allows_what_its_line_calls_a_checksum(self):
        self.assertEqual(found(secrets_lint, docs__a_md=f"sha256: {HEX}\n",
                               core__a_h=f"// log.hash();  // \"{HEX}\"\n"), [])

    def test_tests_may_hold_samples(self):
        self.assertEqual(found(secrets_lint, tests__auth__a_cc=f'auto k = "{KEY}";\n'), [])

    def test_allows_words_paths_and_placeholders(self):
        code = ('f("a_long_name_of_something_that_is_no_key_at_all");\n'
                '#include "exchanges/binance/user_stream_data_source_parser.h"\n'
                'g("00000000000000000000000000000000000000000000000000000000000000");\n'
                'h("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");\n')
        self.assertEqual(found(secrets_lint, tools__a_cc=code), [])


class PrivateWordsTest(unittest.TestCase):
    def test_refuses_a_path_of_one_machine(self):
        self.assertEqual(len(found(private_words, docs__a_md="See /ho" + "me/jo/x.\n")), 1)

    def test_allows_relative_paths_and_addresses(self):
        self.assertEqual(found(private_words, docs__a_md="See ../shared/home/x and "
                               "https://example.com/home/x, $HOME/src/x.\n"), [])


if __name__ == "__main__":
    unittest.main()
