// Why contiguous requests failed, and what would have served them: who has the frames in the way, and how many of them
// would have to move.
//
// A view like any other: all of it comes from the record stream, so a run is the same with and without it. It keeps a
// map of the machine's frames, which costs O(log extents) for each that is taken, given back, moved or locked. The
// first failures are explained at O(extents) each; of the others only the number is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <memsim/base/contiguous_range.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/first_of.hpp>
#include <memsim/view/follow/frame_book.hpp>
#include <memsim/view/follow/name_book.hpp>

namespace memsim {

// Frames in the way of a request that belong together.
struct FramesInTheWay {
  std::string process;       // who made the object; empty where it is not known
  bool is_reserved = false;  // at boot: no object's
  ObjectId object;           // 0: none
  std::string object_name;   // or the reservation's; empty: the object has no name
  FrameCount movable;
  FrameCount pinned;
};

enum class Remedy : std::uint8_t {
  move,             // the range, once its movable frames are elsewhere
  nothing_to_move,  // the range is free, but the policy has no block there that it could give out whole
  none_pinned,      // none: every conforming range has frames that cannot move; the range has the fewest
  none_memory,      // none: too little is free, wherever it lies
  none_range,       // none: no conforming range exists in the regions tried, free or not
};
[[nodiscard]] std::string_view name_of(Remedy remedy);

// A contiguous request that failed, at the moment when it did; or one that a probe asked about and that would have.
struct FailureExplanation {
  SimTime time;
  std::string probe;  // empty: a request
  std::string process;
  ObjectId object;  // 0: it was to get one
  std::string object_name;
  Errno error = Errno::enomem;
  Moving moving = Moving::off;
  std::string option;  // of the policy, which rules the request out though enough is free; empty: none
  RangeShape shape;
  std::vector<std::string> regions;  // tried, in that order

  // Over those regions.
  FrameCount free;
  FrameCount largest_free_run;
  Order order;  // the smallest block that holds the request
  std::uint32_t unusable_index_permille = 0;

  Remedy remedy = Remedy::none_range;
  std::optional<RangeChoice> range;  // the cheapest conforming one; nothing with none_range
  FrameCount missing;                // none_memory: free frames that were too few
  FirstOf<FramesInTheWay> owners;    // of the range's frames in use, most frames first
};

// How much an explanation keeps.
struct ExplainLimits {
  std::size_t failures = 20;
  std::size_t owners = 16;
};

// Gathers the explanations of one run. Subscribe it before the run and ask after it.
class ExplainView final : public View<ExplainView> {
 public:
  explicit ExplainView(ExplainLimits limits = {}) : limits_(limits) {}

  auto followers() { return std::tie(names_, book_); }
  void on(const RunStarted& record);
  void on(RunPoint at, const AllocationFailed& record);
  void on(RunPoint at, const ProbeResult& record);

  [[nodiscard]] const FirstOf<FailureExplanation>& failures() const { return failures_; }
  // Of contiguous probes, whenever one began to fail: at its first sample, or after one that would have succeeded.
  [[nodiscard]] const FirstOf<FailureExplanation>& probe_failures() const { return probe_failures_; }

 private:
  struct FreeFrames;
  struct Probe {
    std::string name;
    RangeShape shape;
    bool contiguous = false;
    bool fails = false;  // at its last sample
  };
  [[nodiscard]] Probe& probe_named(std::string_view name);
  void learn_probe(std::string_view name, std::string_view key, std::string_view value, Bytes page_size);
  [[nodiscard]] FailureExplanation explain(SimTime time, const AllocationFailed& failed) const;
  [[nodiscard]] FailureExplanation explain(SimTime time, const Probe& probe) const;
  void look_at(std::span<const RegionId> regions, FailureExplanation& failure) const;
  void look_at(RegionId region, FailureExplanation& failure, FreeFrames& free) const;
  void judge(FailureExplanation& failure) const;
  [[nodiscard]] Moving moving_out_of(const std::optional<RangeChoice>& range, Moving told) const;
  [[nodiscard]] FrameCount general_free() const;
  [[nodiscard]] FirstOf<FramesInTheWay> owners_in(Extent range) const;

  ExplainLimits limits_;
  NameBook names_;
  FrameBook book_;
  std::vector<Probe> probes_;    // few
  Moving moving_ = Moving::off;  // what the machine does for requests
  FirstOf<FailureExplanation> failures_;
  FirstOf<FailureExplanation> probe_failures_;
};

}  // namespace memsim
