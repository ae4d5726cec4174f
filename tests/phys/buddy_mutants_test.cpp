// The conformance suite finds every mutant of the buddy policy, and nothing wrong with the buddy that they come from.
#include <gtest/gtest.h>

#include "phys/buddy_mutants.hpp"
#include "phys/conformance.hpp"

namespace memsim {
namespace {

using conformance::Subject;

// The suite expects of a mutant what the policy guarantees.
template <class Allocator>
Subject subject(const char* name) {
  const auto create = [](Extent extent) -> std::unique_ptr<FrameAllocator> {
    return std::make_unique<Allocator>(extent);
  };
  return {name, create, conformance::buddy_blocks(18)};
}

// The same without the promise of what is listed as free: then a fault must show in what is handed out.
template <class Allocator>
Subject listing_anything(const char* name) {
  Subject mutant = subject<Allocator>(name);
  mutant.promise.free_extents = {};
  return mutant;
}

// What the policy guarantees with tails kept is expected of one that trims them.
template <class Allocator>
Subject to_keep_tails(const char* name) {
  Subject mutant = subject<Allocator>(name);
  mutant.promise = conformance::whole_buddy_blocks(18);
  return mutant;
}

class BuddyMutants : public testing::TestWithParam<Subject> {};

TEST_P(BuddyMutants, AreFoundByTheSuite) { EXPECT_NE(conformance::any_fault(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(
    Known, BuddyMutants,
    testing::Values(subject<mutants::Unchecked<mutants::ForgetsAHalf>>("forgets_a_half"),
                    subject<mutants::Unchecked<mutants::SplitsOutsideTheParent>>("splits_outside_the_parent"),
                    subject<mutants::Unchecked<mutants::TakesWithoutRemoving>>("takes_without_removing"),
                    subject<mutants::Unchecked<mutants::MergesWithAPart>>("merges_with_a_part"),
                    subject<mutants::Unchecked<mutants::NeverMerges>>("never_merges"),
                    listing_anything<mutants::Unchecked<mutants::NeverMerges>>("never_merges_but_lists_anything"),
                    subject<mutants::Unchecked<mutants::NeverMergesPairs>>("never_merges_pairs"),
                    listing_anything<mutants::Unchecked<mutants::NeverMergesPairs>>("never_merges_pairs_either"),
                    subject<mutants::Unchecked<mutants::BelievesEveryRelease>>("believes_every_release"),
                    subject<mutants::SucceedsWithoutMemory>("succeeds_without_memory"),
                    subject<mutants::PromisesTooMuch>("promises_too_much"), subject<mutants::CutsSizes>("cuts_sizes"),
                    subject<mutants::RoundsSizesUp>("rounds_sizes_up"),
                    to_keep_tails<mutants::Unchecked<mutants::Lists>>("trims_tails_to_be_kept"),
                    subject<mutants::IgnoresTheWindow>("ignores_the_window"),
                    subject<mutants::IgnoresTheBoundary>("ignores_the_boundary"),
                    subject<mutants::IgnoresTheAlignment>("ignores_the_alignment"),
                    subject<mutants::ScattersWhatMustBeContiguous>("scatters_what_must_be_contiguous"),
                    subject<mutants::CountsNoWorkForRuns>("counts_no_work_for_runs"),
                    subject<mutants::RefusesEmptyRunsForLackOfMemory>("refuses_empty_runs_for_lack_of_memory"),
                    subject<mutants::ChangesARunThatItRefuses>("changes_a_run_that_it_refuses"),
                    subject<mutants::LosesAFrameWithEachRun>("loses_a_frame_with_each_run")),
    [](const testing::TestParamInfo<Subject>& tested) { return tested.param.name; });

TEST(BuddyMutantsControl, TheUnmutatedBuddyPasses) {
  EXPECT_EQ(conformance::any_fault(subject<mutants::Unchecked<BuddyBitmaps>>("bitmaps")), "");
  EXPECT_EQ(conformance::any_fault(subject<mutants::Unchecked<mutants::Lists>>("lists")), "");
}

}  // namespace
}  // namespace memsim
