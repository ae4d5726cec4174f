// The page as node made it at build time, with a place for the data; empty where it was built without.
#pragma once

#include <string_view>

namespace memsim {

extern const std::string_view kPageTemplate;

}  // namespace memsim
