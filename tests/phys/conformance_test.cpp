// Every policy of the list in conformance_subjects.cpp, judged by the suite (conformance.hpp).
#include <gtest/gtest.h>

#include "phys/conformance.hpp"

namespace memsim::conformance {
namespace {

class Conformance : public testing::TestWithParam<Subject> {};

TEST_P(Conformance, RandomSequences) { EXPECT_EQ(random_fault(GetParam()), ""); }
TEST_P(Conformance, EverySequenceOnFewFrames) { EXPECT_EQ(small_scope_fault(GetParam()), ""); }
TEST_P(Conformance, LargeBlocksComeBack) { EXPECT_EQ(recovery_fault(GetParam()), ""); }
TEST_P(Conformance, EveryFrameIsHandedOut) { EXPECT_EQ(exhaustion_fault(GetParam()), ""); }
TEST_P(Conformance, OddRequestsAreAnswered) { EXPECT_EQ(request_fault(GetParam()), ""); }
TEST_P(Conformance, WrongReleasesAreLoud) { EXPECT_EQ(loudness_fault(GetParam()), ""); }
TEST_P(Conformance, MachineOfTwoRegions) {
  if (GetParam().policy.empty()) GTEST_SKIP() << "in no table of policies";
  EXPECT_EQ(machine_fault(GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(Policies, Conformance, testing::ValuesIn(subjects()),
                         [](const testing::TestParamInfo<Subject>& tested) { return tested.param.name; });

}  // namespace
}  // namespace memsim::conformance
