#include "scenario/yaml/overrides.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

namespace memsim::loader {
namespace {

constexpr std::size_t kPathDepth = 64;

// One step of a path: a key (or an item's name), or an item's number.
struct PathStep {
  std::string_view name;
  std::optional<std::uint64_t> index;
};

// "regions[0]" -> regions, [0]. Nothing when the path is malformed.
std::optional<std::vector<PathStep>> split(std::string_view path) {
  std::vector<PathStep> steps;
  bool expects_name = true;
  while (!path.empty()) {
    if (steps.size() == kPathDepth) return std::nullopt;
    if (path.front() == '[' && !expects_name) {
      const std::size_t end = path.find(']');
      const auto index = parse_unsigned(path.substr(1, end == std::string_view::npos ? 0 : end - 1));
      if (!index) return std::nullopt;
      steps.push_back({{}, *index});
      path.remove_prefix(end + 1);
      continue;
    }
    if (!expects_name && path.front() != '.') return std::nullopt;
    if (!expects_name) path.remove_prefix(1);
    const std::size_t end = std::min(path.find_first_of(".["), path.size());
    if (end == 0) return std::nullopt;
    steps.push_back({path.substr(0, end), std::nullopt});
    path.remove_prefix(end);
    expects_name = false;
  }
  if (steps.empty()) return std::nullopt;
  return steps;
}

// Walks from the root, and gives each node on the way a copy of its own: an alias elsewhere keeps the old value.
class Applier {
 public:
  Applier(Tree& tree, Place place, Faults& faults) : tree_(tree), place_(place), faults_(faults) {}

  void run(const std::vector<PathStep>& steps, const std::string& value) {
    NodeId at = tree_.root = copy(tree_.root);
    for (const PathStep& step : steps) {
      const auto next = descend(at, step);
      if (!next) return;
      at = *next;
    }
    Node& node = tree_.nodes[at];
    if (node.kind == Node::Kind::sequence || node.kind == Node::Kind::map) {
      return fail(fmt::format("the path leads to {}", kind_name(node.kind)), "only a single value can be replaced");
    }
    node = Node{};
    node.kind = Node::Kind::scalar;
    node.text = value;
    node.place = place_;
  }

 private:
  void fail(std::string message, std::string help = {}) { faults_.add(place_, std::move(message), std::move(help)); }

  NodeId copy(NodeId id) {
    Node duplicate = tree_[id];
    tree_.nodes.push_back(std::move(duplicate));
    return static_cast<NodeId>(tree_.nodes.size() - 1);
  }

  std::optional<NodeId> descend(NodeId at, const PathStep& step) {
    if (tree_[at].kind == Node::Kind::sequence) return item(at, step);
    if (step.index) {
      fail(fmt::format("[{}] needs a list, but there is {}", *step.index, kind_name(tree_[at].kind)));
      return std::nullopt;
    }
    if (tree_[at].kind != Node::Kind::map) become_map(at);
    const Entry* entry = tree_.find(tree_[at], step.name);
    if (entry == nullptr) return add(at, step.name);
    const auto index = static_cast<std::size_t>(entry - tree_[at].entries.data());
    const NodeId child = copy(entry->value);
    tree_.nodes[at].entries[index].value = child;
    return child;
  }

  // A short form gives way to the long one, whose first key is `name`: policy: buddy.
  void become_map(NodeId at) {
    Node& node = tree_.nodes[at];
    const Node was = node;
    node = Node{};
    node.kind = Node::Kind::map;
    node.place = was.place;
    if (was.kind != Node::Kind::scalar) return;
    tree_.nodes.push_back(was);
    tree_.nodes[at].entries.push_back({"name", was.place, static_cast<NodeId>(tree_.nodes.size() - 1)});
  }

  NodeId add(NodeId at, std::string_view key) {
    Node node;
    node.place = place_;
    tree_.nodes.push_back(std::move(node));
    const auto id = static_cast<NodeId>(tree_.nodes.size() - 1);
    tree_.nodes[at].entries.push_back({std::string(key), place_, id});
    return id;
  }

  std::optional<NodeId> item(NodeId at, const PathStep& step) {
    const std::size_t count = tree_[at].items.size();
    std::size_t index = 0;
    if (step.index) {
      if (*step.index >= count) {
        fail(fmt::format("there is no item [{}]; the list has {}, counted from 0", *step.index, count));
        return std::nullopt;
      }
      index = static_cast<std::size_t>(*step.index);
    } else {
      const auto found = find_named(at, step.name);
      if (!found) return std::nullopt;
      index = *found;
    }
    const NodeId child = copy(tree_[at].items[index]);
    tree_.nodes[at].items[index] = child;
    return child;
  }

  std::optional<std::size_t> find_named(NodeId at, std::string_view name) {
    std::vector<std::string_view> known;
    const std::vector<NodeId>& items = tree_[at].items;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Entry* entry = tree_.find(tree_[items[i]], "name");
      if (entry == nullptr) continue;
      known.push_back(tree_[entry->value].text);
      if (known.back() == name) return i;
    }
    fail(fmt::format("no item of the list is named {}", in_quotes(name)), suggestion(name, known));
    return std::nullopt;
  }

  Tree& tree_;
  Place place_;
  Faults& faults_;
};

}  // namespace

void apply_overrides(Tree& tree, std::span<const Override> overrides, Faults& faults, std::uint32_t first) {
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    const Place place = Place::of_override(first + static_cast<std::uint32_t>(i));
    const auto steps = split(overrides[i].path);
    if (!steps) {
      faults.add(place, "the path is malformed", "write keys joined by dots, and items as [0] or by name");
      continue;
    }
    // A policy given as a whole forgets the options of the one before.
    if (overrides[i].path == "policy") {
      Node& root = tree.nodes[tree.root];
      std::erase_if(root.entries, [](const Entry& entry) { return entry.key == "policy"; });
    }
    Applier(tree, place, faults).run(*steps, overrides[i].value);
  }
}

}  // namespace memsim::loader
