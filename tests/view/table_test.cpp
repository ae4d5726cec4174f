#include <memsim/view/table.hpp>

#include <gtest/gtest.h>

namespace memsim {
namespace {

TEST(Table, RowsAreCompleteWhenEachColumnHasItsCell) {
  Table table({{"time_ns"}, {"name"}, {"share"}});
  table.add(SimTime(5)).add("a,b");
  EXPECT_EQ(table.row_count(), 0u);
  table.add(Thousandths{-484});
  ASSERT_EQ(table.row_count(), 1u);
  EXPECT_EQ(table.row(0)[0], Cell(std::uint64_t{5}));
  EXPECT_EQ(table.row(0)[1], Cell(std::string("a,b")));
}

TEST(Table, CsvQuotesTextsAndWritesDecimalsAndEmptyCells) {
  Table table({{"time_ns"}, {"name"}, {"share"}});
  table.add(SimTime(5)).add("a,b").add(Thousandths{-484});
  table.add(never()).skip().add_signed(-3);
  std::string text;
  append_csv_header(text, table);
  append_csv_rows(text, table);
  EXPECT_EQ(text, "time_ns,name,share\n5,\"a,b\",-0.484\n,,-3\n");
  table.clear_rows();
  EXPECT_EQ(table.row_count(), 0u);
}

TEST(Table, AColumnsUnitStandsAtTheEndOfItsName) {
  EXPECT_EQ(Column{"time_ns"}.unit(), "ns");
  EXPECT_EQ(Column{"free_frames"}.unit(), "frames");
  EXPECT_EQ(Column{"unusable_index_permille"}.unit(), "permille");
  EXPECT_EQ(Column{"object_count"}.unit(), "");
  EXPECT_EQ(Column{"frames"}.unit(), "");
  EXPECT_EQ(Column{"region"}.unit(), "");
}

}  // namespace
}  // namespace memsim
