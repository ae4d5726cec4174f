// A scenario's values as one tree, as the file wrote them: nothing is typed yet. Plain values that can be copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/scenario/source_text.hpp>

namespace memsim::loader {

using NodeId = std::uint32_t;

struct Entry {
  std::string key;
  Place key_place;
  NodeId value = 0;
};

struct Node {
  enum class Kind : std::uint8_t {
    null,      // nothing, ~ or null
    scalar,    // text
    sequence,  // items
    map,       // entries, in the order of the file, no key twice
  };
  Kind kind = Kind::null;
  bool is_quoted = false;  // a scalar in quotes, or a block scalar
  Place place;
  std::string text;
  std::vector<NodeId> items;
  std::vector<Entry> entries;
  std::uint64_t expanded_nodes = 1;  // itself and all below it, aliases followed
};

// An alias makes two parents share a node; there are no cycles.
struct Tree {
  std::vector<Node> nodes;
  NodeId root = 0;

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes[id]; }
  // The value of a key, or nullptr.
  [[nodiscard]] const Entry* find(const Node& map, std::string_view key) const {
    for (const Entry& entry : map.entries) {
      if (entry.key == key) return &entry;
    }
    return nullptr;
  }
};

// "a list", "a map", "nothing", "text": for messages.
[[nodiscard]] constexpr std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return "a single value";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return "";
}

}  // namespace memsim::loader
