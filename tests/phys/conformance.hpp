// The suite that every policy passes. To test a policy, add a line to conformance_subjects.cpp; nothing else names it.
// An allocator of another project is tested by memsim_add_conformance() of the installed package, with a subjects() of
// its own (tests/sim/consumer/lowest_allocator.cpp).
//
// A check takes a subject and returns what is wrong, or an empty text. So the same checks judge the policies of the
// list (conformance_test.cpp) and the mutants that prove the checks (buddy_mutants_test.cpp). Each runs in a child
// process: a policy that stops in a check of its own, or crashes, has failed like any other.
//
// What every policy owes, whatever it is:
//   - extents handed out are free, disjoint, conforming, and add up to the count, or to what the policy promises;
//   - a request that makes no sense is EINVAL; one that finds no place, or is larger than the free memory, is ENOMEM;
//   - a scattered request without alignment succeeds iff the window holds that many free frames, and so does a
//     contiguous request of one frame without alignment;
//   - a request that is served would be served for fewer frames, too, so that there is a largest one: it can be had,
//   and
//     none that asks for more;
//   - allocate_run() and allocate() answer alike, and leave the same behind;
//   - can_allocate() agrees with allocate(), and neither it nor a refusal changes anything;
//   - any run of allocated frames comes back, whole or in parts, across extents or not; with the last one every request
//     that the fresh allocator served is served again;
//   - a frame that is free or foreign is refused loudly (exit code 70);
//   - clones continue alike, and the work is the same each time;
//   - for_each_free() and free_frames() are the free set.
// What a policy promises beyond that is said by a Promise, and then holds exactly.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <memsim/phys/policy.hpp>

#include "model/page_array.hpp"
#include "model/split_promise.hpp"

namespace memsim::conformance {

// Each member may be empty: then the policy says nothing, and what every policy owes is all that is checked.
struct Promise {
  // Whether a request that makes sense is served when these frames are free.
  std::function<std::optional<bool>(const model::PageArray&, const FrameRequest&)> serves;
  // What for_each_free() lists.
  std::function<std::vector<Extent>(const model::PageArray&)> free_extents;
  // How many frames a plain contiguous request for so many gets: one without alignment, boundary and window. All others
  // get what they ask for.
  std::function<std::uint64_t(std::uint64_t count)> whole_block{};
  // Whether a request may be refused although frames that suit it are free, because they are for others.
  bool keeps_frames_back = false;
};

// Nothing beyond what every policy owes.
[[nodiscard]] Promise soundness();
// What src/phys/buddy/buddy.hpp guarantees, with free blocks merged up to the top order and so many frames in reserve.
[[nodiscard]] Promise buddy_blocks(unsigned top_order, std::uint64_t reserve = 0);
// What src/phys/split/split_buddy.hpp guarantees, with no limit to the size of a block.
[[nodiscard]] Promise split_blocks(model::SplitPromise::Rule rule);
// The same two with tails kept (src/phys/requests/block_tail.hpp).
[[nodiscard]] Promise whole_buddy_blocks(unsigned top_order);
[[nodiscard]] Promise whole_split_blocks(model::SplitPromise::Rule rule);
// What tlsf guarantees: free_runs(), but a run without constraints only where one is free of the request's count
// rounded up to the next list.
[[nodiscard]] Promise good_fit(unsigned second_level);
// What llfree guarantees of contiguous requests: an aligned block of up to 1024 frames, inside a tree of 512 <<
// tree_order; with a window, or an alignment beyond the block's, any placement.
[[nodiscard]] Promise llfree_blocks(unsigned tree_order);
// A request is served iff any placement of it exists. Contiguous only: scattered requests with an alignment may be
// refused.
[[nodiscard]] Promise every_placement();
[[nodiscard]] Promise every_contiguous_placement();
// What src/phys/fits/extent_allocator.hpp guarantees: every placement, and each maximal free run is one free extent.
[[nodiscard]] Promise free_runs();
// The same lists, but frames may be kept for requests of another mobility (src/phys/fits/two_region_policy.hpp).
[[nodiscard]] Promise kept_apart();

struct Subject {
  std::string name;  // as in a test's name
  std::function<std::unique_ptr<FrameAllocator>(Extent)> create;
  Promise promise;
  std::string policy{};  // empty for what is in no table
  PolicyOptions options{};
};

inline void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.name; }  // for GoogleTest

// The list (conformance_subjects.cpp).
[[nodiscard]] std::vector<Subject> subjects();

// Whether the request is served, as far as it is owed or promised. Requires: a request that makes sense.
[[nodiscard]] std::optional<bool> expectation(const Subject& subject, const model::PageArray& pages,
                                              const FrameRequest& request);
// How many frames the request gets if it is served.
[[nodiscard]] std::uint64_t frames_owed(const Subject& subject, const model::PageArray& pages,
                                        const FrameRequest& request);
// Whether the request asks for one run that may lie anywhere in these frames: then allocate_run() serves it, too.
[[nodiscard]] bool is_run_request(const FrameRequest& request, Extent frames);
// What allocate() owes to a request that makes no sense: no frames, no power of two, or a run beyond its boundary.
[[nodiscard]] bool makes_sense(const FrameRequest& request);

// --- The checks ---

enum class Shrinking : bool { no, yes };

// Random sequences of requests and releases beside a page array, each step compared; a sequence that fails is shrunk.
// RapidCheck's environment variable RC_PARAMS chooses another seed or more sequences than the fixed ones.
[[nodiscard]] std::string random_fault(const Subject& subject, Shrinking shrinking = Shrinking::yes);
// Every sequence of plain and constrained requests, releases and partial releases on 1 to 12 frames, to a depth.
[[nodiscard]] std::string small_scope_fault(const Subject& subject);
// Four fifths of 2^18 frames filled with single frames, all freed in random order: every large block comes back.
[[nodiscard]] std::string recovery_fault(const Subject& subject);
// Every frame is handed out, one by one, then none.
[[nodiscard]] std::string exhaustion_fault(const Subject& subject);
// Requests that make no sense, and requests at the ends of the number range.
[[nodiscard]] std::string request_fault(const Subject& subject);
// Releases that are bugs: each must stop the program.
[[nodiscard]] std::string loudness_fault(const Subject& subject);
// The policy under physical memory of several regions. Requires: a policy of the table.
[[nodiscard]] std::string machine_fault(const Subject& subject);

// All of the above that concern an allocator alone, without shrinking: the first fault found, or an empty text.
[[nodiscard]] std::string any_fault(const Subject& subject);

}  // namespace memsim::conformance
