"""The table of layers, third-party homes and purity of venues."""

import unittest

from support import found

import layers
import third_party
import venue_purity


class LayersTest(unittest.TestCase):
    def test_refuses_an_include_that_points_back(self):
        findings = found(layers, core__order_h='#pragma once\n#include "auth/secret.h"\n')
        self.assertEqual(len(findings), 1)
        self.assertIn("core/order.h:2: includes auth/secret.h", findings[0])

    def test_allows_what_the_table_allows(self):
        self.assertEqual(found(layers, connector__a_h='#include "auth/auth.h"\n'
                                                      '#include "core/order.h"\n'
                                                      '#include <vector>\n'), [])

    def test_refuses_another_venue(self):
        self.assertEqual(len(found(layers, exchanges__kraken__a_h=
                                   '#include "exchanges/binance/b.h"\n')), 1)

    def test_allows_what_the_family_of_a_venue_has_in_common(self):
        self.assertEqual(found(layers, exchanges__kraken_perpetual__a_h=
                               '#include "exchanges/kraken_common/b.h"\n',
                               exchanges__kraken__a_h=
                               '#include "exchanges/kraken_common/b.h"\n'), [])
        self.assertEqual(len(found(layers, exchanges__kraken_perpetual__a_h=
                                   '#include "exchanges/kraken/b.h"\n')), 1)
        self.assertEqual(len(found(layers, exchanges__kraken_common__a_h=
                                   '#include "exchanges/kraken/b.h"\n')), 1)
        self.assertEqual(len(found(layers, exchanges__kraken__a_h=
                                   '#include "exchanges/binance_common/b.h"\n')), 1)

    def test_allows_the_venue_itself_and_the_list_of_all(self):
        self.assertEqual(found(layers, exchanges__kraken__a_h='#include "exchanges/kraken/b.h"\n',
                               exchanges__all_cc='#include "exchanges/kraken/b.h"\n'), [])

    def test_strategies_see_exchange_alone(self):
        self.assertEqual(found(layers, strategies__a_h='#include "connector/exchange.h"\n'), [])
        self.assertEqual(len(found(layers, strategies__a_h='#include "connector/health.h"\n')), 1)

    def test_ignores_an_include_in_a_comment(self):
        self.assertEqual(found(layers, core__a_h='/*\n#include "auth/auth.h"\n*/\n'), [])

    def test_document_prints_the_table(self):
        self.assertEqual(len(found(layers, docs__architecture_md="core -> all\n")), 1)
        self.assertEqual(found(layers, docs__architecture_md=f"x\n```\n{layers.TABLE}```\n"), [])


class ThirdPartyTest(unittest.TestCase):
    def test_refuses_beast_outside_net(self):
        self.assertEqual(len(found(third_party, connector__a_cc=
                                   "#include <boost/beast/http.hpp>\n")), 1)

    def test_refuses_beast_in_a_header_of_net(self):
        self.assertEqual(len(found(third_party, connector__net__a_h=
                                   "#include <boost/beast/http.hpp>\n")), 1)

    def test_allows_beast_and_ssl_in_net(self):
        self.assertEqual(found(third_party,
                               connector__net__a_cc="#include <boost/beast/http.hpp>\n",
                               tools__venue_sim__net__a_cc="#include <boost/asio/ssl.hpp>\n"), [])

    def test_refuses_asio_and_threads_in_core(self):
        self.assertEqual(len(found(third_party, core__a_h="#include <boost/asio.hpp>\n"
                                                          "#include <thread>\n")), 2)

    def test_refuses_full_json_in_a_header(self):
        self.assertEqual(len(found(third_party, connector__a_h="#include <nlohmann/json.hpp>\n",
                                   connector__b_h="#include <nlohmann/json_fwd.hpp>\n")), 1)

    def test_refuses_the_real_clock_and_randomness_above_net(self):
        code = "auto t = absl::Now();\nstd::random_device d;\n// absl::Now() in words\n"
        self.assertEqual(len(found(third_party, core__a_cc=code)), 2)
        self.assertEqual(len(found(third_party, connector__a_cc=code)), 2)
        self.assertEqual(found(third_party, connector__net__a_cc=code), [])


class VenuePurityTest(unittest.TestCase):
    def test_refuses_machinery_in_a_venue(self):
        for code in ("asio::steady_timer t;", "std::mutex m;", "absl::flat_hash_map<int, Order> o;",
                     "beast::flat_buffer b;", "while (true) { auto f = co_await ws.Read(); }"):
            self.assertTrue(found(venue_purity, exchanges__kraken__a_cc=code), code)

    def test_allows_reading_how_long_to_wait(self):
        self.assertEqual(found(venue_purity, exchanges__kraken__a_cc="wait = RetryAfter(r);"), [])
        self.assertEqual(len(found(venue_purity, exchanges__kraken__a_cc="RetryOrder(r);")), 1)

    def test_paper_is_no_venue(self):
        self.assertEqual(found(venue_purity, exchanges__paper__a_cc=
                               "absl::flat_hash_map<int, Order> orders;"), [])

    def test_refuses_names_of_venues_below(self):
        findings = found(venue_purity, connector__a_cc='if (name == "Binance") return;\n')
        self.assertIn("names the venue Binance", findings[0])

    def test_comments_may_give_examples(self):
        self.assertEqual(found(venue_purity, core__a_h="// As Binance's U and u.\n"), [])

    def test_knows_venues_by_their_folders(self):
        self.assertEqual(len(found(venue_purity, exchanges__lune_perpetual__a_h="",
                                   core__a_h="int lune;\n")), 1)


if __name__ == "__main__":
    unittest.main()
