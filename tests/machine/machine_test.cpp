// The machine tells all that happens to its memory, and can change its policy in between.
#include <memsim/machine/machine.hpp>

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "support/recorder.hpp"

namespace memsim {
namespace {

using testing::ElementsAre;

constexpr FrameNumber kFirst{0x100};

PhysicalMemoryConfig config_of(const std::string& policy, std::uint64_t frames = 64) {
  PhysicalMemoryConfig config;
  config.policy = policy;
  config.regions.push_back({"ram", PhysAddr(kFirst.value() << 12), Bytes(frames << 12), true, 0});
  return config;
}

Extent at(std::uint64_t first, std::uint64_t count) { return {kFirst + FrameCount(first), FrameCount(count)}; }

Machine machine_of(const PhysicalMemoryConfig& config, const StartState& start = {}) {
  HostResult<Machine> machine = Machine::create(config, start);
  EXPECT_TRUE(machine) << render(machine.error(), Colour::off);
  return std::move(*machine);
}

// The names of the records, and what they say of frames.
class Told final : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }
  void on_record(const RecordView& view) override {
    names.emplace_back(record_name(view.kind()));
    if (view.kind() == RecordKind::frames_allocated) {
      const auto& record = view.as<FramesAllocated>();
      taken = record;
      extents.assign(record.extents.begin(), record.extents.end());
    }
    if (view.kind() == RecordKind::policy_changed) policy = view.as<PolicyChanged>().policy;
    if (view.kind() == RecordKind::probe_result) succeeds = view.as<ProbeResult>().would_succeed;
  }
  std::vector<std::string> names;
  FramesAllocated taken;  // its spans are not to be used
  std::vector<Extent> extents;
  std::string policy;
  bool succeeds = false;
};

class MachineTest : public testing::Test {
 protected:
  MachineTest() { records.subscribe(told); }
  RecordStream records;
  Told told;
};

TEST_F(MachineTest, TellsItsHeadItsRegionsAndItsReservations) {
  PhysicalMemoryConfig config = config_of("buddy");
  config.reservations.push_back({"image", PhysAddr(kFirst.value() << 12), Bytes(4096)});
  machine_of(config).announce(records, {});
  EXPECT_THAT(told.names, ElementsAre("run_started", "region_added", "frames_reserved"));
}

TEST_F(MachineTest, TellsWhatIsTakenRefusedAndGivenBack) {
  Machine machine = machine_of(config_of("buddy"));
  const FrameOwner owner{ObjectId(1), ProcessId(2)};
  const auto taken = machine.allocate(records, owner, Bytes(), {.count = FrameCount(3)});
  ASSERT_TRUE(taken);
  EXPECT_EQ(told.extents, taken->allocation.extents);
  EXPECT_EQ(told.taken.object, owner.object);
  EXPECT_FALSE(machine.allocate(records, owner, Bytes(), {.count = FrameCount(64)}));
  machine.release(records, owner.object, taken->allocation.extents);
  EXPECT_THAT(told.names, ElementsAre("frames_allocated", "allocation_failed", "frames_released"));
  EXPECT_EQ(machine.frames_in_use(), FrameCount(0));
  EXPECT_EQ(machine.change_count(), 2u);
}

TEST_F(MachineTest, SamplesAndProbesWithoutLeavingATrace) {
  const Machine machine = machine_of(config_of("buddy"));
  ProbeConfig probe;
  probe.name = "all";
  probe.size = Bytes(64 << 12);
  machine.sample(records, SamplePoint::periodic);
  machine.probe(records, SamplePoint::periodic, std::span(&probe, 1));
  EXPECT_THAT(told.names, ElementsAre("region_sample", "probe_result"));
  EXPECT_TRUE(told.succeeds);
}

TEST_F(MachineTest, TellsOfFramesHeldAtTheStartAsAnObjects) {
  PhysicalMemoryConfig config = config_of("linux");
  config.reservations.push_back({"image", PhysAddr((kFirst.value() + 8) << 12), Bytes(4096)});
  const Machine machine = machine_of(config, {.held = {at(20, 4), at(9, 3), at(7, 1)}, .linux_lists = {}});
  machine.announce(records, {}, {ObjectId(1), ProcessId(1)});
  EXPECT_EQ(told.taken.requests, 0u);
  EXPECT_THAT(told.extents, ElementsAre(at(7, 1), at(9, 3), at(20, 4)));
}

// Under every policy, from a state that another policy made.
TEST_F(MachineTest, ChangesItsPolicyAndKeepsWhatIsInUse) {
  for (const Policy& before : policies()) {
    for (const Policy& after : policies()) {
      Machine machine = machine_of(config_of(std::string(before.name)));
      std::vector<std::vector<Extent>> objects;
      for (std::uint32_t i = 1; i <= 20; ++i) {
        const auto taken =
            machine.allocate(records, {ObjectId(i), ProcessId(2)}, Bytes(), {.count = FrameCount(i % 3 + 1)});
        if (taken) objects.push_back(taken->allocation.extents);
        if (i % 4 == 0) {
          machine.release(records, ObjectId(i), objects.back());
          objects.pop_back();
        }
      }
      machine.pin(objects.front());
      const std::vector<Extent> held = machine.memory().frames_held();
      const FreeSpace space = machine.memory().measure(RegionId(0));
      ASSERT_TRUE(machine.change_policy(records, std::string(after.name), {}));
      EXPECT_EQ(told.policy, after.name);
      EXPECT_EQ(machine.memory().frames_held(), held) << before.name << " to " << after.name;
      EXPECT_EQ(machine.memory().measure(RegionId(0)).large_page_ranges_pinned, space.large_page_ranges_pinned);
      machine.memory().check_invariants();
      machine.unpin(objects.front());
      for (const auto& object : objects) machine.release(records, ObjectId(1), object);
      machine.memory().check_invariants();
      EXPECT_EQ(machine.frames_in_use(), FrameCount(0));
    }
  }
}

TEST_F(MachineTest, RefusesAPolicyThatDoesNotExistAndStaysAsItIs) {
  Machine machine = machine_of(config_of("buddy"));
  EXPECT_FALSE(machine.change_policy(records, "budy", {}));
  EXPECT_FALSE(machine.change_policy(records, "buddy", {{"placement", "up"}}));
  EXPECT_EQ(machine.memory().policy(), "buddy");
  EXPECT_THAT(told.names, testing::IsEmpty());
}

}  // namespace
}  // namespace memsim
