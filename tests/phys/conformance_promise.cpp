#include <algorithm>
#include <bit>

#include "model/buddy_promise.hpp"
#include "model/naive_tlsf.hpp"
#include "model/run_promise.hpp"
#include "model/split_promise.hpp"
#include "phys/conformance.hpp"

namespace memsim::conformance {
namespace {

bool is_power_of_two(FrameCount count) { return std::popcount(count.count()) == 1; }

}  // namespace

Promise soundness() { return {}; }

Promise buddy_blocks(unsigned top_order, std::uint64_t reserve) {
  return {.serves = [=](const model::PageArray& pages, const FrameRequest& request) -> std::optional<bool> {
            const bool is_reserved = pages.free_count() < reserve + request.count.count();
            if (request.contiguity == Contiguity::scattered && is_reserved) return false;
            return model::BuddyPromise(pages, top_order).serves(request);
          },
          .free_extents = [top_order](const model::PageArray& pages) { return pages.free_blocks(top_order); }};
}

Promise split_blocks(model::SplitPromise::Rule rule) {
  return {.serves = [rule](const model::PageArray& pages, const FrameRequest& request) -> std::optional<bool> {
            return model::SplitPromise(pages, rule).serves(request);
          },
          .free_extents = [rule](const model::PageArray& pages) { return model::SplitPromise(pages, rule).blocks(); }};
}

Promise whole_buddy_blocks(unsigned top_order) {
  Promise promise = buddy_blocks(top_order);
  promise.whole_block = [](std::uint64_t count) { return std::bit_ceil(count); };
  return promise;
}

Promise whole_split_blocks(model::SplitPromise::Rule rule) {
  Promise promise = split_blocks(rule);
  promise.whole_block = [rule](std::uint64_t count) { return model::SplitPromise::size_holding(count, rule); };
  return promise;
}

Promise every_placement() {
  return {.serves = [](const model::PageArray& pages, const FrameRequest& request) -> std::optional<bool> {
            return model::RunPromise(pages).serves(request);
          },
          .free_extents = {}};
}

Promise free_runs() {
  Promise promise = every_placement();
  promise.free_extents = [](const model::PageArray& pages) {
    std::vector<Extent> runs;
    for (const Extent& block : pages.free_blocks(0)) {
      if (!runs.empty() && runs.back().end() == block.first) {
        runs.back().count += block.count;
      } else {
        runs.push_back(block);
      }
    }
    return runs;
  };
  return promise;
}

Promise good_fit(unsigned second_level) {
  Promise promise = free_runs();
  promise.serves = [second_level](const model::PageArray& pages, FrameRequest request) -> std::optional<bool> {
    const Extent frames{FrameNumber(pages.first()), FrameCount(pages.end() - pages.first())};
    if (is_run_request(request, frames)) {
      request.count = FrameCount(model::NaiveTlsf::rounded_up(request.count.count(), second_level));
    }
    return model::RunPromise(pages).serves(request);
  };
  return promise;
}

Promise llfree_blocks(unsigned tree_order) {
  const auto serves = [tree_order](const model::PageArray& pages, FrameRequest request) -> std::optional<bool> {
    if (request.contiguity == Contiguity::scattered) return std::nullopt;
    const FrameCount block(std::bit_ceil(request.count.count()));
    const bool is_everywhere =
        request.window_first.value() <= pages.first() && request.window_end.value() >= pages.end();
    if (is_everywhere && request.alignment <= block && (request.boundary.is_zero() || request.boundary >= block)) {
      if (block > FrameCount(std::min<std::uint64_t>(1024, std::uint64_t{512} << tree_order))) return false;
      request = {.count = block, .contiguity = Contiguity::contiguous, .alignment = block};
    }
    return model::RunPromise(pages).serves(request);
  };
  return {.serves = serves, .free_extents = {}};
}

Promise kept_apart() {
  Promise promise = free_runs();
  promise.serves = {};
  promise.keeps_frames_back = true;
  return promise;
}

Promise every_contiguous_placement() {
  return {.serves = [](const model::PageArray& pages, const FrameRequest& request) -> std::optional<bool> {
            if (request.contiguity == Contiguity::scattered) return std::nullopt;
            return model::RunPromise(pages).serves(request);
          },
          .free_extents = {}};
}

std::uint64_t frames_owed(const Subject& subject, const model::PageArray& pages, const FrameRequest& request) {
  const std::uint64_t count = request.count.count();
  const Extent frames{FrameNumber(pages.first()), FrameCount(pages.end() - pages.first())};
  return is_run_request(request, frames) && subject.promise.whole_block ? subject.promise.whole_block(count) : count;
}

bool is_run_request(const FrameRequest& request, Extent frames) {
  return request.contiguity == Contiguity::contiguous && request.alignment.count() == 1 && request.boundary.is_zero() &&
         request.window_first <= frames.first && request.window_end >= frames.end();
}

bool makes_sense(const FrameRequest& request) {
  if (request.count.is_zero() || !is_power_of_two(request.alignment)) return false;
  if (request.boundary.is_zero()) return true;
  return is_power_of_two(request.boundary) &&
         (request.contiguity == Contiguity::scattered || request.count <= request.boundary);
}

std::optional<bool> expectation(const Subject& subject, const model::PageArray& pages, const FrameRequest& request) {
  if (request.count.count() > pages.free_count()) return false;
  if (subject.promise.serves) {
    if (const auto promised = subject.promise.serves(pages, request)) return promised;
  }
  const model::RunPromise places(pages);
  if (!places.serves(request)) return false;
  if (subject.promise.keeps_frames_back) return std::nullopt;
  const bool is_single = request.count.count() == 1;
  if (request.alignment.count() == 1 && (is_single || request.contiguity == Contiguity::scattered)) return true;
  return std::nullopt;
}

}  // namespace memsim::conformance
