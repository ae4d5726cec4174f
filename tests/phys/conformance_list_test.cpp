// Every policy of the table is under the conformance suite, and with options that are its own.
#include <gtest/gtest.h>

#include <algorithm>

#include "phys/conformance.hpp"

namespace memsim::conformance {
namespace {

TEST(ConformanceList, TheOptionsAreThePolicys) {
  for (const Subject& subject : subjects()) {
    if (subject.policy.empty()) continue;  // of no table
    ASSERT_NE(find_policy(subject.policy), nullptr) << subject.name;
    EXPECT_TRUE(check_policy_options(*find_policy(subject.policy), subject.options).has_value()) << subject.name;
  }
}

TEST(ConformanceList, NamesEveryPolicy) {
  const std::vector<Subject> listed = subjects();
  for (const Policy& policy : policies()) {
    const auto is_named = [&](const Subject& subject) { return subject.policy == policy.name; };
    EXPECT_TRUE(std::any_of(listed.begin(), listed.end(), is_named)) << policy.name;
  }
}

}  // namespace
}  // namespace memsim::conformance
