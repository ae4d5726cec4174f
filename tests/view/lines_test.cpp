#include <gtest/gtest.h>

#include <array>

#include <memsim/view/csv_line.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/text_table.hpp>

namespace memsim {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonLine, FieldsCarryTheUnitOfTheirTypeUnlessTheNameHasIt) {
  std::string out;
  JsonLine line(out);
  line.add_field("offset", Bytes(7));
  line.add_field("send_bytes", Bytes(24));
  line.add_field("free", FrameCount(3));
  line.add_field("frames", FrameCount(4));
  line.add_field("sent", SimTime(5));
  line.add_field("pid", ProcessId(2));
  line.finish();
  EXPECT_EQ(out, "{\"offset_bytes\":7,\"send_bytes\":24,\"free_frames\":3,\"frames\":4,\"sent_ns\":5,\"pid\":2}\n");
}

TEST(JsonLine, AnErrnoIsItsNumberAndItsNameAndAMomentThatNeverCameIsNull) {
  std::string out;
  JsonLine line(out);
  line.add_field("error", Errno::enodev);
  line.add_field("received", never());
  line.finish();
  EXPECT_EQ(out, "{\"errno\":19,\"errno_name\":\"ENODEV\",\"received_ns\":null}\n");
}

TEST(JsonLine, ArraysHoldObjects) {
  constexpr std::array kSegments = {Segment{Bytes(0), PhysAddr(4096), Bytes(1)},
                                    Segment{Bytes(1), PhysAddr(9), Bytes(2)}};
  constexpr std::array kExtents = {Extent{FrameNumber(5), FrameCount(6)}};
  std::string out;
  JsonLine line(out);
  line.add_field("segments", std::span<const Segment>(kSegments));
  line.add_field("extents", std::span<const Extent>(kExtents));
  line.add_field("none", std::span<const ThreadRef>());
  line.finish();
  EXPECT_EQ(out,
            "{\"segments\":[{\"offset\":0,\"paddr\":4096,\"length\":1},{\"offset\":1,\"paddr\":9,\"length\":2}],"
            "\"extents\":[{\"first\":5,\"frames\":6}],\"none\":[]}\n");
}

TEST(JsonLine, TextsAreEscapedDownToPrintableAscii) {
  EXPECT_EQ(json_string("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(json_string("\x1b[1m\n\x7f"), "\"\\u001b[1m\\u000a\\u007f\"");
  EXPECT_EQ(json_string("\u202e\u00e9"), "\"\\u202e\\u00e9\"");
  EXPECT_EQ(json_string("\U0001f600"), "\"\\ud83d\\ude00\"");
  EXPECT_EQ(json_string("\xff!"), "\"\\ufffd!\"");
}

TEST(CsvLine, TextsThatASpreadsheetWouldRunAreDefused) {
  std::string out;
  CsvLine(out).text("=1+1").text("-name").text("@x").text("plain").finish();
  EXPECT_EQ(out, "'=1+1,'-name,'@x,plain\n");
}

TEST(CsvLine, SeparatorsInTextsAreQuotedAndNumbersAreBare) {
  std::string out;
  CsvLine(out).number(-1).text("a,\"b\"\nc").empty().time(never()).time(SimTime(4)).finish();
  EXPECT_EQ(out, "-1,\"a,\"\"b\"\"\nc\",,,4\n");
}

TEST(TextTable, ColumnsAlignAndLinesHaveNoTrailingBlanks) {
  TextTable table({TextTable::Align::left, TextTable::Align::right, TextTable::Align::left});
  table.add_row({"name", "count", "x"});
  table.add_row({"a", "12345678", ""});
  EXPECT_EQ(table.text(1), " name     count  x\n a     12345678\n");
}

}  // namespace
}  // namespace memsim
