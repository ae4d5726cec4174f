#include <gtest/gtest.h>

#include <set>

#include <memsim/base/random.hpp>
#include <memsim/vm/descriptor_table.hpp>

namespace memsim {
namespace {

constexpr ConnectionTarget kServer{ProcessId(5), ChannelId(2)};

TEST(DescriptorTable, DescriptorsAndConnectionsShareTheLowestFreeNumbers) {
  DescriptorTable table;
  EXPECT_EQ(table.add_memory(DescriptionSlot(9)).value(), ConnectionId(0));
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(0)).value(), ConnectionId(1));
  EXPECT_EQ(table.add_memory(DescriptionSlot(8)).value(), ConnectionId(2));
  table.remove_connection(ConnectionId(1));
  EXPECT_EQ(table.add_memory(DescriptionSlot(7)).value(), ConnectionId(1));
  EXPECT_EQ(table.connection(ConnectionId(1)), nullptr);
}

TEST(DescriptorTable, ConnectionsMayAskForALowestNumber) {
  DescriptorTable table;
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(10)).value(), ConnectionId(10));
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(10)).value(), ConnectionId(11));
  EXPECT_EQ(table.add_memory(DescriptionSlot(1)).value(), ConnectionId(0));
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(-1)).error(), Errno::einval);
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(65'536)).error(), Errno::einval);
}

TEST(DescriptorTable, SideChannelsComeAfterTheMemoryManagersConnection) {
  DescriptorTable table;
  EXPECT_EQ(table.add_connection(kServer, kSideChannel).value(), ConnectionId(0x40000001));
  EXPECT_EQ(*table.connection(ConnectionId(0x40000001)), kServer);
  ASSERT_NE(table.find(kMemmgrCoid), nullptr);
  EXPECT_EQ(table.find(kMemmgrCoid)->kind, Descriptor::Kind::connection);
  EXPECT_EQ(table.connection(kMemmgrCoid), nullptr);
}

TEST(DescriptorTable, HoldsExactlyItsCapacity) {
  DescriptorTable table;
  for (std::size_t i = 0; i < DescriptorTable::kCapacity; ++i)
    ASSERT_TRUE(table.add_memory(DescriptionSlot(1)).has_value());
  EXPECT_TRUE(table.is_full());
  EXPECT_EQ(table.add_memory(DescriptionSlot(1)).error(), Errno::emfile);
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(0)).error(), Errno::emfile);
  table.remove_memory(ConnectionId(77));
  EXPECT_EQ(table.add_memory(DescriptionSlot(1)).value(), ConnectionId(77));
}

TEST(DescriptorTable, TheLastNumberMayBeFreeWhileLowerOnesAreTaken) {
  DescriptorTable table;
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(65'535)).value(), ConnectionId(65'535));
  EXPECT_EQ(table.add_connection(kServer, ConnectionId(65'535)).error(), Errno::emfile);
  EXPECT_FALSE(table.is_full());
}

TEST(DescriptorTable, AgreesWithASetOfNumbers) {
  RandomStream random(7);
  DescriptorTable table;
  std::set<std::int32_t> model;
  for (int step = 0; step < 20'000; ++step) {
    const auto number = static_cast<std::int32_t>(random.below(300));
    if (random.chance(1, 2)) {
      std::int32_t lowest = random.chance(1, 5) ? number : 0;
      const auto got =
          lowest == 0 ? table.add_memory(DescriptionSlot(1)) : table.add_connection(kServer, ConnectionId(lowest));
      while (model.contains(lowest)) ++lowest;
      ASSERT_EQ(got.value().value(), lowest);
      model.insert(lowest);
    } else if (model.erase(number) != 0) {
      if (table.connection(ConnectionId(number)) != nullptr) {
        table.remove_connection(ConnectionId(number));
      } else {
        table.remove_memory(ConnectionId(number));
      }
    }
    ASSERT_EQ(table.find(ConnectionId(number)) != nullptr, model.contains(number));
  }
  std::set<std::int32_t> listed;
  table.for_each([&](ConnectionId id, const Descriptor&) { listed.insert(id.value()); });
  EXPECT_EQ(listed, model);
}

}  // namespace
}  // namespace memsim
