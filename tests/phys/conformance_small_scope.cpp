// Every sequence on few frames, to a depth: what random sequences reach only by luck, they cannot miss here.
#include <array>
#include <bit>
#include <cstdio>

#include <fmt/format.h>

#include <memsim/base/check.hpp>

#include "phys/conformance_child.hpp"
#include "phys/conformance_trial.hpp"

namespace memsim::conformance {
namespace {

constexpr unsigned kMostFrames = 12;
constexpr unsigned kDepth = 5;
constexpr unsigned kDepthOfMostFrames = 6;

// Walks all sequences on one extent. The state is a bit mask; what is expected of a request in a state is worked out
// once.
class Walk {
 public:
  Walk(const Subject& subject, Extent extent) : subject_(subject), extent_(extent), requests_(requests_on(extent)) {
    for (auto& known : expected_) known.resize(std::size_t{1} << extent.count.count(), Answer::unknown);
    for (std::size_t i = 0; i < kRequests; ++i) owed_[i] = frames_owed(subject, model::PageArray(extent), requests_[i]);
  }

  // The first fault with the steps that lead to it, or nothing.
  [[nodiscard]] std::string run(unsigned depth) {
    current = this;
    set_check_context([]() noexcept { std::fputs(current->told().c_str(), stderr); });
    const auto fresh = subject_.create(extent_);
    walk(*fresh, 0, depth);
    return fault_.empty() ? fault_ : told() + fault_;
  }

 private:
  using Mask = std::uint32_t;  // bit i: the extent's frame i is allocated
  enum class Answer : std::uint8_t { unknown, refused, served, either };
  static constexpr std::size_t kRequests = 8;

  struct Step {
    const FrameRequest* request = nullptr;  // nothing: a release
    Extent released{};
  };

  static std::array<FrameRequest, kRequests> requests_on(Extent extent) {
    std::array<FrameRequest, kRequests> requests;
    for (FrameRequest& request : requests) request.contiguity = Contiguity::contiguous;
    const std::uint64_t half = extent.first.value() + extent.count.count() / 2;
    requests[0].count = FrameCount(1);
    requests[1].count = FrameCount(2);
    requests[2].count = FrameCount(3);
    requests[3].count = FrameCount(4);
    requests[4] = {.count = FrameCount(3)};
    requests[5] = {.count = FrameCount(2), .contiguity = Contiguity::contiguous, .window_first = FrameNumber(half)};
    requests[6] = {.count = FrameCount(3), .mobility = Mobility::movable, .alignment = FrameCount(2)};
    requests[7] = {.count = FrameCount(2),
                   .contiguity = Contiguity::contiguous,
                   .mobility = Mobility::movable,
                   .alignment = FrameCount(2),
                   .boundary = FrameCount(4),
                   .window_end = FrameNumber(half)};
    return requests;
  }

  // The steps from the fresh allocator to here.
  [[nodiscard]] std::string told() const {
    std::string text = fmt::format("frames {}\n", text_of(extent_));
    for (const Step& step : steps_) {
      text += step.request != nullptr ? "  allocate " + text_of(*step.request) : "  release " + text_of(step.released);
      text += '\n';
    }
    return text;
  }

  void walk(const FrameAllocator& state, Mask taken, unsigned depth) {
    for (std::size_t i = 0; i < kRequests && fault_.empty(); ++i) allocate(state, taken, i, depth);
    for (std::size_t i = 0; i < live_.size() && fault_.empty(); ++i) {
      const Extent whole = live_[i];
      release(state, taken, i, whole, depth);
      if (whole.count.count() == 1 || !fault_.empty()) continue;
      release(state, taken, i, {whole.first, FrameCount(1)}, depth);
      if (fault_.empty()) release(state, taken, i, {whole.first + FrameCount(1), whole.count - FrameCount(1)}, depth);
    }
  }

  void allocate(const FrameAllocator& before, Mask taken, std::size_t index, unsigned depth) {
    const FrameRequest& request = requests_[index];
    steps_.push_back({.request = &request});
    const auto state = before.clone();
    std::vector<Extent> out;
    const auto work = serve(*state, request, depth % 2 == 0, out);
    if (before.can_allocate(request) != work.has_value()) return fail("can_allocate() and allocate() disagree");
    const Answer expected = expectation_in(taken, index);
    if (expected != Answer::either && (expected == Answer::served) != work.has_value()) {
      return fail(work ? "served against its promise" : "refused against its promise");
    }
    if (!work && work.error() != Errno::enomem) return fail("refused with the wrong errno");
    std::uint64_t given = 0;
    for (const Extent& extent : out) {
      const Mask frames = mask_of(extent);
      if (!extent_.contains(extent) || (taken & frames) != 0) return fail("handed out what is not free");
      if (!model::PageArray::conforms(request, extent.first.value(), extent.count.count())) {
        return fail("handed out an extent that does not conform");
      }
      taken |= frames;
      given += extent.count.count();
    }
    if (given != (work ? owed_[index] : 0)) return fail("not the count of frames that is owed");
    if (work && request.contiguity == Contiguity::contiguous && out.size() != 1) return fail("not one extent");
    if (!is_consistent(*state, taken)) return;
    if (depth > 1 && work) {
      live_.insert(live_.end(), out.begin(), out.end());
      walk(*state, taken, depth - 1);
      live_.resize(live_.size() - out.size());
    }
    if (fault_.empty()) steps_.pop_back();
  }

  // A run is asked for through allocate_run() where that is wanted.
  [[nodiscard]] SimResult<AllocatorWork> serve(FrameAllocator& state, const FrameRequest& request, bool wants_run,
                                               std::vector<Extent>& out) const {
    if (!wants_run || !is_run_request(request, extent_)) return state.allocate(request, out);
    Extent run;
    const auto work = state.allocate_run({request.count, request.mobility, request.cpu}, run);
    if (work) out.push_back(run);
    return work;
  }

  void release(const FrameAllocator& before, Mask taken, std::size_t index, Extent part, unsigned depth) {
    steps_.push_back({.released = part});
    const auto state = before.clone();
    state->release(part);
    taken &= ~mask_of(part);
    if (!is_consistent(*state, taken)) return;
    if (depth > 1) {
      const std::vector<Extent> live = live_;
      live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(index));
      const Extent whole = live[index];
      if (whole.first != part.first) live_.push_back({whole.first, part.first - whole.first});
      if (whole.end() != part.end()) live_.push_back({part.end(), whole.end() - part.end()});
      walk(*state, taken, depth - 1);
      live_ = live;
    }
    if (fault_.empty()) steps_.pop_back();
  }

  bool is_consistent(const FrameAllocator& state, Mask taken) {
    state.check_invariants();
    Mask free = 0;
    bool twice = false;
    state.for_each_free([&](Extent extent) {
      if (!extent_.contains(extent) || (free & mask_of(extent)) != 0) {
        twice = true;
      } else {
        free |= mask_of(extent);
      }
    });
    if (twice) fail("for_each_free() lists frames twice or foreign ones");
    if (free != (~taken & mask_of(extent_))) fail("for_each_free() is not the free set");
    if (state.free_frames().count() != static_cast<unsigned>(std::popcount(free))) fail("free_frames() is wrong");
    return fault_.empty();
  }

  Answer expectation_in(Mask taken, std::size_t index) {
    Answer& known = expected_[index][taken];
    if (known != Answer::unknown) return known;
    model::PageArray pages(extent_);
    for (std::uint64_t i = 0; i < extent_.count.count(); ++i) {
      if ((taken >> i & 1) != 0) pages.take({extent_.first + FrameCount(i), FrameCount(1)});
    }
    const std::optional<bool> expected = expectation(subject_, pages, requests_[index]);
    known = !expected ? Answer::either : *expected ? Answer::served : Answer::refused;
    return known;
  }

  [[nodiscard]] Mask mask_of(Extent extent) const {
    const std::uint64_t ones = (std::uint64_t{1} << extent.count.count()) - 1;
    return static_cast<Mask>(ones << (extent.first - extent_.first).count());
  }
  void fail(const char* fault) {
    if (fault_.empty()) fault_ = fault;
  }

  static inline const Walk* current = nullptr;  // for the report of a check that fails

  const Subject& subject_;
  Extent extent_;
  std::array<FrameRequest, kRequests> requests_;
  std::array<std::uint64_t, kRequests> owed_{};
  std::array<std::vector<Answer>, kRequests> expected_;
  std::vector<Extent> live_;
  std::vector<Step> steps_;
  std::string fault_;
};

std::string walk_all(const Subject& subject) {
  for (unsigned frames = 1; frames <= kMostFrames; ++frames) {
    const unsigned depth = frames == kMostFrames ? kDepthOfMostFrames : kDepth;
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{5}}) {
      const std::string fault =
          Walk(subject, {FrameNumber(first), FrameCount(frames)}).run(first == 0 ? depth : depth - 1);
      if (!fault.empty()) return fault;
    }
  }
  return {};
}

}  // namespace

std::string small_scope_fault(const Subject& subject) {
  return in_child([&](const Tell&) { return walk_all(subject); }, Noise::loud);
}

}  // namespace memsim::conformance
