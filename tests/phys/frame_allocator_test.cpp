// The suite that every policy passes: random requests, with and without constraints, beside a page array.
#include <gtest/gtest.h>

#include <memsim/base/random.hpp>
#include <memsim/phys/policy.hpp>

#include "model/buddy_promise.hpp"
#include "model/page_array.hpp"

namespace memsim {
namespace {

struct Setup {
  const char* policy;
  PolicyOptions options;
  unsigned top_order;
  Extent extent;
};

void PrintTo(const Setup& setup, std::ostream* out) {
  *out << setup.policy << " at " << setup.extent.first.value() << " + " << setup.extent.count.count();
  for (const auto& [name, value] : setup.options) *out << ' ' << name << '=' << value;
}

std::vector<Setup> setups() {
  std::vector<Setup> all;
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> extents = {
      {0, 64}, {0, 256}, {5, 100}, {0x7fff3, 333}, {1023, 2}, {0xffff'ff00, 256}, {77, 1}};
  for (const auto& [first, count] : extents) {
    for (const char* placement : {"lifo", "lowest"}) {
      for (const unsigned top : {0U, 3U, 18U}) {
        all.push_back({"buddy",
                       {{"placement", placement}, {"top_order", std::to_string(top)}},
                       top,
                       {FrameNumber(first), FrameCount(count)}});
      }
    }
  }
  return all;
}

enum class Constrained : bool { no, yes };

// One allocator and its page array, driven by one random stream.
class Trial {
 public:
  Trial(const Setup& setup, std::uint64_t seed)
      : setup_(setup),
        random_(RandomStream::derive(seed, {"frame_allocator_test"})),
        allocator_(find_policy(setup.policy)->create(setup.extent, setup.options)),
        pages_(setup.extent) {}

  void step(Constrained constrained) {
    if (random_.chance(11, 20) || live_.empty()) {
      allocate(draw_request(constrained));
    } else {
      release_some();
    }
    ASSERT_EQ(allocator_->free_frames().count(), pages_.free_count());
  }

  void check_state() {
    allocator_->check_invariants();
    std::vector<Extent> free;
    allocator_->for_each_free([&](Extent extent) { free.push_back(extent); });
    ASSERT_EQ(free, pages_.free_blocks(setup_.top_order));
  }

  // From here on the copy and the original do the same, and neither sees what the other does.
  void branch() {
    const auto copy = allocator_->clone();
    const auto second_copy = copy->clone();
    copy->check_invariants();
    for (int i = 0; i < 20; ++i) {
      const FrameRequest request = draw_request(Constrained::yes);
      std::vector<Extent> from_copy;
      std::vector<Extent> from_second;
      const auto work = copy->allocate(request, from_copy);
      const auto second_work = second_copy->allocate(request, from_second);
      ASSERT_EQ(work.has_value(), second_work.has_value());
      ASSERT_EQ(from_copy, from_second);
      if (work) {
        ASSERT_EQ(*work, *second_work);
      }
    }
    check_state();
  }

  void release_all() {
    while (!live_.empty()) release_some();
    check_state();
    ASSERT_EQ(allocator_->free_frames(), setup_.extent.count);
  }

 private:
  FrameRequest draw_request(Constrained constrained) {
    const std::uint64_t size = setup_.extent.count.count();
    const std::uint64_t first = setup_.extent.first.value();
    FrameRequest request{.count = FrameCount(random_.between(1, std::max<std::uint64_t>(1, size >> random_.below(8))))};
    if (random_.chance(1, 2)) request.contiguity = Contiguity::contiguous;
    if (constrained == Constrained::no) return request;
    if (random_.chance(1, 2)) request.alignment = FrameCount(std::uint64_t{1} << random_.below(8));
    if (random_.chance(1, 3)) request.boundary = FrameCount(std::uint64_t{1} << random_.below(9));
    if (random_.chance(1, 2)) {
      const std::uint64_t low = first + random_.below(size + 1);
      request.window_first = FrameNumber(low > 10 && random_.chance(1, 4) ? low - 10 : low);
      request.window_end = FrameNumber(low + random_.below(size + 10));
    }
    return request;
  }

  void allocate(const FrameRequest& request) {
    const bool makes_sense =
        request.boundary.is_zero() || request.contiguity == Contiguity::scattered || request.count <= request.boundary;
    const bool promised = makes_sense && model::BuddyPromise(pages_, setup_.top_order).serves(request);
    ASSERT_EQ(allocator_->can_allocate(request), promised);
    std::vector<Extent> out = {{FrameNumber(1), FrameCount(1)}};  // what is there stays
    const auto work = allocator_->allocate(request, out);
    ASSERT_EQ(work.has_value(), promised);
    ASSERT_EQ(out.front(), (Extent{FrameNumber(1), FrameCount(1)}));
    if (!promised) {
      ASSERT_EQ(work.error(), makes_sense ? Errno::enomem : Errno::einval);
      ASSERT_EQ(out.size(), 1U);
      return check_state();
    }
    const std::span<const Extent> given = std::span(out).subspan(1);
    ASSERT_EQ(pages_.fault(request, given), "");
    for (const Extent& extent : given) {
      pages_.take(extent);
      live_.push_back(extent);
    }
  }

  // Any live extent, whole or in part; now and then two neighbours at once.
  void release_some() {
    const std::size_t index = random_.below(live_.size());
    Extent extent = live_[index];
    live_[index] = live_.back();
    live_.pop_back();
    if (random_.chance(1, 3)) {
      const std::uint64_t skip = random_.below(extent.count.count());
      const std::uint64_t count = random_.between(1, extent.count.count() - skip);
      const Extent part{extent.first + FrameCount(skip), FrameCount(count)};
      if (skip != 0) live_.push_back({extent.first, FrameCount(skip)});
      if (part.end() < extent.end()) live_.push_back({part.end(), extent.end() - part.end()});
      extent = part;
    }
    const auto next = std::find_if(live_.begin(), live_.end(), [&](Extent e) { return e.first == extent.end(); });
    if (next != live_.end() && random_.chance(1, 2)) {
      extent.count += next->count;
      live_.erase(next);
    }
    allocator_->release(extent);
    pages_.give(extent);
  }

  Setup setup_;
  RandomStream random_;
  std::unique_ptr<FrameAllocator> allocator_;
  model::PageArray pages_;
  std::vector<Extent> live_;
};

class FrameAllocatorSuite : public testing::TestWithParam<Setup> {
 protected:
  static void run(Constrained constrained) {
    for (std::uint64_t seed = 1; seed <= 6 && !HasFailure(); ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Trial trial(GetParam(), seed);
      for (int i = 0; i < 300 && !HasFailure(); ++i) {
        trial.step(constrained);
        if (i % 50 == 49) trial.check_state();
        if (i % 100 == 99) trial.branch();
      }
      trial.release_all();
    }
  }
};

TEST_P(FrameAllocatorSuite, ServesUnconstrainedRequestsAsPromised) { run(Constrained::no); }
TEST_P(FrameAllocatorSuite, ServesConstrainedRequestsAsPromised) { run(Constrained::yes); }

TEST_P(FrameAllocatorSuite, RefusesWhatMakesNoSense) {
  const auto allocator = find_policy(GetParam().policy)->create(GetParam().extent, GetParam().options);
  std::vector<FrameRequest> bad(5, FrameRequest{.count = FrameCount(1)});
  bad[0].count = FrameCount(0);
  bad[1].alignment = FrameCount(0);
  bad[2].alignment = FrameCount(3);
  bad[3].boundary = FrameCount(6);
  bad[4] = {.count = FrameCount(3), .contiguity = Contiguity::contiguous, .boundary = FrameCount(2)};
  for (const FrameRequest& request : bad) {
    std::vector<Extent> out;
    const auto refusal = allocator->allocate(request, out);
    ASSERT_FALSE(refusal.has_value());
    EXPECT_EQ(refusal.error(), Errno::einval);
    EXPECT_FALSE(allocator->can_allocate(request));
  }
}

TEST_P(FrameAllocatorSuite, SurvivesExtremeConstraints) {
  const auto allocator = find_policy(GetParam().policy)->create(GetParam().extent, GetParam().options);
  const auto try_it = [&](FrameRequest request) {
    std::vector<Extent> out;
    const bool expected =
        model::BuddyPromise(model::PageArray(GetParam().extent), GetParam().top_order).serves(request);
    EXPECT_EQ(allocator->allocate(request, out).has_value(), expected);
    for (const Extent& extent : out) allocator->release(extent);
  };
  const FrameCount huge(std::uint64_t{1} << 63);
  try_it({.count = FrameCount(1), .alignment = huge});
  try_it({.count = FrameCount(1), .boundary = huge});
  try_it({.count = FrameCount(2), .alignment = huge, .boundary = FrameCount(1)});
  try_it({.count = FrameCount(1), .window_first = FrameNumber::max()});
  try_it({.count = FrameCount(1), .window_end = FrameNumber(0)});
  try_it({.count = FrameCount(1), .window_first = FrameNumber(9), .window_end = FrameNumber(3)});
  std::vector<Extent> out;
  EXPECT_FALSE(allocator->allocate({.count = FrameCount::max()}, out).has_value());
  EXPECT_FALSE(
      allocator->allocate({.count = FrameCount::max(), .contiguity = Contiguity::contiguous}, out).has_value());
  allocator->check_invariants();
}

INSTANTIATE_TEST_SUITE_P(Policies, FrameAllocatorSuite, testing::ValuesIn(setups()));

}  // namespace
}  // namespace memsim
