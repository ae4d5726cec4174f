#include <memsim/analysis/wait_graph.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <memsim/base/random.hpp>

namespace memsim {
namespace {

using Numbers = std::vector<std::uint32_t>;

ThreadRef thread(std::uint32_t pid) { return {ProcessId(pid), ThreadId(1)}; }

std::vector<WaitEdge> edges_of(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
  std::vector<WaitEdge> edges;
  for (const auto& [from, to] : pairs) edges.push_back({thread(from), thread(to)});
  return edges;
}

std::vector<Numbers> found_in(const std::vector<WaitEdge>& edges) {
  std::vector<Numbers> found;
  for (const std::vector<ThreadRef>& members : find_deadlocks(edges)) {
    found.emplace_back();
    for (const ThreadRef& member : members) found.back().push_back(member.pid.value());
  }
  return found;
}

std::vector<Numbers> found_in(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
  return found_in(edges_of(pairs));
}

TEST(FindDeadlocks, SeesNoneInAChain) {
  EXPECT_TRUE(find_deadlocks({}).empty());
  EXPECT_TRUE(found_in({{2, 3}, {3, 4}, {5, 4}}).empty());
}

TEST(FindDeadlocks, ListsACircleInTheOrderOfWaitingFromTheSmallest) {
  EXPECT_EQ(found_in({{7, 3}, {3, 9}, {9, 7}}), (std::vector<Numbers>{{3, 9, 7}}));
}

TEST(FindDeadlocks, SeesAThreadThatWaitsForItself) { EXPECT_EQ(found_in({{4, 4}}), (std::vector<Numbers>{{4}})); }

TEST(FindDeadlocks, TellsThreadsOfOneProcessApart) {
  const ThreadRef first{ProcessId(2), ThreadId(1)};
  const ThreadRef second{ProcessId(2), ThreadId(2)};
  const std::vector<WaitEdge> edges{{second, first}, {first, second}};
  EXPECT_EQ(find_deadlocks(edges), (std::vector<std::vector<ThreadRef>>{{first, second}}));
}

TEST(FindDeadlocks, SortsSeveralAndLeavesOutThoseWhoMerelyWaitForThem) {
  EXPECT_EQ(found_in({{8, 9}, {9, 8}, {2, 3}, {3, 2}, {1, 2}, {5, 8}}), (std::vector<Numbers>{{2, 3}, {8, 9}}));
}

TEST(FindDeadlocks, SeesAWayOutThroughAnotherThreadOfAServer) {
  EXPECT_TRUE(found_in({{2, 3}, {3, 2}, {3, 4}}).empty()) << "4 can run and take 3's message";
  EXPECT_TRUE(found_in({{2, 3}, {3, 2}, {3, 4}, {4, 5}}).empty()) << "the way out may be long";
  EXPECT_EQ(found_in({{2, 3}, {3, 2}, {3, 4}, {4, 3}}), (std::vector<Numbers>{{2, 3, 4}}));
}

TEST(FindDeadlocks, ReportsACircleWhoseOnlyWayOutIsAnotherDeadlock) {
  EXPECT_EQ(found_in({{2, 3}, {3, 2}, {3, 4}, {4, 5}, {5, 4}}), (std::vector<Numbers>{{2, 3}, {4, 5}}));
}

TEST(FindDeadlocks, TakesALongCircleWithoutRecursion) {
  constexpr std::uint32_t kCount = 50'000;
  std::vector<WaitEdge> edges;
  for (std::uint32_t i = 0; i < kCount; ++i) edges.push_back({thread(i), thread((i + 1) % kCount)});
  const std::vector<std::vector<ThreadRef>> found = find_deadlocks(edges);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].size(), kCount);
  EXPECT_TRUE(std::is_sorted(found[0].begin(), found[0].end()));
}

// The slow and obvious reading of the definition: reachability by repeated steps.
std::vector<std::set<std::uint32_t>> deadlocks_by_reachability(const std::vector<std::vector<bool>>& waits) {
  const std::size_t count = waits.size();
  std::vector<std::vector<bool>> reaches = waits;
  for (std::size_t middle = 0; middle < count; ++middle) {
    for (std::size_t from = 0; from < count; ++from) {
      for (std::size_t to = 0; to < count; ++to) {
        if (reaches[from][middle] && reaches[middle][to]) reaches[from][to] = true;
      }
    }
  }
  const auto can_run = [&](std::size_t i) { return std::none_of(waits[i].begin(), waits[i].end(), std::identity{}); };
  std::set<std::set<std::uint32_t>> found;
  for (std::size_t from = 0; from < count; ++from) {
    if (!reaches[from][from]) continue;
    std::set<std::uint32_t> members;
    bool free = false;
    for (std::size_t to = 0; to < count; ++to) {
      if (reaches[from][to] && can_run(to)) free = true;
      if (reaches[from][to] && reaches[to][from]) members.insert(static_cast<std::uint32_t>(to));
    }
    if (!free) found.insert(members);
  }
  return {found.begin(), found.end()};
}

TEST(FindDeadlocks, AgreesWithReachabilityOnRandomGraphsInAnyOrderOfEdges) {
  RandomStream random(11);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t count = random.between(1, 9);
    const std::uint64_t density = random.between(1, 5);
    std::vector<std::vector<bool>> waits(count, std::vector<bool>(count, false));
    std::vector<WaitEdge> edges;
    for (std::uint32_t from = 0; from < count; ++from) {
      for (std::uint32_t to = 0; to < count; ++to) {
        if (!random.chance(density, 10)) continue;
        waits[from][to] = true;
        edges.push_back({thread(from), thread(to)});
      }
    }
    const std::vector<Numbers> found = found_in(edges);
    std::vector<std::set<std::uint32_t>> sets;
    for (const Numbers& members : found) {
      ASSERT_EQ(*std::min_element(members.begin(), members.end()), members.front());
      sets.emplace_back(members.begin(), members.end());
      ASSERT_EQ(sets.back().size(), members.size());
    }
    ASSERT_EQ(sets, deadlocks_by_reachability(waits)) << "round " << round;

    std::vector<WaitEdge> turned(edges.rbegin(), edges.rend());
    turned.insert(turned.end(), edges.begin(), edges.end());
    ASSERT_EQ(found_in(turned), found) << "round " << round;
  }
}

}  // namespace
}  // namespace memsim
