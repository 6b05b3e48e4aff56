#include "auth/keccak256.h"

#include <string>

#include "gtest/gtest.h"

#include "auth/encoding.h"

namespace colibri {
namespace {

// SHA3-256 of the empty text is a7ffc6f8...: the same permutation with another padding.
TEST(Keccak256Test, IsNotSha3) {
  EXPECT_EQ(HexEncode(Keccak256("")),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
}

TEST(Keccak256Test, HashesShortTexts) {
  EXPECT_EQ(HexEncode(Keccak256("abc")),
            "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  EXPECT_EQ(HexEncode(Keccak256("a")),
            "3ac225168df54212a25c1c01fd35bebfea408fdac2e31ddd6f80a4bbf9a5f1cb");
  EXPECT_EQ(HexEncode(Keccak256("b")),
            "b5553de315e0edf504d9150af82dafa5c4667fa618ed0a6f19c69b41166c5510");
}

// A block has 136 bytes: the padding of 135 is one byte, that of 136 a block of its own.
TEST(Keccak256Test, PadsAtTheEdgeOfABlock) {
  EXPECT_EQ(HexEncode(Keccak256(std::string(135, 'a'))),
            "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446");
  EXPECT_EQ(HexEncode(Keccak256(std::string(136, 'a'))),
            "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
}

}  // namespace
}  // namespace colibri
