#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

#include <memsim/base/random.hpp>
#include <memsim/vm/address_space.hpp>

namespace memsim {
namespace {

constexpr std::uint64_t kPage = 4096;

VirtAddr at(std::uint64_t page) { return AddressSpace::kLowest + Bytes(page * kPage); }
Bytes pages(std::uint64_t count) { return Bytes(count * kPage); }

Mapping mapping(std::uint64_t page, std::uint64_t count, std::uint32_t object, std::uint64_t object_page = 0) {
  return {.start = at(page),
          .length = pages(count),
          .object = ObjectSlot(object),
          .offset = pages(object_page),
          .protection = 0x300};
}

TEST(AddressSpace, PlacesAtTheLowestAddressThatFits) {
  AddressSpace space;
  EXPECT_EQ(space.find_gap(pages(3)), at(0));
  space.insert(mapping(0, 2, 1));
  space.insert(mapping(4, 2, 2));
  EXPECT_EQ(space.find_gap(pages(2)), at(2));
  EXPECT_EQ(space.find_gap(pages(3)), at(6));
  std::vector<Mapping> removed;
  space.remove(at(0), pages(1), removed);
  EXPECT_EQ(space.find_gap(pages(1)), at(0));
}

TEST(AddressSpace, RefusesWhatTheSpaceCannotHold) {
  AddressSpace space;
  const Bytes all = AddressSpace::kEnd - AddressSpace::kLowest;
  EXPECT_EQ(space.find_gap(all), AddressSpace::kLowest);
  EXPECT_FALSE(space.find_gap(all + pages(1)).has_value());
  EXPECT_FALSE(space.find_gap(Bytes::max()).has_value());
  space.insert(mapping(0, 1, 1));
  EXPECT_FALSE(space.find_gap(all).has_value());
}

TEST(AddressSpace, FindsAGapThatGrewOutOfSmallOnes) {
  AddressSpace space;
  for (std::uint64_t i = 0; i < 16; ++i) space.insert(mapping(i, 1, static_cast<std::uint32_t>(i % 2)));
  std::vector<Mapping> removed;
  space.remove(at(4), pages(1), removed);
  space.remove(at(6), pages(1), removed);
  EXPECT_EQ(space.find_gap(pages(3)), at(16));
  space.remove(at(5), pages(1), removed);
  EXPECT_EQ(space.find_gap(pages(4)), at(16));
  EXPECT_EQ(space.find_gap(pages(3)), at(4));
}

TEST(AddressSpace, PartialUnmapKeepsBothEndsWithTheirOffsets) {
  AddressSpace space;
  space.insert(mapping(0, 10, 1, 5));
  std::vector<Mapping> removed;
  space.remove(at(3), pages(4), removed);
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed[0], mapping(3, 4, 1, 8));
  ASSERT_EQ(space.mappings().size(), 2u);
  EXPECT_EQ(space.mappings()[0], mapping(0, 3, 1, 5));
  EXPECT_EQ(space.mappings()[1], mapping(7, 3, 1, 12));
}

TEST(AddressSpace, LockingAndUnlockingPartsLeavesNoTraces) {
  AddressSpace space;
  space.insert(mapping(0, 10, 1));
  std::vector<Mapping> changed;
  space.set_locked(at(2), pages(3), true, changed);
  EXPECT_EQ(space.mappings().size(), 3u);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].start, at(2));
  changed.clear();
  space.set_locked(at(0), pages(10), true, changed);
  EXPECT_EQ(changed.size(), 2u);  // the locked middle did not change
  EXPECT_EQ(space.mappings().size(), 1u);
  changed.clear();
  space.set_locked(at(0), pages(10), false, changed);
  ASSERT_EQ(space.mappings().size(), 1u);
  EXPECT_EQ(space.mappings()[0], mapping(0, 10, 1));
}

TEST(AddressSpace, NeighboursOfDifferentObjectsStayApart) {
  AddressSpace space;
  space.insert(mapping(0, 1, 1));
  space.insert(mapping(1, 1, 2, 1));
  space.insert(mapping(2, 1, 2, 2));
  EXPECT_EQ(space.mappings().size(), 2u);
}

// One entry a page.
struct ModelPage {
  std::uint32_t object;
  std::uint64_t page;
  bool locked;
};
constexpr std::size_t kModelPages = 64;
using Model = std::array<std::optional<ModelPage>, kModelPages>;

void expect_equal(const AddressSpace& space, const Model& model) {
  for (std::uint64_t i = 0; i < kModelPages; ++i) {
    const Mapping* found = space.find(at(i));
    ASSERT_EQ(found != nullptr, model[i].has_value());
    if (found == nullptr) continue;
    EXPECT_EQ(found->object.value(), model[i]->object);
    EXPECT_EQ((found->offset + (at(i) - found->start)).count() / kPage, model[i]->page);
    EXPECT_EQ(found->locked, model[i]->locked);
  }
}

std::uint64_t lowest_fit(const Model& model, std::uint64_t count) {
  std::uint64_t run = 0;
  for (std::uint64_t i = 0; i < kModelPages; ++i) {
    run = model[i] ? 0 : run + 1;
    if (run == count) return i + 1 - count;
  }
  return kModelPages - run;
}

TEST(AddressSpace, AgreesWithOneEntryAPage) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed);
    AddressSpace space;
    Model model{};
    for (int step = 0; step < 300; ++step) {
      const std::uint64_t count = random.between(1, 6);
      const std::uint64_t first = random.below(kModelPages - count);
      const std::uint64_t action = random.below(4);
      std::vector<Mapping> pieces;
      const bool covered = space.covers(at(first), pages(count));
      std::uint64_t mapped = 0;
      for (std::uint64_t i = first; i < first + count; ++i) mapped += model[i] ? 1u : 0u;
      EXPECT_EQ(covered, mapped == count);
      EXPECT_EQ(space.is_free(at(first), pages(count)), mapped == 0);
      if (action == 0) {
        const std::uint64_t place = lowest_fit(model, count);
        ASSERT_EQ(space.find_gap(pages(count)), at(place));
        if (place + count > kModelPages) continue;
        const auto object = static_cast<std::uint32_t>(random.below(3));
        const std::uint64_t object_page = place;  // so that neighbours often continue each other
        space.insert(mapping(place, count, object, object_page));
        for (std::uint64_t i = 0; i < count; ++i) model[place + i] = ModelPage{object, object_page + i, false};
      } else if (action == 1) {
        space.remove(at(first), pages(count), pieces);
        std::uint64_t removed = 0;
        for (const Mapping& piece : pieces) removed += piece.length.count() / kPage;
        EXPECT_EQ(removed, mapped);
        for (std::uint64_t i = first; i < first + count; ++i) model[i].reset();
      } else if (covered) {
        space.set_locked(at(first), pages(count), action == 2, pieces);
        for (std::uint64_t i = first; i < first + count; ++i) model[i]->locked = action == 2;
      }
      expect_equal(space, model);
    }
  }
}

}  // namespace
}  // namespace memsim
