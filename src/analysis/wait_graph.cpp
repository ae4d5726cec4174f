#include <memsim/analysis/wait_graph.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

using EdgesOfWaits = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

template <class T>
void sort_and_deduplicate(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

std::vector<ThreadRef> threads_of(const std::vector<WaitEdge>& edges) {
  std::vector<ThreadRef> threads;
  threads.reserve(2 * edges.size());
  for (const WaitEdge& edge : edges) {
    threads.push_back(edge.from);
    threads.push_back(edge.to);
  }
  sort_and_deduplicate(threads);
  return threads;
}

// The graph, its vertices numbered in the order of their threads, and its strongly connected components.
struct WaitGraph {
  std::vector<ThreadRef> threads;  // by vertex
  EdgesOfWaits graph;              // each vertex's targets ascend
  std::vector<std::size_t> component;
  std::size_t component_count = 0;

  explicit WaitGraph(std::vector<WaitEdge> edges) : threads(threads_of(edges)), graph(threads.size()) {
    sort_and_deduplicate(edges);
    for (const WaitEdge& edge : edges) boost::add_edge(vertex_of(edge.from), vertex_of(edge.to), graph);
    component.resize(threads.size());
    component_count = boost::strong_components(
        graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  }

  [[nodiscard]] std::size_t vertex_of(ThreadRef thread) const {
    return static_cast<std::size_t>(std::lower_bound(threads.begin(), threads.end(), thread) - threads.begin());
  }
};

// What keeps a component from being a deadlock.
struct ComponentTraits {
  bool has_circle = false;  // an edge inside
  bool can_go_on = false;   // reaches a thread that waits for nobody
};

std::vector<ComponentTraits> traits_of(const WaitGraph& wait) {
  std::vector<std::vector<std::size_t>> members(wait.component_count);
  for (std::size_t vertex = 0; vertex < wait.threads.size(); ++vertex)
    members[wait.component[vertex]].push_back(vertex);

  // Tarjan's algorithm completes a component after all that it leads to, so these have lower numbers.
  std::vector<ComponentTraits> traits(wait.component_count);
  for (std::size_t own = 0; own < wait.component_count; ++own) {
    for (const std::size_t vertex : members[own]) {
      if (boost::out_degree(vertex, wait.graph) == 0) traits[own].can_go_on = true;
      const auto [begin, end] = boost::adjacent_vertices(vertex, wait.graph);
      for (auto target = begin; target != end; ++target) {
        const std::size_t other = wait.component[*target];
        MEMSIM_CHECK(other <= own);
        if (other == own) traits[own].has_circle = true;
        if (traits[other].can_go_on) traits[own].can_go_on = true;
      }
    }
  }
  return traits;
}

// The members of `start`'s component, depth first from `start`, without recursion: a chain may be very long.
std::vector<ThreadRef> members_from(const WaitGraph& wait, std::size_t start, std::vector<std::uint8_t>& visited) {
  std::vector<ThreadRef> members;
  std::vector<std::size_t> pending{start};
  while (!pending.empty()) {
    const std::size_t vertex = pending.back();
    pending.pop_back();
    if (visited[vertex] != 0) continue;
    visited[vertex] = 1;
    members.push_back(wait.threads[vertex]);
    const auto [begin, end] = boost::adjacent_vertices(vertex, wait.graph);
    for (auto target = end; target != begin;) {  // the smallest last, to be taken first
      --target;
      if (wait.component[*target] == wait.component[start]) pending.push_back(*target);
    }
  }
  return members;
}

}  // namespace

std::vector<std::vector<ThreadRef>> find_deadlocks(std::span<const WaitEdge> edges) {
  const WaitGraph wait({edges.begin(), edges.end()});
  const std::vector<ComponentTraits> traits = traits_of(wait);
  std::vector<std::uint8_t> visited(wait.threads.size(), 0);
  std::vector<std::vector<ThreadRef>> deadlocks;
  // Vertices ascend, so the first of a component is its smallest member, and deadlocks come out sorted.
  for (std::size_t vertex = 0; vertex < wait.threads.size(); ++vertex) {
    const ComponentTraits& own = traits[wait.component[vertex]];
    if (visited[vertex] != 0 || !own.has_circle || own.can_go_on) continue;
    deadlocks.push_back(members_from(wait, vertex, visited));
  }
  return deadlocks;
}

}  // namespace memsim
