// Every container that a scenario can grow has a cap, or a bound that follows from one, and the run says which it
// reached. Each runs in a process of its own that may not have more than so much address space.
#include <gmock/gmock.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/scenario_run.hpp"

namespace memsim::test {
namespace {

struct Greed {
  const char* name;
  const char* cap;  // that ends the run; empty: what the calls are refused bounds it
  StopReason reason;
  const char* limits;  // lower than the default, where that is for larger machines
  const char* processes;
};

const Greed kGreed[] = {
    {"channels", "limits.channels", StopReason::resource_cap, "", R"(
  - {name: p, program: [{forever: [{ChannelCreate: {}}]}]}
)"},
    {"chids", "limits.events", StopReason::event_cap, "events: 3000000", R"(
  - name: p
    program:
      - forever:
          - ChannelCreate: {}
            as: chid
          - ChannelDestroy: {chid: $chid}
          - sleep: 1ns
)"},
    {"pulses", "limits.pulses", StopReason::resource_cap, "", R"(
  - name: p
    program:
      - ChannelCreate: {}
      - ConnectAttach: {process: p}
        as: coid
      - forever: [{MsgSendPulse: {coid: $coid}}]
)"},
    {"connections", "", StopReason::finished, "", R"(
  - name: p
    program:
      - ChannelCreate: {}
      - set: {errno_seen: 0}
      - while:
          condition: $errno_seen == 0
          do:
            - ConnectAttach: {process: p}
              as: coid
            - set: {errno_seen: $coid.errno}
)"},
    {"descriptors", "limits.descriptors", StopReason::resource_cap, "descriptors: 500000", R"(
  - name: server
    program: [{ChannelCreate: {}}, {sleep: 1h}]
  - name: fleet
    start: 1ms
    count: 100
    program:
      - repeat:
          times: 10000
          do: [{ConnectAttach: {process: server}}]
      - sleep: 1h
)"},
    {"far_connections", "", StopReason::finished, "", R"(
  - name: server
    program: [{ChannelCreate: {}}, {sleep: 1h}]
  - name: fleet
    start: 1ms
    count: 20000
    program:
      - ConnectAttach: {process: server, index: 65000}
      - sleep: 1s
)"},
    {"threads", "limits.threads", StopReason::resource_cap, "threads: 50000", R"(
  - name: fleet
    count: 60000
    program: [{sleep: 1h}]
    threads: [{name: second, program: [{sleep: 1h}]}]
)"},
    {"variables", "limits.variables", StopReason::resource_cap, "variables: 1000000", R"(
  - name: fleet
    count: 60000
    program:
      - set: {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10, k: 11, l: 12, m: 13, n: 14, o: 15, q: 16}
      - sleep: 1h
)"},
    {"processes_started", "limits.processes_started", StopReason::resource_cap, "processes_started: 100000", R"(
  - {name: short, start: never, program: []}
  - {name: p, program: [{forever: [{spawn: short}, {sleep: 1ns}]}]}
)"},
    {"mappings", "limits.mappings", StopReason::resource_cap, "mappings: 1000000", R"(
  - name: p
    program:
      - forever: [{mmap: {len: 1page, flags: MAP_PHYS, off: 0}}]
)"},
    {"objects", "limits.objects", StopReason::resource_cap, "objects: 500000", R"(
  - name: p
    program:
      - set: {n: 0}
      - forever:
          - set: {n: $n + 1}
          - shm_open: {name: "/o.${n}", oflag: [O_RDWR, O_CREAT]}
            as: fd
          - close: $fd
)"},
    {"samples", "limits.samples", StopReason::resource_cap, "samples: 1000000", R"(
  - {name: p, program: [{sleep: 1d}]}
)"},
    {"overlaid_segments", "", StopReason::finished, "", R"(
  - name: p
    program:
      - shm_open: {name: /o, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - set: {at: 0, errno_seen: 0}
      - while:
          condition: $errno_seen == 0
          do:
            - shm_ctl: {fd: $fd, flags: SHMCTL_PHYS, paddr: $at * 8192, size: 1page}
              as: got
            - lseek: {fd: $fd, offset: 0, whence: SEEK_END}
            - set: {errno_seen: $got.errno, at: $at + 1}
)"},
    {"anonymous_memory", "", StopReason::finished, "", R"(
  - name: p
    program:
      - mmap: {len: 4TiB, flags: [MAP_PRIVATE, MAP_ANON]}
      - mmap: {len: 4TiB, flags: [MAP_PRIVATE, MAP_ANON, MAP_LAZY]}
        as: lazy
      - touch: {addr: $lazy, len: 4TiB}
)"},
};

// The exit status of a child that runs it with at most `bytes` of address space: 0 as the table says.
int run_within(const Greed& greed, rlim_t bytes) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_AS, &limit);
    std::string text(kFreeMachine);
    const std::string every = std::string(greed.name) == "samples" ? "1ns" : "0";
    text.insert(text.find("processes:"), "record: {every: " + every + "}\nlimits: {events_at_one_instant: 100000000" +
                                             (*greed.limits == '\0' ? "" : ", ") + greed.limits + "}\n");
    World world = make_world(load(text + greed.processes));
    const StopReason reason = world.run();
    _exit(reason == greed.reason && world.cap_reached() == greed.cap ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

class Caps : public testing::TestWithParam<Greed> {};

TEST_P(Caps, EndTheRunBeforeItsMemory) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer needs terabytes of address space";
#endif
#endif
  constexpr rlim_t kBytes = rlim_t{1} << 30;
  EXPECT_EQ(run_within(GetParam(), kBytes), 0) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(All, Caps, testing::ValuesIn(kGreed), [](const auto& test) { return test.param.name; });

TEST(Caps, SimulatedTimeEndsWhereAProgramCouldNotReadItAnyMore) {
  const Outcome run = run_free(R"(
  - name: p
    program:
      - repeat: {times: 4, do: [{sleep: 50000d}, {note: "${now}"}]}
)");
  EXPECT_THAT(run->note_texts(), testing::ElementsAre("4320000000000000000", "8640000000000000000"));
  EXPECT_EQ(run.reason, StopReason::time_cap);
  EXPECT_EQ(run.cap, "");
}

}  // namespace
}  // namespace memsim::test
