// The records of a run explain it, drive it again and price it, without its scenario.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <optional>

#include <memsim/base/numbers.hpp>
#include <memsim/engine/version.hpp>
#include <memsim/kernel/cost_names.hpp>
#include <memsim/phys/physical_memory.hpp>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

// A machine that is built from the head of a run and does what its records say was asked of the allocator. Under the
// run's own policy it must get the same frames. Under another it gets others, and keeps which stand for which.
class Redrive final : public RecordSink {
 public:
  explicit Redrive(std::optional<std::string> other = {}) : other_(std::move(other)) {}

  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& view) override {
    view.visit([this](const auto& record) { on(record); });
  }

  [[nodiscard]] const PhysicalMemory& memory() const { return *memory_; }
  std::uint64_t requests = 0;

 private:
  void on(const RunStarted& head) {
    config_.page_size = PageSize::of(head.page_size);
    config_.policy = other_.value_or(std::string(head.policy));
    if (other_) return;
    for (const Setting& option : head.policy_options) {
      config_.policy_options.emplace(std::string(option.name), std::string(option.value));
    }
  }
  void on(const RegionAdded& region) {
    config_.regions.push_back({std::string(region.name), region.base, config_.page_size.bytes_of(region.frames),
                               region.general, region.preference});
  }
  void on(const CmaArea& area) { config_.regions.at(area.region.value()).cma = true; }
  void on(const FramesReserved& reserved) {
    config_.reservations.push_back({std::string(reserved.name), config_.page_size.address_of(reserved.extent.first),
                                    config_.page_size.bytes_of(reserved.extent.count)});
  }
  void on(const ProcessStarted&) {
    if (memory_) return;
    HostResult<PhysicalMemory> made = PhysicalMemory::create(config_);
    ASSERT_TRUE(made) << render(made.error(), Colour::off);
    memory_ = std::move(*made);
  }

  void on(const FramesAllocated& record) {
    FrameRequest request{.count = {},
                         .contiguity = record.contiguous ? Contiguity::contiguous : Contiguity::scattered,
                         .mobility = record.mobility,
                         .cpu = record.cpu,
                         .alignment = record.alignment,
                         .boundary = record.boundary,
                         .window_first = record.window_first,
                         .window_end = record.window_end};
    FrameCount wanted;
    for (const Extent& extent : record.extents) wanted += extent.count;
    wanted -= record.tail;
    request.count = FrameCount(wanted.count() / record.requests);
    if (request.window_end - request.window_first == wanted) request.contiguity = Contiguity::scattered;
    if (!other_ && std::exchange(is_taken_, false)) return;
    std::vector<Extent> got;
    for (std::uint32_t i = 0; i < record.requests; ++i) ask(request, record.regions, got);
    if (other_) return stand_for(record.extents, got);
    if (request.window_end != FrameNumber::max()) return;  // the frames are told in the order in which they are used
    EXPECT_EQ(std::vector<Extent>(record.extents.begin(), record.extents.end()), got);
  }
  // What was refused is refused again. (Another policy may serve it, and does not have to.)
  void on(const AllocationFailed& record) {
    if (other_) return;
    FrameRequest request{.count = record.frames,
                         .contiguity = record.contiguous ? Contiguity::contiguous : Contiguity::scattered,
                         .mobility = record.mobility,
                         .cpu = record.cpu,
                         .alignment = record.alignment,
                         .boundary = record.boundary,
                         .window_first = record.window_first,
                         .window_end = record.window_end};
    if (request.window_end - request.window_first == request.count) request.contiguity = Contiguity::scattered;
    EXPECT_FALSE(memory_->can_allocate(request, record.regions));
    EXPECT_EQ(memory_->free_frames(record.regions), record.free);
    EXPECT_EQ(memory_->largest_free_run(record.regions), record.largest_free_run);
  }
  void on(const FramesClaimed& record) {
    if (other_) return;
    for (const Extent& extent : record.extents) {
      std::vector<Extent> got;
      ask({.count = extent.count,
           .contiguity = Contiguity::contiguous,
           .mobility = record.mobility,
           .cpu = record.cpu,
           .window_first = extent.first,
           .window_end = extent.end()},
          std::array{*memory_->region_of(extent.first)}, got);
      EXPECT_EQ(got, std::vector{extent});
    }
    is_taken_ = true;
  }
  void on(const FramesMoved& record) {
    if (other_) return move(record);
    FrameRequest shelter{.count = {}, .mobility = Mobility::movable, .cpu = record.cpu};
    for (const Extent& extent : record.to) shelter.count += extent.count;
    std::vector<Extent> got;
    ask(shelter, memory_->general().movable(), got);
    EXPECT_EQ(std::vector<Extent>(record.to.begin(), record.to.end()), got);
    is_taken_ = true;
  }
  void on(const FramesReleased& record) {
    for (const Extent& extent : record.extents) release(extent, record.cpu);
  }
  void on(const FramesAdded& record) { EXPECT_TRUE(memory_->add_reserved(record.extent)); }
  // Under another policy what stands for these frames stayed where it was.
  void on(const FramesVacated& record) {
    is_taken_ = false;
    for (const Extent& extent : record.extents) release(extent, record.cpu);
  }
  void on(const CpuListsDecayed& record) { memory_->decay(record.cpu); }
  template <class Record>
  void on(const Record&) {}

  // Appends what the request got, with its tail; nothing where another policy than the run's refuses it.
  void ask(const FrameRequest& request, std::span<const RegionId> regions, std::vector<Extent>& got) {
    ++requests;
    const auto allocation = memory_->allocate(request, regions);
    if (!allocation) {
      EXPECT_TRUE(other_) << "the run's own policy serves what it served";
      return;
    }
    for (const Extent& extent : allocation->extents) {
      expect_conforming(request, regions, extent);
      got.push_back(extent);
    }
    got.back().count += allocation->tail.count;
  }

  // The second accountant of PhysicalMemory sees to it that no frame is given twice.
  void expect_conforming(const FrameRequest& request, std::span<const RegionId> regions, Extent extent) const {
    EXPECT_GE(extent.first, request.window_first);
    EXPECT_LE(extent.end(), request.window_end);
    EXPECT_EQ(extent.first.value() % request.alignment.count(), 0u);
    const auto region = memory_->region_of(extent.first);
    ASSERT_TRUE(region);
    EXPECT_TRUE(memory_->region_extent(*region).contains(extent));
    if (regions.empty()) return;
    EXPECT_THAT(regions, testing::Contains(*region));
  }

  // The frames of the run, in their order, are these here; what is too few here has none.
  void stand_for(std::span<const Extent> there, const std::vector<Extent>& here) {
    std::vector<FrameNumber> frames;
    for (const Extent& extent : here) {
      for (FrameNumber frame = extent.first; frame < extent.end(); frame += FrameCount(1)) frames.push_back(frame);
    }
    std::size_t next = 0;
    for (const Extent& extent : there) {
      for (FrameNumber frame = extent.first; frame < extent.end() && next < frames.size(); frame += FrameCount(1)) {
        EXPECT_TRUE(here_.emplace(frame, frames[next++]).second);
      }
    }
    for (; next < frames.size(); ++next) memory_->release({frames[next], FrameCount(1)});  // of another tail
  }
  void move(const FramesMoved& record) {
    std::vector<std::optional<FrameNumber>> moved;
    for (const Extent& extent : record.from) {
      for (FrameNumber frame = extent.first; frame < extent.end(); frame += FrameCount(1)) moved.push_back(take(frame));
    }
    auto next = moved.begin();
    for (const Extent& extent : record.to) {
      for (FrameNumber frame = extent.first; frame < extent.end(); frame += FrameCount(1), ++next) {
        if (*next) here_.emplace(frame, **next);
      }
    }
  }
  std::optional<FrameNumber> take(FrameNumber there) {
    if (!other_) return there;
    const auto node = here_.extract(there);
    if (node.empty()) return std::nullopt;
    return node.mapped();
  }
  // Gives back what stands for the extent, in runs of one region each.
  void release(Extent extent, CpuId cpu) {
    std::optional<Extent> run;
    for (FrameNumber frame = extent.first; frame < extent.end(); frame += FrameCount(1)) {
      const std::optional<FrameNumber> here = take(frame);
      if (run && here == run->end() && memory_->region_of(*here) == memory_->region_of(run->first)) {
        run->count += FrameCount(1);
        continue;
      }
      if (run) memory_->release(*run, cpu);
      run.reset();
      if (here) run = Extent{*here, FrameCount(1)};
    }
    if (run) memory_->release(*run, cpu);
  }

  std::optional<std::string> other_;
  PhysicalMemoryConfig config_;
  std::optional<PhysicalMemory> memory_;
  bool is_taken_ = false;                    // the frames of the next frames_allocated
  std::map<FrameNumber, FrameNumber> here_;  // under another policy: what stands for the run's frames in use
};

// Prices the work of the memory manager by the prices of the head.
class Pricing final : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& view) override {
    now_ = view.time();
    view.visit([this](const auto& record) { on(record); });
  }
  std::uint64_t served = 0;
  std::uint64_t undisturbed = 0;

 private:
  void on(const RunStarted& head) {
    for (const Setting& setting : head.settings) {
      constexpr std::string_view kCosts = "machine.costs.";
      if (setting.name.starts_with(kCosts)) {
        prices_.emplace(setting.name.substr(kCosts.size()), parse_duration(setting.value)->count());
      }
    }
    EXPECT_EQ(prices_.size(), kCostNames.size());
  }
  void on(const Served& record) {
    const auto price = [this](const char* name, WorkCount count) { return prices_.at(name) * count.count(); };
    std::uint64_t cost = prices_.at("msg_receive");
    if (record.message != 0) {
      cost += prices_.at("memmgr_call") + prices_.at("msg_reply");
      cost += (prices_.at("copy_per_kib") * record.reply_bytes.count() + 1023) / 1024;
    } else {
      cost += prices_.at("process_exit");
    }
    cost += price("allocator_split", record.allocator_splits) + price("allocator_merge", record.allocator_merges);
    cost += price("allocator_step", record.allocator_steps) + price("frame_zero", record.frames_zeroed);
    cost += price("frame_free", record.frames_freed) + price("frame_move", record.frames_moved);
    cost += price("page_map", record.pages_mapped) + price("page_unmap", record.pages_unmapped);
    cost += price("page_fault", record.page_faults) + price("segment_walk", record.segments_walked);
    cost += price("segment_seek", record.segment_seek_steps) + price("mem_offset", record.address_translations);
    EXPECT_EQ(record.cost.count(), cost);
    ++served;
    if (record.message != 0) being_served_[record.message] = {now_, record.cost, record.server_tid};
  }
  // Whoever is stopped in between replies later.
  void on(const ThreadStateChanged& record) {
    if (record.pid != kMemmgrPid) return;
    std::erase_if(being_served_, [&](const auto& entry) { return entry.second.server_tid == record.tid; });
  }
  void on(const MessageReplied& record) {
    const auto found = being_served_.find(record.message);
    if (found == being_served_.end()) return;
    EXPECT_EQ(now_, found->second.since + found->second.cost);
    ++undisturbed;
    being_served_.erase(found);
  }
  template <class Record>
  void on(const Record&) {}

  struct Service {
    SimTime since;
    SimDuration cost;
    ThreadId server_tid;
  };
  SimTime now_;
  std::map<std::string, std::uint64_t, std::less<>> prices_;
  std::map<std::uint64_t, Service> being_served_;  // by message
};

WorldConfig shipped(std::string_view name) {
  LoadOptions options;
  if (name == "camera_day") options.until = "3min";  // thousands of requests
  const auto scenario = load_scenario(fmt::format(MEMSIM_SOURCE_DIR "/scenarios/{}.yaml", name), options);
  EXPECT_TRUE(scenario) << render(scenario.error(), Colour::off);
  return scenario->world;
}

class RecordsOf : public testing::TestWithParam<const char*> {};

TEST_P(RecordsOf, TheRunDriveTheSamePolicyToTheSameFrames) {
  Redrive same;
  World world = make_world(shipped(GetParam()));
  world.records().subscribe(same);
  world.run();
  same.memory().check_invariants();
}

TEST_P(RecordsOf, TheRunDriveEveryOtherPolicyWithoutAFault) {
  std::vector<Redrive> others;
  for (const Policy& policy : policies()) others.emplace_back(std::string(policy.name));
  World world = make_world(shipped(GetParam()));
  for (Redrive& other : others) world.records().subscribe(other);
  world.run();
  for (const Redrive& other : others) other.memory().check_invariants();
}

TEST_P(RecordsOf, TheRunPriceEveryServiceOfTheMemoryManager) {
  Pricing pricing;
  World world = make_world(shipped(GetParam()));
  world.records().subscribe(pricing);
  world.run();
  EXPECT_EQ(pricing.undisturbed > 0, pricing.served > 0);
}

INSTANTIATE_TEST_SUITE_P(Shipped, RecordsOf,
                         testing::Values("mem_obj_info", "mem_obj_info_fragmented", "mem_obj_info_short_reply",
                                         "refused", "mem_offset_versus_mem_obj_info", "half_freed", "camera_day",
                                         "iommu_gather", "below4g_exhausted", "priority_inheritance", "death_in_send",
                                         "deadlock", "defragment", "driver", "camera_cma"),
                         [](const auto& tested) { return std::string(tested.param); });

// Keeps the head as owned texts.
struct Head final : RecordSink {
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& view) override {
    if (view.kind() != RecordKind::run_started) return;
    const auto& head = view.as<RunStarted>();
    for (const auto& [list, into] : {std::pair(head.policy_options, &options), std::pair(head.settings, &settings),
                                     std::pair(head.overridden, &overridden)}) {
      for (const Setting& setting : list) into->emplace_back(setting.name, setting.value);
    }
    version = head.version.text;
  }
  using List = std::vector<std::pair<std::string, std::string>>;
  List options;
  List settings;
  List overridden;
  std::string version;
};

constexpr std::string_view kOneClient = R"(
memsim: 1
processes:
  - name: client
    program: [{sleep: 1ms}]
)";

LoadOptions under(std::string_view policy) {
  LoadOptions options;
  options.set.push_back({"policy", std::string(policy)});
  return options;
}

TEST(RunHead, TellsEveryOptionOfThePolicyGivenOrNot) {
  for (const Policy& policy : policies()) {
    Head head;
    World world = make_world(load(kOneClient, under(policy.name)));
    world.records().subscribe(head);
    world.run();
    Head::List expected;
    for (const PolicyOption& option : policy.options) expected.emplace_back(option.name, option.default_value);
    EXPECT_EQ(head.options, expected);
  }
}

TEST(RunHead, TellsWhatWasOverriddenAndBySoftwareOfWhichVersion) {
  LoadOptions options;
  options.set = {{"machine.costs.msg_send", "1us"}};
  options.seed = 7;
  options.until = "1ms";
  Head head;
  World world = make_world(load(kOneClient, options));
  world.records().subscribe(head);
  world.run();
  EXPECT_EQ(head.overridden, (Head::List{{"machine.costs.msg_send", "1us"}, {"seed", "7"}, {"until", "1ms"}}));
  EXPECT_THAT(head.settings, testing::IsSupersetOf(Head::List{{"machine.costs.msg_send", "1 us"},
                                                              {"machine.costs.msg_receive", "200 ns"},
                                                              {"semantics.not_physical_errno", "ENODEV"},
                                                              {"until", "1 ms"}}));
  EXPECT_EQ(head.version, version());
}

// Else a setting that a later version adds, or a cost that is never charged, would change every baseline.
TEST(RunHead, OfHowTheRunCameAboutEntersNoFingerprint) {
  const Outcome plain = run_text(kOneClient);
  LoadOptions options = under("buddy");
  options.set = {{"machine.costs.frame_move", "1us"}};
  const Outcome told = run_text(kOneClient, options);
  EXPECT_EQ(plain.fingerprint, told.fingerprint);
}

}  // namespace
}  // namespace memsim::test
