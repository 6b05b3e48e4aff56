// HTTP/1.1 as text: requests out, answers in. No I/O.
//
//   EncodeHttpRequest(request, "colibri/0.1", text);
//   HttpResponseReader reader(/*body_limit=*/64 << 20);
//   while (!reader.is_done()) { ... ASSIGN_OR_RETURN(size_t used, reader.Put(bytes)); }
//   HttpResponse response = reader.Take();
//
// Errors of Put and PutEnd are Unavailable: the venue's answer can't be read, so its outcome is
// not known.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "connector/transport.h"

namespace colibri {

// InvalidArgument when the path or a header would break out of its line.
absl::Status CheckHttpRequest(std::string_view path, const HttpHeaders& headers);

// Into `text`, whose room it uses again. Adds Host, User-Agent and Content-Length where the request
// does not bring its own.
void EncodeHttpRequest(const HttpRequest& request, std::string_view user_agent, std::string& text);

class HttpResponseReader {
 public:
  explicit HttpResponseReader(size_t body_limit);
  ~HttpResponseReader();

  // How many bytes belonged to this answer; those behind it are left to the caller.
  absl::StatusOr<size_t> Put(std::string_view bytes);
  // The peer has ended the stream. An answer without a length ends so.
  absl::Status PutEnd();

  // Whether a byte of the answer has come.
  bool has_started() const;
  // Whether status and headers are known.
  bool has_header() const;
  bool is_done() const;
  // Whether the connection can carry another request; only once done.
  bool keeps_alive() const;
  // Once done; or once the header is there, for an answer whose body is of no use.
  HttpResponse Take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace colibri
