// Every policy of the list in conformance_subjects.cpp, judged by the suite (conformance.hpp).
#include <algorithm>

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
TEST_P(Conformance, MachineOfTwoRegions) { EXPECT_EQ(machine_fault(GetParam()), ""); }

TEST_P(Conformance, TheOptionsAreThePolicys) {
  ASSERT_NE(find_policy(GetParam().policy), nullptr);
  EXPECT_TRUE(check_policy_options(*find_policy(GetParam().policy), GetParam().options).has_value());
}

INSTANTIATE_TEST_SUITE_P(Policies, Conformance, testing::ValuesIn(subjects()),
                         [](const testing::TestParamInfo<Subject>& tested) { return tested.param.name; });

TEST(ConformanceList, NamesEveryPolicy) {
  const std::vector<Subject> listed = subjects();
  for (const Policy& policy : policies()) {
    const auto is_named = [&](const Subject& subject) { return subject.policy == policy.name; };
    EXPECT_TRUE(std::any_of(listed.begin(), listed.end(), is_named)) << policy.name;
  }
}

}  // namespace
}  // namespace memsim::conformance
