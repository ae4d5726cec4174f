// Random sequences with shrinking. A sequence is plain data, read relative to the state that it meets, so that every
// part of a sequence is a sequence.
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>
#include <rapidcheck.h>

#include "phys/conformance_child.hpp"
#include "phys/conformance_trial.hpp"

namespace memsim::conformance {
namespace {

struct Step {
  enum class Kind : std::uint8_t { release, allocate };
  Kind kind = Kind::release;
  // An allocation asks for 1 + count % (frames / 2^smaller) frames.
  std::uint32_t count = 0;
  std::uint32_t smaller = 0;
  bool contiguous = false;
  std::uint32_t mobility = 0;
  std::uint32_t alignment_log2 = 0;
  std::uint32_t boundary = 0;  // 0: none; n: 2^(n - 1)
  // The window starts so far above the extent's start, less what it reaches below; a size of 0: no window.
  std::uint32_t window_skip = 0;
  std::uint32_t window_below = 0;
  std::uint32_t window_size = 0;
  // A release takes a live extent, or, of that, 1 + (count % size) frames after the first `skip`; or with its upper
  // neighbour.
  std::uint32_t which = 0;
  std::uint32_t skip = 0;
  bool whole = false;
  bool joined = false;
};

struct Case {
  std::size_t extent = 0;
  std::vector<Step> steps;
};

Extent extent_of(const Case& test) {
  static const std::vector<Extent> extents = {
      {FrameNumber(0), FrameCount(64)},           {FrameNumber(0), FrameCount(256)},
      {FrameNumber(5), FrameCount(100)},          {FrameNumber(0x7fff3), FrameCount(333)},
      {FrameNumber(1023), FrameCount(2)},         {FrameNumber(0xffff'ff00), FrameCount(256)},
      {FrameNumber(77), FrameCount(1)},           {FrameNumber(300), FrameCount(1700)},
      {FrameNumber(0x10'0000), FrameCount(2048)},
  };
  return extents[test.extent % extents.size()];
}

FrameRequest request_of(const Step& step, Extent extent) {
  const std::uint64_t size = extent.count.count();
  FrameRequest request{.count = FrameCount(1 + step.count % std::max<std::uint64_t>(1, size >> step.smaller))};
  request.contiguity = step.contiguous ? Contiguity::contiguous : Contiguity::scattered;
  request.mobility = static_cast<Mobility>(step.mobility % 3);
  request.alignment = FrameCount(std::uint64_t{1} << step.alignment_log2);
  if (step.boundary != 0) request.boundary = FrameCount(std::uint64_t{1} << (step.boundary - 1));
  if (step.window_size == 0) return request;
  const std::uint64_t below = std::min<std::uint64_t>(step.window_below, extent.first.value());
  const std::uint64_t first = extent.first.value() - below + step.window_skip % (size + 1);
  request.window_first = FrameNumber(first);
  request.window_end = FrameNumber(first + step.window_size);
  return request;
}

// Requires: something is out.
Extent released_by(const Step& step, const Trial& trial) {
  Extent extent = trial.live()[step.which % trial.live().size()];
  if (!step.whole) {
    const std::uint64_t skip = step.skip % extent.count.count();
    const std::uint64_t count = 1 + step.count % (extent.count.count() - skip);
    extent = {extent.first + FrameCount(skip), FrameCount(count)};
  }
  if (!step.joined) return extent;
  for (const Extent& next : trial.live()) {
    if (next.first == extent.end()) return {extent.first, extent.count + next.count};
  }
  return extent;
}

// Runs the steps and tells what they do.
std::string run(const Subject& subject, const Case& test, const Tell& tell) {
  Trial trial(subject, extent_of(test));
  const std::uint64_t frames = trial.extent().count.count();
  tell([&] { return fmt::format("frames {}\n", text_of(trial.extent())); });
  std::size_t number = 0;
  for (const Step& step : test.steps) {
    std::string fault;
    if (step.kind == Step::Kind::allocate) {
      const FrameRequest request = request_of(step, trial.extent());
      tell([&] { return fmt::format("  allocate {}\n", text_of(request)); });
      fault = trial.allocate(request);
    } else if (!trial.live().empty()) {
      const Extent extent = released_by(step, trial);
      tell([&] { return fmt::format("  release {}\n", text_of(extent)); });
      fault = trial.release(extent);
    }
    const bool looks_closer = frames <= 64 || ++number % 8 == 0;
    if (fault.empty() && looks_closer) fault = trial.check_state();
    if (!fault.empty()) return fault;
  }
  tell([] { return std::string("  release the rest\n"); });
  return trial.finish();
}

rc::Gen<std::uint32_t> sometimes(std::size_t in_ten, std::uint32_t first, std::uint32_t end) {
  return rc::gen::weightedOneOf<std::uint32_t>(
      {{10 - in_ten, rc::gen::just(std::uint32_t{0})}, {in_ten, rc::gen::resize(100, rc::gen::inRange(first, end))}});
}
rc::Gen<std::uint32_t> any_below(std::uint32_t end) {
  return rc::gen::resize(100, rc::gen::inRange(std::uint32_t{0}, end));
}

rc::Gen<Step> any_step() {
  return rc::gen::build<Step>(
      rc::gen::set(&Step::kind,
                   rc::gen::weightedElement<Step::Kind>({{6, Step::Kind::allocate}, {5, Step::Kind::release}})),
      rc::gen::set(&Step::count, any_below(4096)), rc::gen::set(&Step::smaller, any_below(8)),
      rc::gen::set(&Step::contiguous), rc::gen::set(&Step::mobility, any_below(3)),
      rc::gen::set(&Step::alignment_log2, sometimes(3, 1, 9)), rc::gen::set(&Step::boundary, sometimes(3, 1, 11)),
      rc::gen::set(&Step::window_skip, any_below(4096)), rc::gen::set(&Step::window_below, sometimes(2, 1, 20)),
      rc::gen::set(&Step::window_size, sometimes(4, 1, 600)), rc::gen::set(&Step::which, any_below(4096)),
      rc::gen::set(&Step::skip, any_below(64)), rc::gen::set(&Step::whole), rc::gen::set(&Step::joined));
}

rc::Gen<Case> any_case() {
  return rc::gen::build<Case>(rc::gen::set(&Case::extent, rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, 9))),
                              rc::gen::set(&Case::steps, rc::gen::container<std::vector<Step>>(any_step())));
}

// The same sequences every time, unless the environment asks for others.
rc::detail::TestParams parameters() {
  ::setenv("RC_PARAMS", "seed=20240601 max_success=400 max_size=200", 0);
  return rc::detail::configuration().testParams;
}

enum class Isolated : bool { no, yes };  // each sequence in a child process, for what ends its process

// The shortest sequence found that fails, with its fault; or an empty text.
std::string check_sequences(const Subject& subject, Isolated isolated, Shrinking shrinking) {
  Case failing;
  const auto holds = [&] {
    const Case test = *any_case();
    const auto judge = [&](const Tell& tell) { return run(subject, test, tell); };
    const std::string fault = isolated == Isolated::yes ? in_child(judge, Noise::quiet) : judge(tell_nobody);
    if (fault.empty()) return;
    failing = test;  // the last one that fails is the shortest
    RC_FAIL("the policy does not conform");
  };
  rc::detail::TestParams params = parameters();
  params.disableShrinking = shrinking == Shrinking::no;
  const auto result = rc::detail::checkTestable(holds, rc::detail::TestMetadata{subject.name, subject.name}, params);
  if (result.is<rc::detail::SuccessResult>()) return {};
  const std::string told = in_child([&](const Tell& tell) { return run(subject, failing, tell); }, Noise::loud);
  return fmt::format("{}\n(seed {}, of at most {} sequences up to size {})", told, params.seed, params.maxSuccess,
                     params.maxSize);
}

}  // namespace

std::string random_fault(const Subject& subject, Shrinking shrinking) {
  const std::string fault =
      in_child([&](const Tell&) { return check_sequences(subject, Isolated::no, Shrinking::no); }, Noise::quiet);
  if (fault.empty() || shrinking == Shrinking::no) return fault;
  return check_sequences(subject, Isolated::yes, Shrinking::yes);
}

}  // namespace memsim::conformance
