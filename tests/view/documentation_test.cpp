// docs/output.md names every field of every file; here it is held to what the program writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <memsim/engine/record.hpp>
#include <memsim/view/render.hpp>

#include <memsim/view/json_line.hpp>
#include "view/run_of_records.hpp"

namespace memsim {
namespace {

using testing::HasSubstr;

std::string document() {
  std::ifstream file(MEMSIM_SOURCE_DIR "/docs/output.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The row of the table of records that the record's type asks for.
template <class Record>
std::string expected_row() {
  std::string line;
  JsonLine json(line);
  Record{}.fields([&](std::string_view name, const auto& value) { json.add_field(name, value); });
  json.finish();
  std::string row = "| `" + std::string(Record::kName) + "` | ";
  std::string separator;
  const auto parsed = nlohmann::ordered_json::parse(line);
  for (const auto& [key, value] : parsed.items()) {
    row += separator + key;
    separator = ", ";
  }
  return row + " |\n";
}

TEST(OutputDocument, ListsTheFieldsOfEveryRecord) {
  const std::string text = document();
#define MEMSIM_EXPECT_ROW(Type) EXPECT_THAT(text, HasSubstr(expected_row<Type>()));
  MEMSIM_RECORDS(MEMSIM_EXPECT_ROW)
#undef MEMSIM_EXPECT_ROW
}

TEST(OutputDocument, ExplainsEveryKeyOfTheSummary) {
  const std::string text = document();
  RecordStream stream;
  SummaryView view;
  stream.subscribe(view);
  view_test::publish_run(stream);
  const auto summary = nlohmann::ordered_json::parse(render_json(view.summary(stream)));
  for (const auto& [key, value] : summary.items()) EXPECT_THAT(text, HasSubstr("`" + key + "`"));
}

}  // namespace
}  // namespace memsim
