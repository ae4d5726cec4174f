// Programs of C and their twins in YAML: the same replies, and the same of memory at the same time.
#include <gmock/gmock.h>

#include <memsim/engine/view.hpp>

#include "programs/program_run.hpp"

namespace memsim::test {
namespace {

// What became of memory and what was answered, and when.
class AllocatorLayer final : public View<AllocatorLayer> {
 public:
  template <class Record>
  requires(Record::kLayer == Layer::allocator || Record::kLayer == Layer::replies) void on(RunPoint at,
                                                                                           const Record& record) {
    fingerprint_.add(at.time, record);
  }
  [[nodiscard]] std::uint64_t value() const { return fingerprint_.value(); }

 private:
  Fingerprint fingerprint_;
};

std::uint64_t allocations_of(const WorldConfig& config) {
  AllocatorLayer layer;
  World world = make_world(config);
  world.records().subscribe(layer);
  world.run();
  return layer.value();
}

void expect_twins(const std::string& program, const std::string& yaml, const std::string& before = "") {
  const std::string host = before + "  - {name: actor, start: 1ms, program: {run: " + program + "}}\n";
  const std::string twin = before + "  - name: actor\n    start: 1ms\n    program:\n" + yaml;
  const Outcome in_c = run_programs(host);
  const Outcome in_yaml = run_free(twin);
  EXPECT_THAT(in_c->notes, testing::IsEmpty());
  EXPECT_THAT(in_c->faults, testing::IsEmpty());
  ASSERT_EQ(in_c->replies.size(), in_yaml->replies.size());
  for (std::size_t i = 0; i < in_yaml->replies.size(); ++i) {
    EXPECT_EQ(in_c->replies[i].segments, in_yaml->replies[i].segments);
    EXPECT_EQ(in_c->replies[i].record.capacity, in_yaml->replies[i].record.capacity);
  }
  EXPECT_EQ(allocations_of(load_with_programs(std::string(kFreeMachine) + host)),
            allocations_of(load(std::string(kFreeMachine) + twin)));
}

// Takes all of memory, and gives back every second of the first 200 pages.
constexpr const char* kYamlShredder = R"(
  - name: shredder
    program:
      - mmap: {len: 4096pages, flags: [MAP_PRIVATE, MAP_ANON]}
        as: all
      - repeat:
          times: 100
          index: i
          do:
            - munmap: {addr: $all + $i * 2 * PAGE_SIZE, len: 1page}
      - sleep: 1s
)";

// A walk over an object, with room for so many segments.
class LayoutWalk : public testing::TestWithParam<int> {};

TEST_P(LayoutWalk, GetsTheRepliesAndAllocationsOfItsTwin) {
  std::string yaml = R"(
      - shm_open: {name: /frame, oflag: [O_RDWR, O_CREAT], mode: 0o600}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 13pages}
      - set: {end: 0}
      - while:
          condition: $end < 13 * PAGE_SIZE
          do:
            - MsgSend: {coid: MEMMGR_COID, type: _MEM_OBJ_INFO, fd: $fd, offset: $end, reply_bytes: ROOM}
              as: layout
            - set: {end: $layout.end}
      - close: $fd
      - shm_unlink: /frame
)";
  yaml.replace(yaml.find("ROOM"), 4, std::to_string(24 * GetParam()) + "B");
  const std::string program = "./walk, args: [53248, " + std::to_string(GetParam()) + "]";
  expect_twins(program, yaml);
  expect_twins(program, yaml, kYamlShredder);
}

INSTANTIATE_TEST_SUITE_P(Rooms, LayoutWalk, testing::Values(1, 3, 13));

TEST(Twins, OfTheComparisonOfOffsetsPageByPage) {
  // A look at the clock of a machine that is free of charge takes 1 ns.
  expect_twins("./offsets, args: [69632]", R"(
      - shm_open: {name: /buffer, oflag: [O_RDWR, O_CREAT], mode: 0o600}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 17pages}
      - compute: 1ns
      - mmap: {len: 17pages, prot: [PROT_READ, PROT_WRITE], flags: [MAP_SHARED], fd: $fd}
        as: memory
      - mlock: {addr: $memory, len: 17pages}
      - repeat:
          times: 17
          index: i
          do:
            - mem_offset64: {addr: $memory + $i * PAGE_SIZE, len: 1page}
      - compute: 1ns
      - MsgSend: {coid: MEMMGR_COID, type: _MEM_OBJ_INFO, fd: $fd, offset: 0, reply_bytes: 6144B}
      - compute: 1ns
)",
               kYamlShredder);
}

TEST(Twins, OfALeak) {
  expect_twins("./acts, args: [leak]", R"(
      - shm_open: {name: /leak, oflag: [O_RDWR, O_CREAT], mode: 0o666}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 5pages}
      - mmap: {len: 3pages, prot: [PROT_READ, PROT_WRITE], flags: [MAP_PRIVATE, MAP_ANON]}
)");
}

TEST(Twins, OfReferencesToLazyMemory) {
  expect_twins("./acts, args: [lazy]", R"(
      - mmap: {len: 64pages, prot: [PROT_READ, PROT_WRITE], flags: [MAP_PRIVATE, MAP_ANON, MAP_LAZY]}
        as: memory
      - touch: {addr: $memory + 5 * PAGE_SIZE, len: 1B}
      - touch: {addr: $memory + 40 * PAGE_SIZE + 17, len: 1B}
      - touch: {addr: $memory + 6 * PAGE_SIZE, len: 1B}
)");
}

TEST(Twins, OfTwoThreadsAndAMutexSayTheSameAtTheSameTime) {
  constexpr const char* kMachine =
      "memsim: 1\nmachine:\n  regions: [{name: memory/ram/sysram, base: 1MiB, size: 1MiB}]\nprocesses:\n";
  const Outcome in_c =
      run_config(load_with_programs(std::string(kMachine) + "  - {name: two, program: {run: ./two_threads}}\n"));
  // A look at the clock is 200 ns of a processor.
  const Outcome in_yaml = run_text(std::string(kMachine) + R"(
  - name: two
    program:
      - ThreadCreate: {thread: low}
      - ThreadCreate: {thread: middle}
      - ThreadCreate: {thread: high}
      - ThreadJoin: {tid: 2}
      - ThreadJoin: {tid: 3}
      - ThreadJoin: {tid: 4}
    threads:
      - name: low
        start: never
        priority: 5
        program:
          - SyncMutexLock: 1
          - compute: 1500us
          - SyncMutexUnlock: 1
          - compute: 200ns
          - note: "low: done at ${now / 1000} us"
      - name: middle
        start: never
        priority: 20
        program:
          - sleep: 1ms
          - compute: 3000us
          - compute: 200ns
          - note: "middle: done at ${now / 1000} us"
      - name: high
        start: never
        priority: 30
        program:
          - sleep: 1ms
          - compute: 200ns
          - set: {before: $now}
          - SyncMutexLock: 1
          - compute: 200ns
          - note: "high: waited ${($now - $before) / 1000} us for the mutex"
          - SyncMutexUnlock: 1
)");
  EXPECT_THAT(in_yaml->named_notes(), testing::UnorderedElementsAreArray(in_c->output));
}

}  // namespace
}  // namespace memsim::test
