// How views write values that have a unit or a fixed shape. Shared by all outputs, so that none differs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <memsim/base/units.hpp>

namespace memsim {

// A value in thousandths as a decimal: "0.484", "-1.000".
[[nodiscard]] std::string permille_text(std::int64_t permille);

// The same as a share in percent: "48.4 %".
[[nodiscard]] std::string percent_text(std::int64_t permille);

// A length in bytes as a reader of the documented example expects it: "SIZE_MAX" or hexadecimal digits.
[[nodiscard]] std::string length_text(Bytes length);

// "1 segment", "8 segments"; a plural that takes more than an s is given.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural = {});

// 16 lower-case hexadecimal digits.
[[nodiscard]] std::string fingerprint_text(std::uint64_t fingerprint);

}  // namespace memsim
