// The mean of paired differences with its confidence interval, in integers only, so that every machine prints the same.
#pragma once

#include <cstdint>
#include <span>

namespace memsim {

// Of the unit of the values, rounded to the nearest. In 64 bits there would be no room for a thousandth of a nanosecond
// beside a hundred days.
__extension__ using WideThousandths = __int128;

struct PairedDifference {
  WideThousandths mean = 0;
  WideThousandths half_width = 0;  // of the two-sided 95 % interval: t(n - 1) * s / sqrt(n)
};

// The differences may be any that std::int64_t holds; their spread is kept to about 50 bits. Requires: at least two
// differences, at most 2^20.
[[nodiscard]] PairedDifference paired_difference(std::span<const std::int64_t> differences);

// The mean, rounded to the nearest. Requires: not empty, at most 2^20 values.
[[nodiscard]] WideThousandths mean_in_thousandths(std::span<const std::int64_t> values);

// The two-sided 95 % quantile of Student's t distribution, in millionths, rounded up. Between the degrees of freedom of
// the table it is that of the next lower ones: an interval may be a little too wide, never too narrow. Requires:
// degrees > 0.
[[nodiscard]] std::uint64_t t_quantile_in_millionths(std::uint64_t degrees);

}  // namespace memsim
