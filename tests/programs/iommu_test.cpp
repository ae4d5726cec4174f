// The page table of a device.
#include "programs/memory/iommu.hpp"

#include <gmock/gmock.h>

namespace memsim::programs {
namespace {

using testing::ElementsAre;
using testing::IsNull;
using testing::StrEq;

constexpr Bytes kPage{4096};
constexpr Bytes kLarge{65536};

Iommu table(std::uint64_t entries = 100) { return Iommu({kPage, kLarge}, entries); }

TEST(Iommu, MapsInTheLargestPagesThatFit) {
  Iommu iommu = table();
  EXPECT_THAT(iommu.map(0xf000, PhysAddr(0x8f000), kPage + kLarge * 2), IsNull());
  EXPECT_EQ(iommu.entries(), 3u);
  EXPECT_THAT(iommu.map(0x100000, PhysAddr(0x91000), kLarge), IsNull());  // off: sixteen small ones
  EXPECT_EQ(iommu.entries(), 19u);
}

TEST(Iommu, TranslatesPieceByPiece) {
  Iommu iommu = table();
  ASSERT_THAT(iommu.map(0x1000, PhysAddr(0x9000), kPage), IsNull());
  ASSERT_THAT(iommu.map(0x2000, PhysAddr(0x5000), kPage), IsNull());
  const auto pieces = iommu.translate(0x1800, Bytes(0x1000));
  ASSERT_TRUE(pieces);
  EXPECT_THAT(*pieces, ElementsAre(Segment{Bytes(0), PhysAddr(0x9800), Bytes(0x800)},
                                   Segment{Bytes(0x800), PhysAddr(0x5000), Bytes(0x800)}));
  EXPECT_FALSE(iommu.translate(0x2800, Bytes(0x801)));
  EXPECT_FALSE(iommu.translate(0xfff, Bytes(1)));
}

TEST(Iommu, SaysWhatIsWrongAndChangesNothing) {
  Iommu iommu = table(3);
  ASSERT_THAT(iommu.map(0x4000, PhysAddr(0), kPage), IsNull());
  EXPECT_THAT(iommu.map(0x1800, PhysAddr(0x9000), kPage), StrEq("is no whole number of pages"));
  EXPECT_THAT(iommu.map(0x1000, PhysAddr(0x9000), Bytes(100)), StrEq("is no whole number of pages"));
  EXPECT_THAT(iommu.map(0x1000, PhysAddr(0x9000), Bytes()), StrEq("has no such length"));
  EXPECT_THAT(iommu.map(UINT64_MAX - 4095, PhysAddr(0x9000), kPage * 2), StrEq("has no such length"));
  EXPECT_THAT(iommu.map(0x3000, PhysAddr(0x9000), kPage * 2), StrEq("is mapped already"));
  EXPECT_THAT(iommu.map(0x5000, PhysAddr(0x9000), kPage * 3), StrEq("finds the table full"));
  EXPECT_THAT(iommu.unmap(0x4000, kPage * 2), StrEq("is no range of mapped pages"));
  EXPECT_THAT(iommu.unmap(0x4800, kPage), StrEq("is no range of mapped pages"));
  EXPECT_EQ(iommu.entries(), 1u);
  EXPECT_THAT(iommu.unmap(0x4000, kPage), IsNull());
  EXPECT_EQ(iommu.entries(), 0u);
}

}  // namespace
}  // namespace memsim::programs
