#include <gtest/gtest.h>

#include <memsim/phys/policy.hpp>

namespace memsim {
namespace {

std::string fault_of(const PolicyOptions& options) {
  const auto checked = check_policy_options(*find_policy("buddy"), options);
  if (checked) return {};
  return checked.error().front().message + " | " + checked.error().front().help;
}

TEST(Policies, EveryOptionAcceptsItsDefault) {
  for (const Policy& policy : policies()) {
    EXPECT_EQ(find_policy(policy.name)->name, policy.name);
    PolicyOptions defaults;
    for (const PolicyOption& option : policy.options) defaults.emplace(option.name, option.default_value);
    EXPECT_TRUE(check_policy_options(policy, defaults).has_value());
    EXPECT_TRUE(check_policy_options(policy, {}).has_value());
  }
}

TEST(Policies, AnUnknownPolicyIsNotFound) { EXPECT_EQ(find_policy("buddie"), nullptr); }

TEST(Policies, AnUnknownOptionNamesTheNearest) {
  EXPECT_EQ(fault_of({{"top_oder", "3"}}), "policy 'buddy' has no option 'top_oder' | did you mean 'top_order'?");
  EXPECT_EQ(fault_of({{"colour", "3"}}),
            "policy 'buddy' has no option 'colour' | known: top_order, placement, range_order, reserve, tail");
}

TEST(Policies, WithoutOptionsSayThatTheyHaveNone) {
  const auto checked = check_policy_options(*find_policy("first_fit"), {{"x", "1"}});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().front().help, "it has none");
}

TEST(Policies, AnOptionThatDoesNothingUnderTheOthersIsRefused) {
  EXPECT_FALSE(check_policy_options(*find_policy("linux"), {{"pcp", "off"}, {"batch", "8"}}));
  EXPECT_TRUE(check_policy_options(*find_policy("linux"), {{"pcp", "on"}, {"batch", "8"}}));
  EXPECT_EQ(fault_of({{"range_order", "4"}}),
            "option 'range_order' of policy 'buddy' does nothing with placement=lowest | it belongs to "
            "placement=most_used");
  EXPECT_EQ(fault_of({{"placement", "fifo"}, {"range_order", "4"}}),
            "option 'range_order' of policy 'buddy' does nothing with placement=fifo | it belongs to "
            "placement=most_used");
  EXPECT_NE(fault_of({{"placement", "lifo"}, {"metadata", "compact"}}).find("has no option 'metadata'"),
            std::string::npos)
      << "how blocks are kept on the host is none of a scenario's business";
  EXPECT_EQ(fault_of({{"placement", "most_used"}, {"range_order", "4"}}), "");
  EXPECT_EQ(fault_of({{"placement", "fifo"}, {"range_order", "9"}}), "");
}

TEST(Policies, IntegersAreStrict) {
  EXPECT_EQ(fault_of({{"top_order", "32"}}), "");
  for (const char* value : {"33", "-1", "", "12abc", " 3", "0x3", "99999999999999999999"}) {
    EXPECT_NE(fault_of({{"top_order", value}}).find("expected an integer from 0 to 32"), std::string::npos) << value;
  }
}

TEST(Policies, WhatIsAutomaticByDefaultMayBeWrittenSo) {
  EXPECT_EQ(fault_of({{"top_order", "auto"}}), "");
  EXPECT_NE(fault_of({{"reserve", "auto"}}), "");
  EXPECT_NE(fault_of({{"top_order", "automatic"}}).find("from 0 to 32, or auto"), std::string::npos);
}

TEST(Policies, ChoicesAreStrict) {
  EXPECT_EQ(fault_of({{"placement", "lifo"}}), "");
  EXPECT_EQ(fault_of({{"placement", "lowset"}}),
            "option 'placement' of policy 'buddy' is 'lowset'; expected one of: lifo, fifo, lowest, most_used | did "
            "you mean 'lowest'?");
}

}  // namespace
}  // namespace memsim
