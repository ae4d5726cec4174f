#include <memsim/base/numbers.hpp>

#include <cstdint>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// The value, or the message, so that a failure shows what came instead.
template <class T>
std::string shown(const Parsed<T>& parsed) {
  if (!parsed) return parsed.error();
  if constexpr (std::is_integral_v<T>) {
    return std::to_string(*parsed);
  } else {
    return std::to_string(parsed->count());
  }
}

std::string unsigned_of(std::string_view text) { return shown(parse_unsigned(text)); }
std::string signed_of(std::string_view text) { return shown(parse_signed(text)); }
std::string size_of(std::string_view text) { return shown(parse_size(text, PageSize())); }
std::string duration_of(std::string_view text) { return shown(parse_duration(text)); }
std::string decimal_of(std::string_view text) { return shown(parse_decimal_millionths(text)); }

TEST(ParseUnsigned, ReadsDecimalHexAndOctal) {
  EXPECT_EQ(unsigned_of("0"), "0");
  EXPECT_EQ(unsigned_of("18446744073709551615"), std::to_string(kMax));
  EXPECT_EQ(unsigned_of("0x80000000"), "2147483648");
  EXPECT_EQ(unsigned_of("0xFFFFffffFFFFffff"), std::to_string(kMax));
  EXPECT_EQ(unsigned_of("0x0010"), "16");
  EXPECT_EQ(unsigned_of("0o600"), "384");
}

TEST(ParseUnsigned, RefusesALeadingZeroWithBothReadings) {
  EXPECT_EQ(unsigned_of("0600"), "\"0600\": leading zero; write 0o600 for octal or 600 for decimal");
  EXPECT_EQ(unsigned_of("010"), "\"010\": leading zero; write 0o10 for octal or 10 for decimal");
  EXPECT_EQ(unsigned_of("00"), "\"00\": leading zero; write 0o0 for octal or 0 for decimal");
}

TEST(ParseUnsigned, RefusesSigns) {
  EXPECT_EQ(unsigned_of("-1"), "\"-1\": must not be negative");
  EXPECT_EQ(unsigned_of("-0"), "\"-0\": must not be negative");
  EXPECT_EQ(unsigned_of("+1"), "\"+1\": write the number without a plus sign");
}

TEST(ParseUnsigned, RefusesWhatDoesNotFit) {
  EXPECT_EQ(unsigned_of("18446744073709551616"), "\"18446744073709551616\": too large; it must be below 2^64");
  EXPECT_EQ(unsigned_of("0x10000000000000000"), "\"0x10000000000000000\": too large; it must be below 2^64");
  EXPECT_EQ(unsigned_of(std::string(1000, '9')),
            "\"" + std::string(40, '9') + "...\": too large; it must be below 2^64");
}

TEST(ParseUnsigned, RefusesAnythingAroundTheNumber) {
  EXPECT_EQ(unsigned_of(""), "\"\": expected a number, got nothing");
  EXPECT_EQ(unsigned_of(" 1"), "\" 1\": expected a number without blanks around it");
  EXPECT_EQ(unsigned_of("1 "), "\"1 \": expected nothing after the number");
  EXPECT_EQ(unsigned_of("12abc"), "\"12abc\": expected nothing after the number");
  EXPECT_EQ(unsigned_of("1_000"), "\"1_000\": digit separators are not allowed");
  EXPECT_EQ(unsigned_of("1,000"), "\"1,000\": digit separators are not allowed");
  EXPECT_EQ(unsigned_of("1.5"), "\"1.5\": expected a whole number");
  EXPECT_EQ(unsigned_of("1e3"), "\"1e3\": exponents are not allowed; write all digits");
  EXPECT_EQ(unsigned_of("nan"), "\"nan\": expected a number");
  EXPECT_EQ(unsigned_of(".inf"), "\".inf\": expected a number");
  EXPECT_EQ(unsigned_of("0x"), "\"0x\": expected digits after the base prefix");
  EXPECT_EQ(unsigned_of("0x-1"), "\"0x-1\": expected digits after the base prefix");
  EXPECT_EQ(unsigned_of("0X10"), "\"0X10\": write the base prefix in lower case");
  EXPECT_EQ(unsigned_of("0o9"), "\"0o9\": expected digits after the base prefix");
  EXPECT_EQ(unsigned_of("0o18"), "\"0o18\": expected nothing after the number");
}

TEST(ParsePermissions, AreOctalOrRefused) {
  const auto permissions_of = [](std::string_view text) { return shown(parse_permissions(text)); };
  EXPECT_EQ(permissions_of("0o660"), "432");
  EXPECT_EQ(permissions_of("0x1b0"), "432");
  EXPECT_EQ(permissions_of("7"), "7");
  EXPECT_EQ(permissions_of("660"), "\"660\": permissions are octal; write 0o660, or 0o1224 for the decimal number");
  EXPECT_EQ(permissions_of("8"), "\"8\": permissions are octal; write 0o10");
  EXPECT_EQ(permissions_of("384"), "\"384\": permissions are octal; write 0o600");
  EXPECT_EQ(permissions_of("0660"), "\"0660\": permissions are octal; write 0o660");
}

TEST(ParseSize, HexadecimalIsRefusedWithWhatToWrite) {
  EXPECT_EQ(size_of("0x1000"), "\"0x1000\": a size is a decimal number and a unit; write \"4 KiB\"");
  EXPECT_EQ(size_of("0x100000000"), "\"0x100000000\": a size is a decimal number and a unit; write \"4 GiB\"");
  EXPECT_EQ(size_of("0x1000B"), "\"0x1000B\": a size is a decimal number and a unit; write \"4096 B\"");
  EXPECT_EQ(size_of("0x10 KiB"), "\"0x10 KiB\": a size is a decimal number and a unit; write \"16 KiB\"");
  EXPECT_EQ(size_of("0X10"), "\"0X10\": a size is a decimal number and a unit; write \"16 B\"");
  EXPECT_EQ(size_of("0xG"), "\"0xG\": a size is a decimal number and a unit, such as \"64 KiB\"");
  EXPECT_EQ(duration_of("0x10ms"), "\"0x10ms\": a time is a decimal number and a unit; write \"16 ms\"");
}

TEST(ParseSize, ADecimalUnitIsToldWithBothReadings) {
  EXPECT_EQ(size_of("2GB"), "\"2GB\": unknown unit; write \"2 GiB\", which is 7.4 % more, or \"2000000000 B\"");
  EXPECT_EQ(size_of("512 mb"), "\"512 mb\": unknown unit; write \"512 MiB\", which is 4.9 % more, or \"512000000 B\"");
  EXPECT_EQ(size_of("1.5KB"), "\"1.5KB\": unknown unit; write \"1.5 KiB\", which is 2.4 % more");
  EXPECT_EQ(size_of("1G"), "\"1G\": unknown unit; write GiB");
}

TEST(ParseSigned, CoversTheWholeRange) {
  EXPECT_EQ(signed_of("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(signed_of("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(signed_of("-0x10"), "-16");
  EXPECT_EQ(signed_of("0"), "0");
}

TEST(ParseSigned, RefusesWhatDoesNotFitAndMinusZero) {
  EXPECT_EQ(signed_of("9223372036854775808"), "\"9223372036854775808\": too large; it must be below 2^63");
  EXPECT_EQ(signed_of("-9223372036854775809"), "\"-9223372036854775809\": too small; it must be at least -2^63");
  EXPECT_EQ(signed_of("-0"), "\"-0\": write zero without a sign");
  EXPECT_EQ(signed_of("-"), "\"-\": expected a number, got nothing");
  EXPECT_EQ(signed_of("-010"), "\"-010\": leading zero; write 0o10 for octal or 10 for decimal");
}

TEST(ParseSize, ReadsEachUnit) {
  EXPECT_EQ(size_of("13 B"), "13");
  EXPECT_EQ(size_of("64KiB"), "65536");
  EXPECT_EQ(size_of("4 MiB"), "4194304");
  EXPECT_EQ(size_of("2 GiB"), "2147483648");
  EXPECT_EQ(size_of("1TiB"), "1099511627776");
  EXPECT_EQ(size_of("8 pages"), "32768");
  EXPECT_EQ(shown(parse_size("1 page", PageSize(16))), "65536");
  EXPECT_EQ(size_of("0"), "0");
  EXPECT_EQ(size_of("SIZE_MAX"), std::to_string(kMax));
}

TEST(ParseSize, ReadsFractionsThatComeToWholeBytes) {
  EXPECT_EQ(size_of("1.5MiB"), "1572864");
  EXPECT_EQ(size_of("0.5 pages"), "2048");
  EXPECT_EQ(size_of("1.50 KiB"), "1536");
  EXPECT_EQ(size_of("1.0 B"), "1");
  EXPECT_EQ(size_of("0.1 KiB"), "\"0.1 KiB\": does not come to whole bytes");
  EXPECT_EQ(size_of("1. KiB"), "\"1. KiB\": expected digits after the point");
  EXPECT_EQ(size_of(".5 KiB"), "\".5 KiB\": expected a number");
  EXPECT_EQ(size_of("0.0000000000000000001 TiB"),
            "\"0.0000000000000000001 TiB\": too many digits after the point; at most 18");
}

TEST(ParseSize, RefusesAmbiguousUnitsWithTheOneMeant) {
  EXPECT_EQ(size_of("8k"), "\"8k\": unknown unit; write KiB");
  EXPECT_EQ(size_of("8 KB"), "\"8 KB\": unknown unit; write \"8 KiB\", which is 2.4 % more, or \"8000 B\"");
  EXPECT_EQ(size_of("8 kb"), "\"8 kb\": unknown unit; write \"8 KiB\", which is 2.4 % more, or \"8000 B\"");
  EXPECT_EQ(size_of("8 mib"), "\"8 mib\": unknown unit; write MiB");
  EXPECT_EQ(size_of("8 Pages"), "\"8 Pages\": unknown unit; write pages");
  EXPECT_EQ(size_of("20EiB"), "\"20EiB\": unknown unit; the units are B, KiB, MiB, GiB, TiB and pages");
  EXPECT_EQ(size_of("8  KiB"), "\"8  KiB\": unknown unit; the units are B, KiB, MiB, GiB, TiB and pages");
  EXPECT_EQ(size_of("8 KiB "), "\"8 KiB \": unknown unit; the units are B, KiB, MiB, GiB, TiB and pages");
}

TEST(ParseSize, RefusesNumbersWithoutUnitAndOddNumbers) {
  EXPECT_EQ(size_of("4096"),
            "\"4096\": needs a unit, such as \"64 KiB\"; the units are B, KiB, MiB, GiB, TiB and pages");
  EXPECT_EQ(size_of("010 B"), "\"010 B\": leading zero; write the number without it");
  EXPECT_EQ(size_of("0x10 B"), "\"0x10 B\": a size is a decimal number and a unit; write \"16 B\"");
  EXPECT_EQ(size_of("-1 B"), "\"-1 B\": must not be negative");
  EXPECT_EQ(size_of("KiB"), "\"KiB\": expected a number");
}

TEST(ParseSize, RefusesOverflowAtItsEdge) {
  EXPECT_EQ(size_of("18446744073709551615 B"), std::to_string(kMax));
  EXPECT_EQ(size_of("18446744073709551616 B"), "\"18446744073709551616 B\": too large; it must be below 2^64");
  EXPECT_EQ(size_of("16777215 TiB"), "18446742974197923840");
  EXPECT_EQ(size_of("16777216 TiB"), "\"16777216 TiB\": too large; it must be below 2^64 bytes");
  EXPECT_EQ(size_of("18446744073709551615 pages"),
            "\"18446744073709551615 pages\": too large; it must be below 2^64 bytes");
}

TEST(ParseDuration, ReadsEachUnit) {
  EXPECT_EQ(duration_of("7ns"), "7");
  EXPECT_EQ(duration_of("1.5 us"), "1500");
  EXPECT_EQ(duration_of("2 ms"), "2000000");
  EXPECT_EQ(duration_of("0.000000001 s"), "1");
  EXPECT_EQ(duration_of("1 min"), "60000000000");
  EXPECT_EQ(duration_of("1h"), "3600000000000");
  EXPECT_EQ(duration_of("1 d"), "86400000000000");
  EXPECT_EQ(duration_of("0"), "0");
}

TEST(ParseDuration, RefusesWhatItCannotHold) {
  EXPECT_EQ(duration_of("1.5 ns"), "\"1.5 ns\": does not come to whole nanoseconds");
  EXPECT_EQ(duration_of("213504 d"), "\"213504 d\": too large; it must be below 2^64 nanoseconds");
  EXPECT_EQ(duration_of("5"), "\"5\": needs a unit, such as \"10 ms\"; the units are ns, us, ms, s, min, h and d");
  EXPECT_EQ(duration_of("5 m"), "\"5 m\": unknown unit; write min (minutes) or ms (milliseconds)");
  EXPECT_EQ(duration_of("5 sec"), "\"5 sec\": unknown unit; write s");
  EXPECT_EQ(duration_of("5 MS"), "\"5 MS\": unknown unit; write ms");
  EXPECT_EQ(duration_of("5 weeks"), "\"5 weeks\": unknown unit; the units are ns, us, ms, s, min, h and d");
}

TEST(ParseDecimalMillionths, ReadsUpToSixDecimals) {
  EXPECT_EQ(decimal_of("1.25"), "1250000");
  EXPECT_EQ(decimal_of("0.000001"), "1");
  EXPECT_EQ(decimal_of("2"), "2000000");
  EXPECT_EQ(decimal_of("1.2500000"), "1250000") << "zeros at the end say nothing";
  EXPECT_EQ(decimal_of("0.0000001"), "\"0.0000001\": at most six digits after the point");
  EXPECT_EQ(decimal_of("18446744073709.551615"), std::to_string(kMax));
  EXPECT_EQ(decimal_of("18446744073709.551616"),
            "\"18446744073709.551616\": too large; it must be below 2^64 millionths");
  EXPECT_EQ(decimal_of("1e400"), "\"1e400\": exponents are not allowed; write all digits");
  EXPECT_EQ(decimal_of("1.2.3"), "\"1.2.3\": expected a whole number");
  EXPECT_EQ(decimal_of("-1.5"), "\"-1.5\": must not be negative");
}

TEST(FormatSize, ExactUsesTheLargestUnitThatDivides) {
  EXPECT_EQ(format_size_exact(Bytes(0)), "0 B");
  EXPECT_EQ(format_size_exact(Bytes(13)), "13 B");
  EXPECT_EQ(format_size_exact(Bytes(12288)), "12 KiB");
  EXPECT_EQ(format_size_exact(Bytes(8u << 20)), "8 MiB");
  EXPECT_EQ(format_size_exact(Bytes(std::uint64_t{1} << 50)), "1024 TiB");
}

TEST(FormatSize, HumanRoundsToOneDecimal) {
  EXPECT_EQ(format_size_human(Bytes(0)), "0 B");
  EXPECT_EQ(format_size_human(Bytes(1023)), "1023 B");
  EXPECT_EQ(format_size_human(Bytes(1024)), "1 KiB");
  EXPECT_EQ(format_size_human(Bytes(1536)), "1.5 KiB");
  EXPECT_EQ(format_size_human(Bytes(1024 + 51)), "1.0 KiB");
  EXPECT_EQ(format_size_human(Bytes(1024 + 52)), "1.1 KiB");
  EXPECT_EQ(format_size_human(Bytes((1u << 20) - 1)), "1.0 MiB");
  EXPECT_EQ(format_size_human(Bytes::max()), "16777216.0 TiB");
}

TEST(FormatDuration, ExactKeepsEveryNanosecond) {
  EXPECT_EQ(format_duration_exact(SimDuration(0)), "0 ns");
  EXPECT_EQ(format_duration_exact(SimDuration(1'234'567)), "1.234567 ms");
  EXPECT_EQ(format_duration_exact(SimDuration(1'500)), "1.5 us");
  EXPECT_EQ(format_duration_exact(SimDuration(300'000'000'000)), "5 min");
  EXPECT_EQ(format_duration_exact(SimDuration(90'000'000'000)), "90 s");
  EXPECT_EQ(format_duration_exact(SimDuration(90'000'000'001)), "90.000000001 s");
}

TEST(FormatDuration, HumanRoundsToThreeDecimalsAndSplitsLongSpans) {
  EXPECT_EQ(format_duration_human(SimDuration(999)), "999 ns");
  EXPECT_EQ(format_duration_human(SimDuration(1'234'499)), "1.234 ms");
  EXPECT_EQ(format_duration_human(SimDuration(1'234'500)), "1.235 ms");
  EXPECT_EQ(format_duration_human(SimDuration(999'999'600)), "1 s") << "rounded up into the next unit";
  EXPECT_EQ(format_duration_human(SimDuration(60'000'000'000)), "1 min");
  EXPECT_EQ(format_duration_human(SimDuration(125'900'000'000)), "2 min 5 s");
  EXPECT_EQ(format_duration_human(SimDuration(108'000'000'000'000)), "1 d 6 h");
  EXPECT_EQ(format_duration_human(SimDuration::max()), "213503 d 23 h");
}

TEST(FormatDecimal, DropsTrailingZeros) {
  EXPECT_EQ(format_decimal(Millionths(1'250'000)), "1.25");
  EXPECT_EQ(format_decimal(Millionths(2'000'000)), "2");
  EXPECT_EQ(format_decimal(Millionths(1)), "0.000001");
}

TEST(Formats, AreReadBackUnchanged) {
  RandomStream random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t shift = random.below(64);
    const std::uint64_t zeros = random.below(64);
    const std::uint64_t value = (random.next_u64() >> shift) << zeros;
    ASSERT_EQ(size_of(format_size_exact(Bytes(value))), std::to_string(value));
    ASSERT_EQ(duration_of(format_duration_exact(SimDuration(value))), std::to_string(value));
    ASSERT_EQ(decimal_of(format_decimal(Millionths(value))), std::to_string(value));
  }
}

}  // namespace
}  // namespace memsim
