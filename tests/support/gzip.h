// A gzip member, as a venue sends its frames in.
#pragma once

#include <string>
#include <string_view>

namespace colibri {

std::string Gzip(std::string_view text);

}  // namespace colibri
