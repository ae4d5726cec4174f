#include "phys/conformance_trial.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace memsim::conformance {
namespace {

// No operation on so few frames looks at, cuts or merges more, even if it looks at every frame for every frame; a
// counter that went below zero does.
std::uint64_t most_work(Extent extent) { return (extent.count.count() + 64) * (extent.count.count() + 64); }

std::string work_fault(const AllocatorWork& work, Extent extent) {
  const std::uint64_t most = most_work(extent);
  if (work.splits <= most && work.merges <= most && work.steps <= most) return {};
  return fmt::format("the work counted is absurd: {} splits, {} merges, {} steps", work.splits, work.merges,
                     work.steps);
}

// What an allocator answers to some requests, one after another, is how we see its state.
std::string answers(FrameAllocator& allocator) {
  const std::array<FrameRequest, 4> probes = {{{.count = FrameCount(1)},
                                               {.count = FrameCount(3)},
                                               {.count = FrameCount(2), .contiguity = Contiguity::contiguous},
                                               {.count = FrameCount(5), .contiguity = Contiguity::contiguous}}};
  std::string text;
  for (const FrameRequest& probe : probes) {
    std::vector<Extent> out;
    const auto work = allocator.allocate(probe, out);
    if (work) text += fmt::format("{}/{}/{}: ", work->splits, work->merges, work->steps);
    for (const Extent& extent : out) text += text_of(extent);
    text += work ? "; " : "refused; ";
  }
  return text;
}

std::vector<Extent> free_extents(const FrameAllocator& allocator) {
  std::vector<Extent> listed;
  allocator.for_each_free([&](Extent extent) { listed.push_back(extent); });
  return listed;
}

}  // namespace

std::string text_of(Extent extent) {
  return fmt::format("[{}, {})", extent.first.value(), extent.first.value() + extent.count.count());
}

std::string text_of(const FrameRequest& request) {
  std::string text = request.contiguity == Contiguity::contiguous ? "contiguous" : "scattered";
  text += fmt::format(" {}", request.count.count());
  if (request.mobility != Mobility::unmovable) {
    text += request.mobility == Mobility::movable ? ", movable" : ", reclaimable";
  }
  if (request.alignment.count() != 1) text += fmt::format(", alignment {}", request.alignment.count());
  if (!request.boundary.is_zero()) text += fmt::format(", boundary {}", request.boundary.count());
  if (request.window_first.value() != 0 || request.window_end != FrameNumber::max()) {
    text += fmt::format(", window [{}, {})", request.window_first.value(), request.window_end.value());
  }
  return text;
}

Trial::Trial(const Subject& subject, Extent extent)
    : subject_(subject), extent_(extent), allocator_(subject.create(extent)), pages_(extent) {}

std::string Trial::allocate(const FrameRequest& request) {
  const auto before = allocator_->clone();
  const auto twin = allocator_->clone();
  const bool can = allocator_->can_allocate(request);
  const Extent mark{FrameNumber(1), FrameCount(1)};  // what is in the vector stays
  std::vector<Extent> out = {mark};
  std::vector<Extent> twin_out = {mark};
  const auto work = allocator_->allocate(request, out);
  const auto twin_work = twin->allocate(request, twin_out);
  if (work.has_value() != can) return "can_allocate() and allocate() disagree";
  if (work.has_value() != twin_work.has_value() || out != twin_out || (work && *work != *twin_work)) {
    return "a clone, which was not asked can_allocate(), answered otherwise";
  }
  if (out.empty() || out.front() != mark) return "what was in the vector did not stay";
  if (!work && out.size() != 1) return "a refusal with extents";
  const std::span<const Extent> given = std::span(out).subspan(1);
  if (is_run_request(request, extent_)) {
    if (std::string fault = check_run(request, *before, work, given); !fault.empty()) return fault;
  }
  if (!work) return check_refusal(request, *before, work.error());
  if (!makes_sense(request)) return "a request that makes no sense is served";
  const std::uint64_t owed = frames_owed(subject_, pages_, request);
  if (std::string fault = pages_.fault(request, given, owed); !fault.empty()) return "handed out: " + fault;
  if (expectation(subject_, pages_, request) == false) return "served against its promise";
  if (*work == AllocatorWork{}) return "an allocation without any work";
  if (std::string fault = work_fault(*work, extent_); !fault.empty()) return fault;
  if (std::string fault = check_fewer(request, *before); !fault.empty()) return fault;
  for (const Extent& extent : given) {
    pages_.take(extent);
    live_.push_back(extent);
  }
  if (allocator_->free_frames().count() != pages_.free_count()) return "free_frames() is wrong after an allocation";
  return {};
}

// Asks a copy through allocate_run(). Every second time the copy is what is tried on, so that what it left behind is
// looked at as closely.
std::string Trial::check_run(const FrameRequest& request, const FrameAllocator& before,
                             const SimResult<AllocatorWork>& expected, std::span<const Extent> given) {
  auto copy = before.clone();
  const Extent mark{FrameNumber(1), FrameCount(1)};
  Extent run = mark;
  const auto work = copy->allocate_run({request.count, request.mobility, request.cpu}, run);
  if (work.has_value() != expected.has_value()) return "allocate_run() and allocate() disagree";
  if (!work && work.error() != expected.error()) return "allocate_run() refused with another errno";
  if (!work && run != mark) return "allocate_run() refused and changed the run";
  if (work && (given.size() != 1 || run != given.front())) return "allocate_run() gave another run";
  if (work && *work != *expected) return "allocate_run() did other work";
  if (free_extents(*copy) != free_extents(*allocator_)) return "allocate_run() left other frames free";
  continues_from_run_ = !continues_from_run_;
  if (continues_from_run_) allocator_ = std::move(copy);
  return {};
}

std::string Trial::check_refusal(const FrameRequest& request, const FrameAllocator& before, Errno error) {
  const bool sensible = makes_sense(request);
  if (error != (sensible ? Errno::enomem : Errno::einval)) return "refused with the wrong errno";
  if (sensible && expectation(subject_, pages_, request) == true) return "refused against its promise";
  if (std::string fault = check_state(); !fault.empty()) return "after a refusal: " + fault;
  if (std::string fault = check_option(request); !fault.empty()) return fault;
  if (answers(*before.clone()) != answers(*allocator_->clone())) return "a refusal changed what follows";
  return {};
}

// What an allocator names as the reason of its refusal is an option of its policy.
std::string Trial::check_option(const FrameRequest& request) const {
  const Policy* policy = find_policy(subject_.policy);
  if (!makes_sense(request) || request.count > allocator_->free_frames()) return {};
  const std::string_view option = allocator_->refusing_option(request);
  if (option.empty() || policy == nullptr) return {};
  for (const PolicyOption& known : policy->options) {
    if (known.name == option) return {};
  }
  return fmt::format("it refuses for '{}', which is no option of the policy", option);
}

// The most that a region can serve, scattered or in one run, is found by halving. A policy that keeps frames back may
// make an exception of a request for every frame of its window, which a reservation is.
std::string Trial::check_fewer(const FrameRequest& request, const FrameAllocator& before) const {
  const FrameNumber first = std::max(request.window_first, extent_.first);
  const FrameNumber end = std::min(request.window_end, extent_.end());
  if (subject_.promise.keeps_frames_back && end - first == request.count) return {};
  FrameRequest fewer = request;
  for (const std::uint64_t count : {request.count.count() - 1, request.count.count() / 2}) {
    fewer.count = FrameCount(count);
    if (count != 0 && !before.can_allocate(fewer)) return fmt::format("it would not serve {} of these frames", count);
  }
  return {};
}

std::string Trial::release(Extent extent) {
  const auto twin = allocator_->clone();
  const AllocatorWork work = allocator_->release(extent);
  if (work != twin->release(extent)) return "a clone did other work for the same release";
  pages_.give(extent);
  forget(extent);
  if (std::string fault = work_fault(work, extent_); !fault.empty()) return fault;
  if (allocator_->free_frames().count() != pages_.free_count()) return "free_frames() is wrong after a release";
  return {};
}

void Trial::forget(Extent extent) {
  std::vector<Extent> left;
  for (const Extent& held : live_) {
    if (held.first < extent.first) left.push_back({held.first, std::min(held.end(), extent.first) - held.first});
    if (held.end() > extent.end()) {
      const FrameNumber first = std::max(held.first, extent.end());
      left.push_back({first, held.end() - first});
    }
  }
  live_ = std::move(left);
}

std::string Trial::check_state() const {
  allocator_->check_invariants();
  const std::vector<Extent> listed = free_extents(*allocator_);
  if (subject_.promise.free_extents && listed != subject_.promise.free_extents(pages_)) {
    return "for_each_free() does not list the free extents promised";
  }
  FrameNumber past = extent_.first;
  FrameCount total;
  for (const Extent& extent : listed) {
    if (extent.count.is_zero()) return "for_each_free() lists an empty extent";
    if (extent.first < past) return "for_each_free() is not in ascending order: " + text_of(extent);
    if (!pages_.is_free(extent.first.value(), extent.count.count())) {
      return "for_each_free() lists frames that are not free: " + text_of(extent);
    }
    past = extent.end();
    total += extent.count;
  }
  if (total.count() != pages_.free_count()) return "for_each_free() leaves out free frames";
  if (allocator_->free_frames() != total) return "free_frames() is not what is free";
  return {};
}

std::string Trial::finish() {
  while (!live_.empty()) {
    if (std::string fault = release(live_.front()); !fault.empty()) return fault;
  }
  if (std::string fault = check_state(); !fault.empty()) return fault;
  if (allocator_->extent() != extent_) return "extent() is not what it was made over";
  const auto fresh = subject_.create(extent_);
  for (unsigned order = 0; order < 16; ++order) {
    const FrameRequest block{.count = Order(order).frames(), .contiguity = Contiguity::contiguous};
    if (fresh->can_allocate(block) && !allocator_->can_allocate(block)) {
      return fmt::format("all is free, but {} frames in one run are refused", block.count.count());
    }
  }
  return {};
}

}  // namespace memsim::conformance
