// What is told is given: a probe is answered as the same request made at that moment would be, and the length that
// _MEM_INFO tells can be mapped, and not a page more. Over random states, all policies, with and without moving.
#include <algorithm>

#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

#include "kernel/memory_manager_machine.hpp"

namespace memsim::test {
namespace {

constexpr std::uint64_t kProspectFrames = 200;
constexpr Value kAnonPhys = kAnon | kPhys;

struct Choice {
  std::string policy;
  PolicyOptions options;
};

std::vector<Choice> choices() {
  std::vector<Choice> all;
  for (const Policy& policy : policies()) all.push_back({std::string(policy.name), {}});
  all.push_back({"buddy", {{"top_order", "3"}}});
  all.push_back({"buddy", {{"reserve", "40"}, {"placement", "lifo"}}});
  all.push_back({"buddy", {{"tail", "kept"}}});
  all.push_back({"linux", {{"top_order", "4"}, {"pageblock_order", "2"}}});
  all.push_back({"two_region", {{"overflow", "none"}, {"step", "8"}}});
  all.push_back({"qnx", {{"zone_order", "4"}, {"big_page_order", "3"}}});
  return all;
}

PhysicalMemoryConfig memory_under(const Choice& choice) {
  PhysicalMemoryConfig config = memory_of(kProspectFrames);
  config.policy = choice.policy;
  config.policy_options = choice.options;
  return config;
}

// A call on a copy of the memory manager, so that what it would change stays as it is.
MemoryOutcome tried(Machine& m, Call what, std::initializer_list<Value> arguments) {
  MemoryManager copy = m.manager();
  RecordStream unheard;
  MemoryRequest request{.call = what, .pid = kAlice, .tid = ThreadId(1), .text = {}};
  std::copy(arguments.begin(), arguments.end(), request.arguments.begin());
  return copy.handle(request, unheard);
}

// Fills and empties memory with objects that stay, and mappings that can move.
class Life {
 public:
  Life(Machine& m, std::uint64_t seed) : m_(m), random_(RandomStream::derive(seed, {"prospects"})) {}

  void step() {
    const Value size = pages(random_.between(1, 24));
    switch (random_.below(5)) {
      case 0:
        objects_.push_back(m_.anonymous_object());
        (void)m_.ctl(objects_.back(), random_.chance(1, 2) ? Value{kAnon} : kAnonPhys, size);
        return;
      case 1:
      case 2:
        return add_mapping(m_.map(size, kPrivate | kMapAnon), size);
      case 3:
        if (!objects_.empty()) (void)m_.close(taken_from(objects_));
        return;
      default:
        if (mappings_.empty()) return;
        // A part of one, so that what is left lies in pieces.
        const auto [address, length] = taken_from(mappings_);
        (void)m_.unmap(address + pages(1), std::max(pages(1), length - pages(2)));
    }
  }

 private:
  struct Mapping {
    Value address;
    Value length;
  };
  void add_mapping(const MemoryOutcome& made, Value length) {
    if (made.error == Errno::eok) mappings_.push_back({made.value, length});
  }
  template <class T>
  T taken_from(std::vector<T>& list) {
    std::swap(list[random_.below(list.size())], list.back());
    const T taken = list.back();
    list.pop_back();
    return taken;
  }

  Machine& m_;
  RandomStream random_;
  std::vector<Value> objects_;
  std::vector<Mapping> mappings_;
};

// Requests of all sizes, as shm_ctl() makes them.
void expect_probes_to_be_requests(Machine& m, Value empty_object) {
  for (std::uint64_t count = 1; count <= kProspectFrames; count += 1 + count / 8) {
    const FrameRequest contiguous{.count = FrameCount(count), .contiguity = Contiguity::contiguous};
    const FrameRequest scattered{.count = FrameCount(count)};
    const std::vector<bool> told = m.manager().would_serve(std::vector{contiguous, scattered});
    const auto served = [&](Value flags) {
      return tried(m, Call::shm_ctl, {empty_object, flags, 0, pages(count)}).error == Errno::eok;
    };
    EXPECT_EQ(told[0], served(kAnonPhys)) << count << " pages in one run";
    EXPECT_EQ(told[1], served(kAnon)) << count << " pages";
  }
}

void expect_told_to_be_given(Machine& m, Value pool) {
  const Value told = m.mem_info(pool).results[0];
  const auto mapped = [&](Value length) {
    return tried(m, Call::mmap, {0, length, kRead | kWrite, kShared, pool, 0}).error == Errno::eok;
  };
  EXPECT_TRUE(told == 0 || mapped(told)) << told << " bytes are told";
  EXPECT_FALSE(mapped(told + pages(1))) << "only " << told << " bytes are told";
}

class MemoryManagerProspects : public ::testing::TestWithParam<ContiguousFailure> {};

void expect_no_surprise(const PhysicalMemoryConfig& memory, ContiguousFailure failure) {
  Machine m(memory, {}, failure);
  const Value empty_object = m.anonymous_object();
  std::vector<Value> pools;
  for (const char* name : {"sysram", "dma"}) {
    for (const Value tflag : {kAllocate, kAllocateContig}) pools.push_back(m.open_typed(name, tflag).value);
  }
  Life life(m, 1);
  for (int step = 0; step < 240; ++step) {
    life.step();
    if (step % 12 != 0) continue;
    expect_probes_to_be_requests(m, empty_object);
    for (const Value pool : pools) expect_told_to_be_given(m, pool);
  }
  m.manager().check_invariants();
}

TEST_P(MemoryManagerProspects, AProbeIsARequestAndWhatIsToldIsGiven) {
  for (const Choice& choice : choices()) {
    SCOPED_TRACE(choice.policy);
    expect_no_surprise(memory_under(choice), GetParam());
  }
}

TEST_P(MemoryManagerProspects, NoLessWhereThereIsACmaArea) {
  for (const Choice& choice : choices()) {
    SCOPED_TRACE(choice.policy);
    PhysicalMemoryConfig memory = memory_under(choice);
    memory.regions.push_back({.name = "memory/below4G/ram/sysram/cma",
                              .base = PhysAddr(kRamBase + (std::uint64_t{2} << 20)),
                              .size = Bytes(512 * kPage),
                              .cma = true});
    expect_no_surprise(memory, GetParam());
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, MemoryManagerProspects,
                         ::testing::Values(ContiguousFailure::none, ContiguousFailure::defragment),
                         [](const auto& tested) {
                           return tested.param == ContiguousFailure::none ? "Refusing" : "Moving";
                         });

}  // namespace
}  // namespace memsim::test
