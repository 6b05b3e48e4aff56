// Owns the bytes of a key: wiped when destroyed or moved from, never copied by accident, and
// printed as REDACTED.
//
//   Secret key("NhqPtm...");
//   LOG << key;                    // REDACTED
//   HmacSha256 hmac(key.reveal());  // the one way to the bytes, easy to search for
//
// Thread: any; an instance is not shared between threads while it is moved.

#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace colibri {

class Secret final {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  ~Secret();

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  // A second owner of the same bytes: a copy that is asked for by name.
  [[nodiscard]] Secret Clone() const;

  // The bytes, valid for as long as this object holds them. Do not store them in a std::string:
  // that copy would not be wiped.
  std::string_view reveal() const { return {bytes_, size_}; }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  friend std::ostream& operator<<(std::ostream& out, const Secret& secret);

  template <typename Sink>
  friend void AbslStringify(Sink& sink, const Secret&) {
    sink.Append("REDACTED");
  }

 private:
  void Wipe();

  // Exact-size heap bytes, not a std::string: a short std::string lives inside its object, and
  // moving it would leave the characters behind.
  char* bytes_ = nullptr;
  size_t size_ = 0;
};

// Overwrites `size` bytes in a way that the compiler may not leave out.
void WipeMemory(void* bytes, size_t size);

// Overwrites and empties a string that had to hold a secret for a moment.
void WipeString(std::string& text);

}  // namespace colibri
