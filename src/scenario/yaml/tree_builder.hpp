// Builds the tree from the events of a YAML parser, and stops at caps. Knows no YAML library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/scenario/source_text.hpp>
#include "scenario/yaml/faults.hpp"
#include "scenario/yaml/tree.hpp"

namespace memsim::loader {

// The only way to leave a parser's event loop early. Caught where the parser is called.
struct StopParsing {};

class TreeBuilder {
 public:
  TreeBuilder(const LoadCaps& caps, Faults& faults) : caps_(caps), faults_(faults) {}

  // `anchor` is 0 or a number that grows with each anchor. All may throw StopParsing after adding a fault.
  void null(std::size_t offset, std::size_t anchor);
  void scalar(std::size_t offset, std::size_t anchor, bool is_quoted, const std::string& text);
  void alias(std::size_t offset, std::size_t anchor);
  void begin(Node::Kind kind, std::size_t offset, std::size_t anchor);
  void end();

  [[nodiscard]] bool is_finished() const { return is_finished_; }
  // Requires: is_finished().
  [[nodiscard]] Tree take() { return std::move(tree_); }

 private:
  struct Open {
    NodeId node;
    bool expects_value = false;  // a map's key has been read, its value not yet
    bool has_merge_key = false;  // reported, and to be left out
  };

  [[noreturn]] void stop(std::size_t offset, std::string message, std::string help = {},
                         ExitCode code = ExitCode::bad_input);
  bool take_key(std::size_t offset, bool is_quoted, const std::string& text);
  void refuse_key(std::size_t offset, std::string_view what);
  NodeId add(Node::Kind kind, std::size_t offset, std::size_t anchor);
  void attach(NodeId id);
  void check_text(std::size_t offset, const std::string& text);
  void check_duplicates(const Node& map);

  const LoadCaps& caps_;
  Faults& faults_;
  Tree tree_;
  std::vector<Open> open_;
  std::vector<NodeId> anchored_;  // by anchor number
  std::uint64_t expanded_ = 0;    // values so far, aliases followed
  bool is_finished_ = false;
};

}  // namespace memsim::loader
