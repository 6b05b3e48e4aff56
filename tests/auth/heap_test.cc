// What the folder does to the heap: secrets are zero before their memory is given back, and signing
// with HMAC takes none. To see both, this file replaces the allocation functions of the whole test
// program, so AllocationCounter, which replaces them too but cannot see a release, is not for here.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "absl/types/span.h"
#include "gtest/gtest.h"

#include "auth/credentials.h"
#include "auth/hmac_sha256.h"
#include "auth/secret.h"
#include "auth/signer.h"

namespace {

std::atomic<size_t> g_allocations = 0;
// The block whose release is awaited, and what it held at that moment.
const void* g_watched = nullptr;
size_t g_watched_size = 0;
bool g_was_released = false;
bool g_was_zero = false;

void* Allocate(size_t size) {
  ++g_allocations;
  void* const block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) {
    std::abort();
  }
  return block;
}

void Release(void* block) {
  if (block != nullptr && block == g_watched) {
    const char* const bytes = static_cast<const char*>(block);
    g_was_released = true;
    g_was_zero = true;
    for (size_t i = 0; i < g_watched_size; ++i) {
      g_was_zero = g_was_zero && bytes[i] == 0;
    }
    g_watched = nullptr;
  }
  std::free(block);
}

}  // namespace

void* operator new(size_t size) {
  return Allocate(size);
}
void* operator new[](size_t size) {
  return Allocate(size);
}
void operator delete(void* block) noexcept {
  Release(block);
}
void operator delete[](void* block) noexcept {
  Release(block);
}
void operator delete(void* block, size_t) noexcept {
  Release(block);
}
void operator delete[](void* block, size_t) noexcept {
  Release(block);
}

namespace colibri {
namespace {

void Watch(const Secret& secret) {
  g_watched = secret.reveal().data();
  g_watched_size = secret.size();
  g_was_released = false;
  g_was_zero = false;
}

TEST(HeapTest, WatchSeesMemoryThatWasNotWiped) {
  auto block = std::make_unique<std::array<char, 8>>();
  block->fill('x');
  g_watched = block.get();
  g_watched_size = block->size();
  g_was_released = false;

  block.reset();

  EXPECT_TRUE(g_was_released);
  EXPECT_FALSE(g_was_zero);
}

TEST(HeapTest, SecretIsZeroWhenDestroyed) {
  auto secret = std::make_unique<Secret>("hunter2hunter2hunter2");
  Watch(*secret);

  secret.reset();

  EXPECT_TRUE(g_was_released);
  EXPECT_TRUE(g_was_zero);
}

TEST(HeapTest, SecretIsZeroWhenAssignedOver) {
  Secret secret("hunter2");
  Watch(secret);

  secret = Secret("another");

  EXPECT_TRUE(g_was_released);
  EXPECT_TRUE(g_was_zero);
}

TEST(HeapTest, MovedSecretKeepsOneCopyOfTheBytes) {
  Secret from("hunter2");
  Watch(from);
  {
    const size_t before = g_allocations;
    const Secret to(std::move(from));
    EXPECT_EQ(g_allocations, before);
    EXPECT_FALSE(g_was_released);
  }
  EXPECT_TRUE(g_was_released);
  EXPECT_TRUE(g_was_zero);
}

TEST(HeapTest, HmacStatesAreZeroAfterDestruction) {
  alignas(HmacSha256) std::array<std::byte, sizeof(HmacSha256)> storage;
  auto* const hmac = new (storage.data()) HmacSha256("hunter2");
  ASSERT_NE(storage, decltype(storage){});

  hmac->~HmacSha256();

  EXPECT_EQ(storage, decltype(storage){});
}

TEST(HeapTest, HmacSignsIntoABufferWithoutAllocation) {
  const HmacSha256 hmac("hunter2");
  char hex[HmacSha256::kHexSize];
  const size_t before = g_allocations;

  for (int i = 0; i < 100; ++i) {
    hmac.SignHex("symbol=BTCUSDT&side=BUY&timestamp=1499827319559", hex);
  }

  EXPECT_EQ(g_allocations, before);
}

TEST(HeapTest, HmacSignerSignsIntoABufferWithoutAllocation) {
  const auto signer = MakeSigner({.api_key = Secret("key"), .api_secret = Secret("hunter2")});
  ASSERT_TRUE(signer.ok());
  char text[Signer::kSizeMax];
  const size_t before = g_allocations;

  for (int i = 0; i < 100; ++i) {
    (*signer)->SignTo("symbol=BTCUSDT&timestamp=1499827319559", absl::MakeSpan(text));
  }

  EXPECT_EQ(g_allocations, before);
}

}  // namespace
}  // namespace colibri
