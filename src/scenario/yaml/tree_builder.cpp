#include "scenario/yaml/tree_builder.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/utf8.hpp>

namespace memsim::loader {
namespace {

constexpr NodeId kNoNode = ~NodeId{0};
// A small file may follow a few aliases to a large value before the factor counts.
constexpr std::uint64_t kNodesBeforeFactor = 1000;

}  // namespace

void TreeBuilder::stop(std::size_t offset, std::string message, std::string help, ExitCode code) {
  faults_.add(Place::at(offset), std::move(message), std::move(help), code);
  throw StopParsing{};
}

void TreeBuilder::null(std::size_t offset, std::size_t anchor) {
  refuse_key(offset, "an empty key");
  // The parser notices a missing value only at the next token; people look for it behind the key.
  const bool has_key = !open_.empty() && open_.back().expects_value;
  const NodeId id = add(Node::Kind::null, offset, anchor);
  if (has_key) tree_.nodes[id].place = tree_[open_.back().node].entries.back().key_place;
  attach(id);
}

void TreeBuilder::scalar(std::size_t offset, std::size_t anchor, bool is_quoted, const std::string& text) {
  check_text(offset, text);
  if (take_key(offset, is_quoted, text)) return;
  const NodeId id = add(Node::Kind::scalar, offset, anchor);
  tree_.nodes[id].is_quoted = is_quoted;
  tree_.nodes[id].text = text;
  attach(id);
}

void TreeBuilder::alias(std::size_t offset, std::size_t anchor) {
  refuse_key(offset, "an alias as a key");
  const NodeId target = anchor < anchored_.size() ? anchored_[anchor] : kNoNode;
  if (target == kNoNode) stop(offset, "an alias to a key or to nothing; anchors belong on values");
  const bool is_open = std::any_of(open_.begin(), open_.end(), [&](const Open& open) { return open.node == target; });
  if (is_open) stop(offset, "the alias refers to itself: it stands inside the value that it names");
  expanded_ += tree_[target].expanded_nodes;
  const std::uint64_t by_factor = caps_.expanded_factor * (tree_.nodes.size() + kNodesBeforeFactor);
  if (expanded_ > caps_.expanded_nodes) {
    stop(offset, fmt::format("aliases make more than {} values of this file", caps_.expanded_nodes),
         "raise the cap with --cap expanded_nodes=N", ExitCode::cap_reached);
  }
  if (expanded_ > by_factor) {
    stop(offset, fmt::format("aliases make more than {} times the file's own values", caps_.expanded_factor),
         "raise the cap with --cap expanded_factor=N", ExitCode::cap_reached);
  }
  attach(target);
}

void TreeBuilder::begin(Node::Kind kind, std::size_t offset, std::size_t anchor) {
  refuse_key(offset, kind == Node::Kind::map ? "a map as a key, or a '{' that is never closed"
                                             : "a list as a key, or a '[' that is never closed");
  if (open_.size() >= caps_.depth) {
    stop(offset, fmt::format("lists and maps nest deeper than {} levels", caps_.depth),
         "raise the cap with --cap depth=N", ExitCode::cap_reached);
  }
  const NodeId id = add(kind, offset, anchor);
  open_.push_back({id});
}

void TreeBuilder::end() {
  const NodeId id = open_.back().node;
  if (open_.back().has_merge_key) {
    std::erase_if(tree_.nodes[id].entries, [](const Entry& entry) { return entry.key == "<<"; });
  }
  open_.pop_back();
  if (tree_[id].kind == Node::Kind::map) check_duplicates(tree_[id]);
  attach(id);
}

NodeId TreeBuilder::add(Node::Kind kind, std::size_t offset, std::size_t anchor) {
  if (tree_.nodes.size() >= caps_.nodes) {
    stop(offset, fmt::format("the file holds more than {} values", caps_.nodes), "raise the cap with --cap nodes=N",
         ExitCode::cap_reached);
  }
  ++expanded_;
  const auto id = static_cast<NodeId>(tree_.nodes.size());
  Node node;
  node.kind = kind;
  node.place = Place::at(offset);
  tree_.nodes.push_back(std::move(node));
  if (anchor > caps_.anchors) {
    stop(offset, fmt::format("the file holds more than {} anchors", caps_.anchors),
         "raise the cap with --cap anchors=N", ExitCode::cap_reached);
  }
  if (anchor > 0) {
    if (anchored_.size() <= anchor) anchored_.resize(anchor + 1, kNoNode);
    anchored_[anchor] = id;
  }
  return id;
}

// Puts a finished value where it belongs: into the innermost open list or map, or at the root.
void TreeBuilder::attach(NodeId id) {
  if (open_.empty()) {
    tree_.root = id;
    is_finished_ = true;
    return;
  }
  Open& open = open_.back();
  Node& parent = tree_.nodes[open.node];
  parent.expanded_nodes += tree_[id].expanded_nodes;
  if (parent.kind == Node::Kind::sequence) {
    parent.items.push_back(id);
  } else {
    parent.entries.back().value = id;
    open.expects_value = false;
  }
}

// Whether the scalar was a key.
bool TreeBuilder::take_key(std::size_t offset, bool is_quoted, const std::string& text) {
  if (open_.empty() || open_.back().expects_value) return false;
  Node& parent = tree_.nodes[open_.back().node];
  if (parent.kind != Node::Kind::map) return false;
  if (!is_quoted && text == "<<") {
    faults_.add(Place::at(offset), "merge keys are not supported", "write the merged keys out");
    open_.back().has_merge_key = true;
  }
  if (text.empty()) stop(offset, "an empty key");
  parent.entries.push_back({text, Place::at(offset), 0});
  open_.back().expects_value = true;
  return true;
}

void TreeBuilder::refuse_key(std::size_t offset, std::string_view what) {
  if (open_.empty() || open_.back().expects_value) return;
  if (tree_[open_.back().node].kind != Node::Kind::map) return;
  stop(offset, fmt::format("{}; a key is a name", what));
}

void TreeBuilder::check_text(std::size_t offset, const std::string& text) {
  if (text.size() > caps_.scalar_bytes) {
    stop(offset, fmt::format("one value has more than {} bytes", caps_.scalar_bytes),
         "raise the cap with --cap scalar_bytes=N", ExitCode::cap_reached);
  }
  for (std::string_view rest = text; !rest.empty();) {
    const Utf8Step step = next_utf8(rest);
    rest.remove_prefix(step.length);
    if (step.valid && (step.character == U'\n' || step.character == U'\t' || !is_unprintable(step.character))) continue;
    stop(offset,
         fmt::format("the value holds the invisible or control character U+{:04X}",
                     static_cast<std::uint32_t>(step.character)),
         "remove it");
  }
}

void TreeBuilder::check_duplicates(const Node& map) {
  std::vector<const Entry*> sorted;
  sorted.reserve(map.entries.size());
  for (const Entry& entry : map.entries) sorted.push_back(&entry);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) { return a->key < b->key; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i - 1]->key != sorted[i]->key) continue;
    faults_.add(sorted[i]->key_place,
                fmt::format("key {} is given twice; first on {}", in_quotes(sorted[i]->key),
                            faults_.describe(sorted[i - 1]->key_place)),
                "keep one of the two");
  }
}

}  // namespace memsim::loader
