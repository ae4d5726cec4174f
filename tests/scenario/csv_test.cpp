// Columns of CSV files: the dialect of RFC 4180, and what is said of files that are something else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memsim/base/numbers.hpp>

#include "scenario/program/csv.hpp"

namespace memsim::loader {
namespace {

using ::testing::HasSubstr;

// "4096 8192", or the diagnostics.
std::string column(std::string_view text, std::string_view name = "size") {
  const SourceText source("x.csv", without_byte_order_mark(text));
  static const std::vector<Override> kNoOverrides;
  Faults faults(source, kNoOverrides);
  const auto values = csv_values(source, name, parse_signed, faults);
  if (!values) return render(faults.take(), Colour::off);
  return fmt::format("{}", fmt::join(*values, " "));
}

TEST(Csv, CellsMayStandInQuotes) {
  EXPECT_EQ(column("\"time\",\"size\"\n\"1\",\"4096\"\n\"2\",\"8192\"\n"), "4096 8192");
  EXPECT_EQ(column("time,size,note\n1,4096,\"a, b\"\n2,8192,\"line\nbreak\"\n3,65536,x\n"), "4096 8192 65536");
  EXPECT_EQ(column("note,size\n\"say \"\"no\"\"\",1\n\"\",2\n"), "1 2");
  EXPECT_EQ(column("\"a\"\"b\"\n7\n", "a\"b"), "7");
  EXPECT_EQ(column("size , \"x\" \n 1 , \"2\" \n"), "1");
}

TEST(Csv, LineEndsBlankLinesAndMarksOfTheFileDoNotCount) {
  for (const char* text : {"size\n1\n2\n", "size\r\n1\r\n2\r\n", "size\r1\r2", "size\n1\n2", "\xef\xbb\xbfsize\n1\n2\n",
                           "\n  \nsize\n\n1\n   \n2\n\n", "t,size\n9,1\n9,2\n"}) {
    EXPECT_EQ(column(text), "1 2") << text;
  }
}

TEST(Csv, ANameBorneByTwoColumnsIsRefusedWhereItStandsAgain) {
  EXPECT_THAT(column("size,size\n1,2\n"), HasSubstr("x.csv:1:6: error: two columns are called 'size'"));
  EXPECT_EQ(column("a,a,size\n1,2,3\n"), "3") << "nobody asks for those";
}

TEST(Csv, AnotherSeparatorIsNamed) {
  EXPECT_THAT(column("time;size\n1;4096\n"), HasSubstr("separated by semicolons, not by commas"));
  EXPECT_THAT(column("time\tsize\n1\t4096\n"), HasSubstr("separated by tabs, not by commas"));
  EXPECT_THAT(column("time;size\n1;4096\n", ""), HasSubstr("separated by semicolons, not by commas"));
}

TEST(Csv, EveryCellAtFaultIsToldAtItsPlace) {
  const std::string faults = column("t,size\n1,4096.0\n2,5\n3\n4,\"x\"\n");
  EXPECT_THAT(faults, HasSubstr("x.csv:2:3: error: \"4096.0\": expected a whole number"));
  EXPECT_THAT(faults, HasSubstr("x.csv:4:1: error: 1 cells where the first line has 2"));
  EXPECT_THAT(faults, HasSubstr("x.csv:5:3: error: \"x\": expected a number"));
}

TEST(Csv, QuotesThatAreNoneOfRfc4180AreRefused) {
  EXPECT_THAT(column("size\n\"1\n"), HasSubstr("x.csv:2:1: error: this quote is never closed"));
  EXPECT_THAT(column("size\n1\"2\n"), HasSubstr("x.csv:2:2: error: a quote inside a cell"));
  EXPECT_THAT(column("size\n\"1\"2\n"), HasSubstr("x.csv:2:4: error: text after the closing quote"));
}

TEST(Csv, AFileWithoutValuesIsRefused) {
  EXPECT_THAT(column(""), HasSubstr("the file is empty"));
  EXPECT_THAT(column("\n\n"), HasSubstr("the file is empty"));
  EXPECT_THAT(column("size\n"), HasSubstr("no values below its first line"));
  EXPECT_THAT(column("4096\n8192\n"), HasSubstr("the file has no column 'size'"));
  EXPECT_THAT(column("Size\n1\n"), HasSubstr("did you mean 'Size'?"));
  EXPECT_THAT(column("size\n1\xc2\xa0\n"), HasSubstr("x.csv:2:2: error: invisible or control character U+00A0"));
}

}  // namespace
}  // namespace memsim::loader
