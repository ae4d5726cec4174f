// Descriptors of devices, from the scenario to the verdict: what a driver would count by asking for each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <memsim/analysis/wait_graph.hpp>
#include <memsim/campaign/expectations.hpp>
#include <memsim/kernel/world.hpp>
#include <memsim/scenario/scenario.hpp>
#include <memsim/view/run_measures.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {
namespace {

using testing::HasSubstr;

struct Ran {
  Summary summary;
  std::vector<Measure> measures;
  std::vector<Verdict> verdicts;

  [[nodiscard]] std::int64_t measure(std::string_view name) const {
    for (const Measure& measure : measures) {
      if (measure.name == name) return measure.value;
    }
    ADD_FAILURE() << name;
    return -1;
  }
};

Ran run(const std::string& text) {
  Ran ran;
  const auto scenario = parse_scenario(text, "devices.yaml");
  if (!scenario) {
    ADD_FAILURE() << render(scenario.error(), Colour::off);
    return ran;
  }
  SummaryView summary;
  RunMeasures measures;
  ExpectationView expectations(scenario->expect);
  auto world = World::create(scenario->world, find_deadlocks);
  EXPECT_TRUE(world.has_value());
  for (RecordSink* view : std::initializer_list<RecordSink*>{&summary, &measures, &expectations}) {
    world->records().subscribe(*view);
  }
  world->run();
  ran.summary = summary.summary(world->records());
  ran.measures = measures.measures(ran.summary);
  ran.verdicts = expectations.verdicts();
  return ran;
}

// A 23-bit length field holds at most 2^23 - 1: 512 MiB take 64.00001 of its descriptors, and so 65. The program counts
// them as drivers do, a descriptor at a time; the device is told once.
constexpr const char* kAxi = R"(
memsim: 1
machine:
  regions:
    - {name: ram, base: 0, size: 1GiB}
record:
  devices:
    - {name: axi, object: /dma, max_length: 8388607B, alignment: 4KiB, descriptors: 64}
    - {name: bare, object: dma, max_length: 8388607B}
    - {name: narrow, object: /dma, address_bits: 20}
processes:
  - name: dma
    program:
      - set: {buffer: 512MiB, max_length: 8MiB - 4KiB}
      - shm_open: {name: /dma, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON|SHMCTL_PHYS, size: $buffer}
        on_error: exit
      - set: {next: 0, descriptors: 0}
      - while:
          condition: $next < $buffer
          do:
            - _MEM_OBJ_INFO: {fd: $fd, offset: $next, length: $max_length, reply_bytes: 24B}
              as: one
              on_error: exit
            - set: {next: $one.end, descriptors: $descriptors + 1}
      - note: "${descriptors} descriptors"
      - shm_unlink: /dma
      - sleep: 1s
expect:
  - {note: "65 descriptors"}
  - {descriptors: axi, at: end, equals: 65}
  - {descriptors: axi, max: 64}
  - {descriptors: bare, of: maximum, equals: 65}
  - {descriptors: narrow, max: 1000000}
)";

TEST(Descriptors, AreWhatADriverCounts) {
  const Ran ran = run(kAxi);
  ASSERT_EQ(ran.verdicts.size(), 5u);
  EXPECT_TRUE(ran.verdicts[0].holds);
  EXPECT_TRUE(ran.verdicts[1].holds) << ran.verdicts[1].found;
  EXPECT_FALSE(ran.verdicts[2].holds);
  EXPECT_EQ(ran.verdicts[2].found, "65");
  EXPECT_THAT(ran.verdicts[2].expected, HasSubstr("descriptors of axi at each change"));
  EXPECT_TRUE(ran.verdicts[3].holds);
  EXPECT_EQ(ran.measure("device/axi/descriptors/max"), 65);
  EXPECT_EQ(ran.measure("device/axi/unreachable"), 0);
  EXPECT_NE(ran.measure("device/axi/first_unfit_ns"), kNeverMeasured);
  EXPECT_EQ(ran.measure("device/bare/first_unfit_ns"), kNeverMeasured);
}

TEST(Descriptors, NoNumberOfThemReachesWhatLiesBeyondTheAddresses) {
  const Ran ran = run(kAxi);
  ASSERT_EQ(ran.verdicts.size(), 5u);
  EXPECT_FALSE(ran.verdicts[4].holds);
  EXPECT_EQ(ran.measure("device/narrow/unreachable"), 1);
  ASSERT_EQ(ran.summary.devices.size(), 3u);
  EXPECT_TRUE(ran.summary.devices[2].first_unfit.has_value());
}

TEST(Descriptors, AFaultyDeviceIsRefusedWithItsPlace) {
  const auto refused = [](const std::string& device) {
    const auto scenario = parse_scenario(
        "memsim: 1\nrecord:\n  devices:\n    - " + device + "\nprocesses:\n  - {name: a, program: [exit]}\n", "x.yaml");
    return scenario ? std::string() : render(scenario.error(), Colour::off);
  };
  EXPECT_THAT(refused("{name: d, object: /x, alignment: 3B}"), HasSubstr("x.yaml:4:"));
  EXPECT_THAT(refused("{name: d, object: /x, alignment: 3B}"), HasSubstr("alignment: expected a power of two"));
  EXPECT_THAT(refused("{name: d, object: /x, max_length: 2KiB, alignment: 4KiB}"),
              HasSubstr("max_length: no descriptor"));
  EXPECT_THAT(refused("{name: d, object: /x, boundary: 3KiB}"), HasSubstr("boundary: expected a power of two"));
  EXPECT_THAT(refused("{name: d, object: /x, address_bits: 65}"), HasSubstr("address_bits"));
  EXPECT_THAT(refused("{name: d}"), HasSubstr("object"));
  EXPECT_EQ(refused("{name: d, object: /x}"), "");
}

}  // namespace
}  // namespace memsim
