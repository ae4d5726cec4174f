// J. M. Robson, "Bounds for some functions concerning dynamic storage allocation", JACM 21(3), 1974: with blocks of one
// and two frames, of which at most n frames are in use, the best allocator needs floor((3n - 1) / 2) frames, and none
// does with fewer. For small n both are decided here by trying everything, and so is what first fit needs.
#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <set>
#include <vector>

#include <memsim/phys/policy.hpp>

namespace memsim {
namespace {

using Blocks = std::map<std::uint64_t, std::uint64_t>;  // first frame -> frames

std::uint64_t frames_in(const Blocks& blocks) {
  std::uint64_t sum = 0;
  for (const auto& [first, count] : blocks) sum += count;
  return sum;
}

Blocks with(Blocks blocks, std::uint64_t first, std::uint64_t count) {
  blocks.emplace(first, count);
  return blocks;
}
Blocks without(Blocks blocks, std::uint64_t first) {
  blocks.erase(first);
  return blocks;
}

// --- The best allocator: a game against whoever asks and releases ---

struct Game {
  std::uint64_t live_max = 0;  // n
  std::uint64_t memory = 0;
  std::set<Blocks> safe;  // states from which no request was found yet that cannot be served for ever

  void add_states_from(std::uint64_t frame, const Blocks& blocks) {
    if (frame >= memory) {
      safe.insert(blocks);
      return;
    }
    add_states_from(frame + 1, blocks);
    for (std::uint64_t count = 1; count <= 2 && frame + count <= memory; ++count) {
      if (frames_in(blocks) + count <= live_max) add_states_from(frame + count, with(blocks, frame, count));
    }
  }

  // Whether a place for `count` frames leads to a safe state.
  [[nodiscard]] bool can_serve(const Blocks& blocks, std::uint64_t count) const {
    std::uint64_t frame = 0;
    for (auto next = blocks.begin();; ++next) {
      const std::uint64_t end = next == blocks.end() ? memory : next->first;
      for (; frame + count <= end; ++frame) {
        if (safe.contains(with(blocks, frame, count))) return true;
      }
      if (next == blocks.end()) return false;
      frame = next->first + next->second;
    }
  }
  [[nodiscard]] bool can_go_on(const Blocks& blocks) const {
    for (const auto& [first, count] : blocks) {
      if (!safe.contains(without(blocks, first))) return false;
    }
    for (std::uint64_t count = 1; count <= 2; ++count) {
      if (frames_in(blocks) + count <= live_max && !can_serve(blocks, count)) return false;
    }
    return true;
  }
};

bool some_allocator_never_fails(std::uint64_t live_max, std::uint64_t memory) {
  Game game{.live_max = live_max, .memory = memory, .safe = {}};
  game.add_states_from(0, {});
  while (std::erase_if(game.safe, [&](const Blocks& blocks) { return !game.can_go_on(blocks); }) != 0) {
  }
  return game.safe.contains({});
}

// --- First fit, as it is ---

struct Walk {
  std::uint64_t live_max = 0;
  std::map<Blocks, std::unique_ptr<FrameAllocator>> visited;
  std::vector<Blocks> pending;
  bool failed = false;

  void reach(Blocks blocks, std::unique_ptr<FrameAllocator> allocator) {
    const auto [entry, is_new] = visited.emplace(std::move(blocks), std::move(allocator));
    if (is_new) pending.push_back(entry->first);
  }
};

void try_every_request(Walk& walk, const Blocks& blocks) {
  for (std::uint64_t count = 1; count <= 2; ++count) {
    if (frames_in(blocks) + count > walk.live_max) continue;
    std::unique_ptr<FrameAllocator> next = walk.visited.at(blocks)->clone();
    std::vector<Extent> out;
    if (next->allocate({.count = FrameCount(count), .contiguity = Contiguity::contiguous}, out)) {
      walk.reach(with(blocks, out.at(0).first.value(), count), std::move(next));
    } else {
      walk.failed = true;
    }
  }
}

void try_every_release(Walk& walk, const Blocks& blocks) {
  for (const auto& [first, count] : blocks) {
    std::unique_ptr<FrameAllocator> next = walk.visited.at(blocks)->clone();
    next->release({FrameNumber(first), FrameCount(count)});
    walk.reach(without(blocks, first), std::move(next));
  }
}

bool first_fit_never_fails(std::uint64_t live_max, std::uint64_t memory) {
  Walk walk;
  walk.live_max = live_max;
  walk.reach({}, find_policy("first_fit")->create({FrameNumber(0), FrameCount(memory)}, {}));
  while (!walk.pending.empty()) {
    const Blocks blocks = walk.pending.back();
    walk.pending.pop_back();
    try_every_request(walk, blocks);
    try_every_release(walk, blocks);
  }
  return !walk.failed;
}

TEST(RobsonsBound, IsWhatTheBestAllocatorNeeds) {
  for (std::uint64_t live_max = 2; live_max <= 7; ++live_max) {
    const std::uint64_t bound = (3 * live_max - 1) / 2;
    EXPECT_TRUE(some_allocator_never_fails(live_max, bound)) << live_max;
    EXPECT_FALSE(some_allocator_never_fails(live_max, bound - 1)) << live_max;
  }
}

TEST(RobsonsBound, IsExceededByFirstFitByAFrameOrNone) {
  const std::map<std::uint64_t, std::uint64_t> needed = {{2, 2}, {3, 4}, {4, 6}, {5, 7}, {6, 9}, {7, 11}};
  for (const auto& [live_max, memory] : needed) {
    EXPECT_TRUE(first_fit_never_fails(live_max, memory)) << live_max;
    EXPECT_FALSE(first_fit_never_fails(live_max, memory - 1)) << live_max;
  }
}

}  // namespace
}  // namespace memsim
