// CMA areas: what can move borrows them, contiguous requests claim them, and nothing else lies in them.
#include <algorithm>
#include <map>
#include <optional>

#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

constexpr std::uint64_t kArea = 512;  // frames: a page block
constexpr std::uint64_t kRest = 256;
constexpr std::uint64_t kAreaFirst = kRamBase / kPage;
constexpr Value kMovable = kPrivate | kMapAnon;
constexpr Value kInOnePiece = kAnon | kPhys;

constexpr RegionId kRestRegion{0};
constexpr RegionId kAreaRegion{1};

// The area, and in front of it a little memory of the same region.
PhysicalMemoryConfig memory_with_area(const std::string& policy = "buddy") {
  PhysicalMemoryConfig config;
  config.regions.push_back({"ram/sysram", PhysAddr(kRamBase - kRest * kPage), Bytes(kRest * kPage)});
  config.regions.push_back({.name = "ram/sysram/cma",
                            .base = PhysAddr(kRamBase),
                            .size = Bytes(kArea * kPage),
                            .further_names = {"ram/sysram"},
                            .cma = true});
  config.policy = policy;
  return config;
}

class CmaArea : public ::testing::Test {
 protected:
  ~CmaArea() override { m.manager().check_invariants(); }

  [[nodiscard]] std::uint64_t free_in(RegionId region) { return m.manager().memory().measure(region).free.count(); }
  [[nodiscard]] bool is_in_area(Value address) {
    const auto frame = static_cast<std::uint64_t>(m.mem_offset(address).results[0]) / kPage;
    return kAreaFirst <= frame && frame < kAreaFirst + kArea;
  }
  // Where the only segment of an object begins, as a frame of the area.
  std::uint64_t start_of(Value fd) {
    EXPECT_EQ(m.info(fd).value, 1);
    return m.segments().at(0).paddr.value() / kPage - kAreaFirst;
  }
  MemoryOutcome contiguous(std::uint64_t count, Value flags = 0) {
    last = m.anonymous_object();
    return m.ctl(last, kInOnePiece | flags, pages(count));
  }
  Value private_memory(std::uint64_t count) {
    const MemoryOutcome mapped = m.map(pages(count), kMovable);
    EXPECT_OK(mapped);
    return mapped.value;
  }

  Machine m{memory_with_area()};
  Value last = 0;
};

TEST_F(CmaArea, IsBorrowedByWhatCanMoveWhenNothingElseIsLeft) {
  private_memory(kRest - 8);
  EXPECT_EQ(free_in(kAreaRegion), kArea);
  const Value more = private_memory(16);
  EXPECT_EQ(free_in(kRestRegion), 0u);
  EXPECT_EQ(free_in(kAreaRegion), kArea - 8);
  EXPECT_FALSE(is_in_area(more));
  EXPECT_TRUE(is_in_area(more + pages(15)));
}

TEST_F(CmaArea, ServesNothingElseThatCannotMove) {
  EXPECT_OK(m.ctl(m.anonymous_object(), kAnon, pages(kRest - 1)));
  EXPECT_REFUSED(m.ctl(m.anonymous_object(), kAnon, pages(2)), enomem);
  EXPECT_OK(contiguous(1));  // a frame is contiguous by itself
  EXPECT_REFUSED(contiguous(1), enomem);
  EXPECT_EQ(free_in(kAreaRegion), kArea);
}

TEST_F(CmaArea, ServesContiguousRequestsBeforeTheRest) {
  EXPECT_OK(contiguous(16));
  EXPECT_EQ(free_in(kRestRegion), kRest);
  EXPECT_EQ(free_in(kAreaRegion), kArea - 16);
  EXPECT_OK(m.map(pages(16), kPrivate | kMapAnon | kMapPhys));
  EXPECT_EQ(free_in(kAreaRegion), kArea - 32);
}

TEST_F(CmaArea, GivesWayToTheRestWhereItIsTaken) {
  EXPECT_OK(contiguous(kArea));
  EXPECT_OK(contiguous(kRest));
  EXPECT_REFUSED(contiguous(2), enomem);
}

TEST_F(CmaArea, EvictsWhoeverBorrowsItWithoutThatTheMachineDefragments) {
  const Value early = private_memory(kRest);
  const Value late = private_memory(kArea);
  EXPECT_OK(m.unmap(early, pages(100)));
  const MemoryOutcome outcome = contiguous(64);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 64u);
  EXPECT_EQ(outcome.work.frames_zeroed, 64u);
  EXPECT_EQ(m.seen().names,
            (std::vector<std::string>{"frames_moved", "object_populated", "frames_allocated", "object_populated"}));
  const std::uint64_t start = start_of(last);
  EXPECT_LE(start + 64, kArea);
  EXPECT_FALSE(is_in_area(late + pages(start)));
  EXPECT_EQ(free_in(kRestRegion), 36u);
  EXPECT_REFUSED(contiguous(64), enomem);  // the 36 have no room for them
}

TEST_F(CmaArea, EvictsIntoItsOwnRestWhenNothingElseIsLeft) {
  private_memory(kRest);
  const Value borrowed = private_memory(kArea);
  for (std::uint64_t page = 0; page < kArea; page += 2) EXPECT_OK(m.unmap(borrowed + pages(page), pages(1)));
  const MemoryOutcome outcome = contiguous(200);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 100u);
  EXPECT_EQ(free_in(kAreaRegion), kArea / 2 - 200);
}

TEST_F(CmaArea, WithNoDefragOnlyWhatIsFreeOfItIsTaken) {
  private_memory(kRest + kArea - 8);
  EXPECT_REFUSED(contiguous(16, kNoDefrag), enomem);
  EXPECT_EQ(m.seen().names, std::vector<std::string>{"allocation_failed"});
  EXPECT_OK(contiguous(4, kNoDefrag));
}

TEST_F(CmaArea, IsLeftByWhatIsLocked) {
  const Value early = private_memory(kRest);
  const Value late = private_memory(16);
  EXPECT_REFUSED(m.lock(late, pages(8)), eagain);  // no room
  EXPECT_TRUE(is_in_area(late));
  EXPECT_OK(m.unmap(early, pages(8)));
  const MemoryOutcome outcome = m.lock(late, pages(8));
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome.work.frames_moved, 8u);
  EXPECT_EQ(m.seen().names,
            (std::vector<std::string>{"frames_moved", "object_populated", "frames_vacated", "frames_pinned"}));
  EXPECT_FALSE(is_in_area(late));
  EXPECT_TRUE(is_in_area(late + pages(8)));
  EXPECT_EQ(free_in(kAreaRegion), kArea - 8);
}

TEST_F(CmaArea, IsNotBorrowedByWhatWillBeLocked) {
  private_memory(kRest);
  EXPECT_OK(m.call(Call::mlockall, {2}));  // MCL_FUTURE
  EXPECT_REFUSED(m.map(pages(1), kMovable), enomem);
  EXPECT_OK(m.call(Call::munlockall, {}));
  private_memory(1);
  EXPECT_REFUSED(m.call(Call::mlockall, {1}), eagain);
}

TEST_F(CmaArea, TellsOfTheAddressThatItGaveAfterWhatIsMarkedHasLeft) {
  Machine marking(memory_with_area(), {.mem_offset_marks_unmovable = true});
  const Value early = marking.map(pages(kRest), kMovable).value;
  const Value late = marking.map(pages(4), kMovable).value;
  EXPECT_OK(marking.unmap(early, pages(8)));
  const Value told = marking.mem_offset(late).results[0];
  EXPECT_LT(told, bits(kRamBase));
  EXPECT_EQ(marking.mem_offset(late).results[0], told);
}

TEST_F(CmaArea, IsTypedMemoryForContiguousPiecesOnly) {
  const Value scattered = m.open_typed("cma", kAllocate).value;
  EXPECT_REFUSED(m.map(pages(4), kShared, scattered), enomem);
  EXPECT_EQ(m.mem_info(scattered).results[0], 0);
  const Value in_one_piece = m.open_typed("cma", kAllocateContig).value;
  EXPECT_OK(m.map(pages(4), kShared, in_one_piece));
  EXPECT_OK(m.map(pages(1), kShared, in_one_piece));
  EXPECT_EQ(free_in(kAreaRegion), kArea - 5);
  const Value whole = m.open_typed("sysram", kAllocate).value;
  EXPECT_EQ(m.mem_info(whole).results[0], pages(kRest));
  EXPECT_EQ(m.mem_info(kNoFd).results[0], pages(kRest + kArea - 5));
}

// ---- Against a slow and obvious model ------------------------------------------------------------------------------

// Who has which frame and what stands in it, as the records tell it, one frame at a time.
class FrameModel final : public RecordSink {
 public:
  enum class Use : std::uint8_t { movable, locked, run, fixed };

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& view) override {
    view.visit([this](const auto& record) { on(record); });
  }

  [[nodiscard]] std::uint64_t held_in(std::uint64_t first, std::uint64_t count) const {
    return static_cast<std::uint64_t>(std::distance(use.lower_bound(first), use.lower_bound(first + count)));
  }

  std::map<std::uint64_t, Use> use;                // of frames in use
  std::map<std::uint64_t, std::uint64_t> content;  // what was written into frames
  std::vector<Extent> last_run;                    // of the last contiguous request of more than a frame

 private:
  template <class Visitor>
  static void each(std::span<const Extent> extents, Visitor&& visit) {
    for (const Extent& extent : extents) {
      for (std::uint64_t i = 0; i < extent.count.count(); ++i) visit(extent.first.value() + i);
    }
  }
  void on(const FramesAllocated& record) {
    Use with = record.mobility == Mobility::movable ? Use::movable : Use::fixed;
    FrameCount count;
    for (const Extent& extent : record.extents) count += extent.count;
    if (record.contiguous && count - record.tail > FrameCount(1)) {
      with = Use::run;
      last_run.assign(record.extents.begin(), record.extents.end());
    }
    each(record.extents, [&](std::uint64_t frame) {
      EXPECT_TRUE(use.emplace(frame, with).second) << "frame " << frame << " is given twice";
      content.erase(frame);
    });
  }
  void on(const FramesReleased& record) {
    each(record.extents, [&](std::uint64_t frame) { EXPECT_EQ(use.erase(frame), 1u); });
  }
  void on(const FramesMoved& record) {
    std::vector<std::optional<std::uint64_t>> moved;
    each(record.from, [&](std::uint64_t frame) {
      EXPECT_EQ(use[frame], Use::movable) << "frame " << frame << " cannot move";
      use.erase(frame);
      const auto node = content.extract(frame);
      moved.push_back(node.empty() ? std::nullopt : std::optional(node.mapped()));
    });
    std::size_t next = 0;
    each(record.to, [&](std::uint64_t frame) {
      EXPECT_TRUE(use.emplace(frame, Use::movable).second) << "frame " << frame << " is given twice";
      content.erase(frame);
      if (moved.at(next)) content[frame] = *moved[next];
      ++next;
    });
    EXPECT_EQ(next, moved.size());
  }
  void on(const FramesPinned& record) {
    each(record.extents, [&](std::uint64_t frame) { use.at(frame) = record.pinned ? Use::locked : Use::movable; });
  }
  template <class Record>
  void on(const Record&) {}
};

// A process that maps, writes, locks and gives back, and drivers that ask for runs.
class AreaLife {
 public:
  AreaLife(const std::string& policy, std::uint64_t seed)
      : m(memory_with_area(policy)), random_(RandomStream::derive(seed, {"areas", policy})) {
    m.records().subscribe(model);
  }

  void step() {
    const std::uint64_t count = random_.between(1, 40);
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
        return add_mapping(count);
      case 3:
        return add_object(kAnon, 1 + count / 8);
      case 4:
      case 5:
        return ask_for_a_run(random_.chance(1, 4) ? random_.between(2, kArea) : 1 + count);
      case 6:
        if (!objects_.empty()) (void)m.close(taken_from(objects_));
        return;
      case 7:
        if (!mappings_.empty()) change_lock(mappings_[random_.below(mappings_.size())]);
        return;
      default:
        if (!mappings_.empty()) give_back(mappings_[random_.below(mappings_.size())]);
    }
  }

  void end() {
    for (const Mapping& mapping : mappings_) EXPECT_OK(m.unmap(mapping.address, pages(mapping.count)));
    for (const Value fd : objects_) EXPECT_OK(m.close(fd));
    mappings_.clear();
    written_.clear();
    expect_order();
    EXPECT_TRUE(model.use.empty());
  }

  // Nothing that cannot move is in the area but runs; the books agree; what was written is there.
  void expect_order() {
    for (auto at = model.use.lower_bound(kAreaFirst); at != model.use.end(); ++at) {
      ASSERT_TRUE(at->second == FrameModel::Use::movable || at->second == FrameModel::Use::run)
          << "frame " << at->first << " stays in the area";
    }
    EXPECT_EQ(free_in(kRestRegion), kRest - model.held_in(kAreaFirst - kRest, kRest));
    EXPECT_EQ(free_in(kAreaRegion), kArea - model.held_in(kAreaFirst, kArea));
    for (const auto& [address, token] : written_) EXPECT_EQ(model.content.at(frame_behind(address)), token);
    m.manager().check_invariants();
  }

  FrameModel model;  // before the machine, whose records it hears
  Machine m;
  std::uint64_t evicted = 0;
  std::uint64_t runs = 0;

 private:
  struct Mapping {
    Value address;
    std::uint64_t count;
    bool is_locked = false;
  };

  std::uint64_t free_in(RegionId region) { return m.manager().memory().measure(region).free.count(); }
  std::uint64_t frame_behind(Value address) {
    const MemoryOutcome told = m.mem_offset(address);
    EXPECT_OK(told);
    return static_cast<std::uint64_t>(told.results[0]) / kPage;
  }
  void add_mapping(std::uint64_t count) {
    const MemoryOutcome mapped = m.map(pages(count), kMovable);
    if (mapped.error != Errno::eok) return;
    mappings_.push_back({mapped.value, count});
    for (std::uint64_t i = 0; i < count; ++i) {
      const Value address = mapped.value + pages(i);
      written_[address] = ++last_token_;
      model.content[frame_behind(address)] = last_token_;
    }
  }
  void add_object(Value flags, std::uint64_t count) {
    objects_.push_back(m.anonymous_object());
    (void)m.ctl(objects_.back(), flags, pages(count));
  }
  // Whether some range of the area holds none that cannot move, and all that would have to leave it has room.
  bool can_be_cleared(std::uint64_t count) {
    if (count > free_in(kRestRegion) + free_in(kAreaRegion)) return false;
    for (std::uint64_t first = kAreaFirst; first + count <= kAreaFirst + kArea; ++first) {
      bool is_clear = true;
      for (std::uint64_t frame = first; is_clear && frame < first + count; ++frame) {
        const auto at = model.use.find(frame);
        is_clear = at == model.use.end() || at->second == FrameModel::Use::movable;
      }
      if (is_clear) return true;
    }
    return false;
  }
  void ask_for_a_run(std::uint64_t count) {
    const bool is_possible = can_be_cleared(count);
    objects_.push_back(m.anonymous_object());
    const MemoryOutcome asked = m.ctl(objects_.back(), kInOnePiece, pages(count));
    evicted += asked.work.frames_moved;
    if (asked.error != Errno::eok) {
      EXPECT_REFUSED(asked, enomem);
      EXPECT_FALSE(is_possible) << count << " frames could be had";
      return;
    }
    ++runs;
    ASSERT_EQ(model.last_run.size(), 1u);
    EXPECT_GE(model.last_run[0].count, FrameCount(count));
    const Extent area{FrameNumber(kAreaFirst), FrameCount(kArea)};
    EXPECT_EQ(area.contains(model.last_run[0]), is_possible) << count << " frames";
  }
  void change_lock(Mapping& mapping) {
    const bool locks = !mapping.is_locked;
    const MemoryOutcome changed =
        locks ? m.lock(mapping.address, pages(mapping.count)) : m.unlock(mapping.address, pages(mapping.count));
    if (changed.error == Errno::eok) mapping.is_locked = locks;
    EXPECT_TRUE(changed.error == Errno::eok || (locks && changed.error == Errno::eagain));
  }
  // The first pages, so that what is left lies in pieces; or all.
  void give_back(Mapping& mapping) {
    const std::uint64_t count = random_.chance(1, 3) ? mapping.count : random_.between(1, mapping.count);
    EXPECT_OK(m.unmap(mapping.address, pages(count)));
    for (std::uint64_t i = 0; i < count; ++i) written_.erase(mapping.address + pages(i));
    mapping.address += pages(count);
    mapping.count -= count;
    if (mapping.count != 0) return;
    std::swap(mapping, mappings_.back());
    mappings_.pop_back();
  }
  Value taken_from(std::vector<Value>& list) {
    std::swap(list[random_.below(list.size())], list.back());
    const Value taken = list.back();
    list.pop_back();
    return taken;
  }

  RandomStream random_;
  std::vector<Value> objects_;
  std::vector<Mapping> mappings_;
  std::map<Value, std::uint64_t> written_;  // page by page
  std::uint64_t last_token_ = 0;
};

TEST(CmaAreaModel, HoldsUnderEveryPolicyWhateverIsAsked) {
  for (const Policy& policy : policies()) {
    SCOPED_TRACE(policy.name);
    std::uint64_t evicted = 0;
    std::uint64_t runs = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE(seed);
      AreaLife life(std::string(policy.name), seed);
      for (int step = 0; step < 300; ++step) {
        life.step();
        if (step % 10 == 0) life.expect_order();
        if (testing::Test::HasFailure()) return;
      }
      life.end();
      evicted += life.evicted;
      runs += life.runs;
    }
    EXPECT_GT(evicted, 0u);
    EXPECT_GT(runs, 50u);
  }
}

}  // namespace
}  // namespace memsim::test
