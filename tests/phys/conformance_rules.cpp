// The checks that need no search: whole memories filled and emptied, requests at the ends of the number range, and
// releases that are bugs.
#include <algorithm>

#include <fmt/format.h>

#include <memsim/base/random.hpp>
#include <memsim/phys/physical_memory.hpp>

#include "phys/conformance_child.hpp"
#include "phys/conformance_trial.hpp"

namespace memsim::conformance {
namespace {

constexpr std::uint64_t kManyFrames = 1 << 18;
constexpr std::uint64_t kLargeBlock = 512;

FrameRequest contiguous(std::uint64_t count) {
  return {.count = FrameCount(count), .contiguity = Contiguity::contiguous};
}

// How many large blocks a copy of the allocator serves until it refuses.
std::uint64_t large_blocks(const FrameAllocator& allocator, std::uint64_t frames) {
  const auto copy = allocator.clone();
  std::vector<Extent> out;
  while (copy->allocate(contiguous(frames), out)) {
  }
  return out.size();
}

std::string recover(const Subject& subject) {
  const auto allocator = subject.create({FrameNumber(0), FrameCount(kManyFrames)});
  std::uint64_t large = kLargeBlock;  // or the largest block that the options allow
  while (!allocator->can_allocate(contiguous(large))) large /= 2;
  const std::uint64_t at_first = large_blocks(*allocator, large);
  std::vector<Extent> live;
  while (live.size() < kManyFrames / 5 * 4) {
    if (!allocator->allocate(contiguous(1), live)) return fmt::format("refused single frame {}", live.size());
  }
  RandomStream random = RandomStream::derive(1, {"recovery"});
  for (std::size_t i = live.size(); i > 1; --i) std::swap(live[i - 1], live[random.below(i)]);
  for (const Extent& frame : live) allocator->release(frame);
  allocator->check_invariants();
  if (allocator->free_frames().count() != kManyFrames) return "not all frames are free again";
  const std::uint64_t at_last = large_blocks(*allocator, large);
  if (at_last == at_first) return {};
  return fmt::format("of {} blocks of {} frames, {} came back", at_first, large, at_last);
}

// Scattered and contiguous requests in turn; what a policy keeps from the scattered ones, the contiguous ones get.
std::string exhaust(const Subject& subject, Extent extent) {
  Trial trial(subject, extent);
  for (std::uint64_t frame = 0; frame < 2 * extent.count.count(); ++frame) {
    const FrameRequest request = frame % 2 == 0 ? FrameRequest{.count = FrameCount(1)} : contiguous(1);
    if (std::string fault = trial.allocate(request); !fault.empty()) return fault;
  }
  if (trial.pages().free_count() != 0) return "there are frames that nobody can have";
  for (const FrameRequest& request :
       {FrameRequest{.count = FrameCount(1)}, contiguous(1), contiguous(4), contiguous(0)}) {
    if (std::string fault = trial.allocate(request); !fault.empty()) return fault;
  }
  return trial.finish();
}

std::vector<FrameRequest> senseless_requests() {
  std::vector<FrameRequest> bad(9, FrameRequest{.count = FrameCount(1)});
  bad[0].count = FrameCount(0);
  bad[1].alignment = FrameCount(0);
  bad[2].alignment = FrameCount(3);
  bad[3].boundary = FrameCount(6);
  bad[4] = {.count = FrameCount(3), .contiguity = Contiguity::contiguous, .boundary = FrameCount(2)};
  bad[5].alignment = FrameCount::max();
  bad[6].boundary = FrameCount::max();
  bad[7] = {.count = FrameCount::max(), .alignment = FrameCount(3)};
  bad[8] = contiguous(0);
  return bad;
}

std::vector<FrameRequest> extreme_requests() {
  const FrameCount huge(std::uint64_t{1} << 63);
  std::vector<FrameRequest> requests = {
      {.count = FrameCount(1), .alignment = huge},
      {.count = FrameCount(1), .boundary = huge},
      {.count = FrameCount(2), .alignment = huge, .boundary = FrameCount(1)},
      {.count = FrameCount(2), .alignment = FrameCount(4), .boundary = FrameCount(1)},
      {.count = FrameCount(1), .window_first = FrameNumber::max()},
      {.count = FrameCount(1), .window_end = FrameNumber(0)},
      {.count = FrameCount(1), .window_first = FrameNumber(9), .window_end = FrameNumber(3)},
      {.count = FrameCount::max()},
      {.count = FrameCount::max(), .alignment = huge},
      {.count = huge, .alignment = huge, .boundary = huge},
      // Sizes that are small, or nothing, when cut to 32 bits.
      {.count = FrameCount((std::uint64_t{1} << 32) + 1)},
      {.count = FrameCount(std::uint64_t{1} << 32)},
      {.count = FrameCount((std::uint64_t{1} << 63) + 1)},
  };
  const std::size_t scattered = requests.size();
  for (std::size_t i = 0; i < scattered; ++i) {
    requests.push_back(requests[i]);
    requests.back().contiguity = Contiguity::contiguous;
  }
  std::erase_if(requests, [](const FrameRequest& request) { return !makes_sense(request); });
  return requests;
}

std::string refuse(const Subject& subject, const Tell& tell) {
  for (const Extent extent :
       {Extent{FrameNumber(16), FrameCount(48)}, Extent{FrameNumber(0xffff'ff00), FrameCount(256)}}) {
    Trial trial(subject, extent);
    for (const auto& requests : {senseless_requests(), extreme_requests()}) {
      for (const FrameRequest& request : requests) {
        const std::string fault = trial.allocate(request);
        if (fault.empty()) continue;
        tell([&] { return fmt::format("frames {}\n  allocate {}\n", text_of(extent), text_of(request)); });
        return fault;
      }
    }
    if (std::string fault = trial.finish(); !fault.empty()) return fault;
  }
  return {};
}

// Whether the release stops a copy of the allocator in a check.
bool is_loud(const FrameAllocator& allocator, Extent extent) {
  return exit_code_of([&] { allocator.clone()->release(extent); }) == 70;
}

std::string find_silent_release(const Subject& subject) {
  const Extent all{FrameNumber(16), FrameCount(16)};
  const auto allocator = subject.create(all);
  std::vector<Extent> out;
  if (!allocator->allocate({.count = FrameCount(5)}, out)) return "refused 5 of 16 frames";
  model::PageArray pages(all);
  for (const Extent& extent : out) pages.take(extent);
  const Extent back{out.front().first, FrameCount(1)};
  allocator->release(back);
  pages.give(back);
  for (std::uint64_t first = 15; first <= 32; ++first) {
    for (std::uint64_t count = 1; count <= 3; ++count) {
      bool is_allocated = true;
      for (std::uint64_t frame = first; frame < first + count; ++frame) {
        if (frame < 16 || frame >= 32 || pages.is_free(frame)) is_allocated = false;
      }
      const Extent extent{FrameNumber(first), FrameCount(count)};
      if (!is_allocated && !is_loud(*allocator, extent)) return "a wrong release passes: " + text_of(extent);
    }
  }
  const std::vector<Extent> wrong = {{out.back().first, FrameCount(0)},
                                     {FrameNumber(0), FrameCount(16)},
                                     {FrameNumber(16), FrameCount(16)},
                                     {FrameNumber(0), FrameCount(64)},
                                     {FrameNumber((std::uint64_t{1} << 32) + 20), FrameCount(1)},
                                     {out.back().first, FrameCount((std::uint64_t{1} << 32) + 1)}};
  for (const Extent& extent : wrong) {
    if (!is_loud(*allocator, extent)) return "a wrong release passes: " + text_of(extent);
  }
  return {};
}

PhysicalMemoryConfig two_regions(const Subject& subject) {
  PhysicalMemoryConfig config;
  const auto region = [](const char* name, std::uint64_t first, std::uint64_t frames) {
    return RegionConfig{.name = name, .base = PhysAddr(first << 12), .size = Bytes(frames << 12)};
  };
  config.regions = {region("low", 16, 300), region("high", 4096, 1100)};
  config.reservations = {{.name = "boot", .base = PhysAddr(40 << 12), .size = Bytes(7 << 12)}};
  config.policy = subject.policy;
  config.policy_options = subject.options;
  return config;
}

// The measures of a region, beside those of its page array.
std::string measure_fault(const PhysicalMemory& memory, RegionId region, const model::PageArray& pages) {
  const FreeSpace ours = memory.measure(region);
  FreeSpace theirs = pages.measure(9);
  const unsigned top = memory.allocator(region).top_order().value();
  for (unsigned order = top + 1; order < kOrderCount; ++order) {
    theirs.free_blocks[top] += theirs.free_blocks[order] << (order - top);
    theirs.free_blocks[order] = 0;
  }
  if (ours.free != theirs.free || ours.free_blocks != theirs.free_blocks ||
      ours.free_runs_by_log2 != theirs.free_runs_by_log2 || ours.largest_free_run != theirs.largest_free_run ||
      ours.free_run_count != theirs.free_run_count || ours.large_pages_free != theirs.large_pages_free) {
    return fmt::format("the measures of region {} are wrong", region.value());
  }
  return {};
}

// What the machine tells as the largest request can be had, and no larger one.
std::string largest_fault(const PhysicalMemory& memory) {
  for (const Contiguity contiguity : {Contiguity::contiguous, Contiguity::scattered}) {
    for (const std::uint64_t alignment : {1U, 8U}) {
      FrameRequest request{.count = FrameCount(), .contiguity = contiguity, .alignment = FrameCount(alignment)};
      const FrameCount told = memory.largest_request(request);
      for (request.count = memory.free_frames() + FrameCount(1); !request.count.is_zero();
           request.count -= FrameCount(1)) {
        if (memory.can_allocate(request) == (request.count <= told)) continue;
        return fmt::format("{} frames are told as the most for '{}'", told.count(), text_of(request));
      }
    }
  }
  return {};
}

std::string drive_machine(const Subject& subject) {
  auto created = PhysicalMemory::create(two_regions(subject));
  if (!created) return created.error().front().message;
  PhysicalMemory memory = std::move(created).value();
  std::vector<model::PageArray> pages;
  for (unsigned i = 0; i < 2; ++i) pages.emplace_back(memory.region_extent(RegionId(static_cast<RegionId::rep>(i))));
  pages[0].take({FrameNumber(40), FrameCount(7)});
  RandomStream random = RandomStream::derive(1, {"machine"});
  std::vector<Extent> live;
  for (int step = 0; step < 600; ++step) {
    if (random.chance(3, 5) || live.empty()) {
      FrameRequest request{.count = FrameCount(random.between(1, 400 >> random.below(8)))};
      if (random.chance(1, 2)) request.contiguity = Contiguity::contiguous;
      if (random.chance(1, 4)) request.alignment = FrameCount(std::uint64_t{1} << random.below(5));
      const bool can = memory.can_allocate(request);
      const auto made = memory.allocate(request);
      if (made.has_value() != can) return "the machine's can_allocate() and allocate() disagree";
      std::vector<Extent> given = made ? made->extents : std::vector<Extent>();
      if (made && !made->tail.count.is_zero()) given.push_back(made->tail);
      for (const Extent& extent : given) pages[memory.region_of(extent.first)->value()].take(extent);
      live.insert(live.end(), given.begin(), given.end());
    } else {
      const std::size_t index = random.below(live.size());
      memory.release(live[index]);
      pages[memory.region_of(live[index].first)->value()].give(live[index]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(index));
    }
    for (unsigned i = 0; i < 2; ++i) {
      const std::string fault = measure_fault(memory, RegionId(static_cast<RegionId::rep>(i)), pages[i]);
      if (!fault.empty()) return fault;
    }
    if (step % 50 == 0) memory.check_invariants();
    if (step % 150 != 149) continue;
    if (std::string fault = largest_fault(memory); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace

std::string recovery_fault(const Subject& subject) {
  return in_child([&](const Tell&) { return recover(subject); }, Noise::loud);
}

std::string exhaustion_fault(const Subject& subject) {
  return in_child(
      [&](const Tell&) {
        std::string fault = exhaust(subject, {FrameNumber(3), FrameCount(61)});
        return fault.empty() ? exhaust(subject, {FrameNumber(1000), FrameCount(600)}) : fault;
      },
      Noise::loud);
}

std::string request_fault(const Subject& subject) {
  return in_child([&](const Tell& tell) { return refuse(subject, tell); }, Noise::loud);
}

std::string loudness_fault(const Subject& subject) {
  return in_child([&](const Tell&) { return find_silent_release(subject); }, Noise::loud);
}

std::string machine_fault(const Subject& subject) {
  return in_child([&](const Tell&) { return drive_machine(subject); }, Noise::loud);
}

std::string any_fault(const Subject& subject) {
  const auto named = [](const char* name, const std::string& fault) {
    return fault.empty() ? fault : name + (": " + fault);
  };
  std::string fault = named("request", request_fault(subject));
  if (fault.empty()) fault = named("exhaustion", exhaustion_fault(subject));
  if (fault.empty()) fault = named("loudness", loudness_fault(subject));
  if (fault.empty()) fault = named("random", random_fault(subject, Shrinking::no));
  if (fault.empty()) fault = named("recovery", recovery_fault(subject));
  if (fault.empty()) fault = named("small scope", small_scope_fault(subject));
  return fault;
}

}  // namespace memsim::conformance
