// Reads a map whose keys are known (see format.hpp), typed and checked; faults are collected, never thrown.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <memsim/base/distribution.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/fingerprint.hpp>

#include "scenario/format/format.hpp"
#include "scenario/yaml/faults.hpp"
#include "scenario/yaml/tree.hpp"

namespace memsim::loader {

enum class ValueKind : std::uint8_t;  // scenario/program/expression.hpp

struct MentionedDraw {
  Place place;
  Distribution distribution;
  ValueKind kind;
};

// What the scenario speaks of, each with its first place: for warnings, once all has been read.
struct Mentions {
  std::map<std::string, Place, std::less<>> pools;  // constant names that posix_typed_mem_open is given
  std::vector<Place> probes;                        // in their order
  std::vector<Place> processes;                     // likewise
  std::set<std::string, std::less<>> spawned;       // processes that a step spawns by a constant name
  std::vector<MentionedDraw> draws;                 // as they are read
  bool spawns_unknown = false;                      // by a name that is made while it runs
};

// What every part of the loader needs.
struct Loading {
  const Tree& tree;
  Faults& faults;
  const LoadOptions& options;
  const SourceText& source;
  Mentions& mentions;
  PageSize page_size{};
  std::uint32_t first_branch_override = 0;  // the number of the first assignment of LoadOptions::branches
  ByteHasher content{};                     // of the text and of all files that it names, as they are read
  bool stands_for_trace = false;            // the text was made for a trace, and says nothing of processors
  std::vector<bool> told_types{};           // of machine.start.lists: page blocks whose type it tells
  std::vector<std::string> told_limits{};   // likewise: options of its lists per processor that the policy has of it
};

// Whether a text is a name: [A-Za-z0-9_.-]{1,64}.
[[nodiscard]] bool is_name(std::string_view text);
// Whether a text is names joined by '/', at most 255 characters.
[[nodiscard]] bool is_path(std::string_view text);

// The text of a scalar; a fault and nothing for anything else. `expected` ends the message: "expected a size".
[[nodiscard]] const std::string* scalar_text(Loading& loading, const Node& node, std::string_view expected);

class MapReader {
 public:
  // Reports unknown and missing keys at once. A node that is no map is one fault, and reads as an empty map.
  MapReader(Loading& loading, const Node& node, const Group& group);

  // The value of a key, or nullptr where the file does not give it.
  [[nodiscard]] const Node* find(std::string_view key) const;
  // Where a key's value stands; where the map stands when there is none.
  [[nodiscard]] Place place(std::string_view key) const;

  // Each gives the value, or `fallback` where there is none or it is faulty (then the fault has been added).
  // Requires: the group has the key, with a fitting kind.
  [[nodiscard]] bool boolean(std::string_view key, bool fallback);
  [[nodiscard]] std::uint64_t integer(std::string_view key, std::uint64_t fallback);
  [[nodiscard]] std::uint16_t permissions(std::string_view key, std::uint16_t fallback);
  [[nodiscard]] std::int32_t signed_integer(std::string_view key, std::int32_t fallback);
  [[nodiscard]] Bytes size(std::string_view key, Bytes fallback);
  [[nodiscard]] SimDuration duration(std::string_view key, SimDuration fallback);
  [[nodiscard]] PhysAddr address(std::string_view key, PhysAddr fallback);
  // text, paragraph, name and path.
  [[nodiscard]] std::string text(std::string_view key, std::string_view fallback);
  // The index of the choice.
  [[nodiscard]] std::size_t choice(std::string_view key, std::size_t fallback);
  [[nodiscard]] Errno errno_value(std::string_view key, Errno fallback);
  // The items of a list; none where there is no such key or it is no list.
  [[nodiscard]] const std::vector<NodeId>& list(std::string_view key);

 private:
  const Key& spec(std::string_view key) const;
  // The plain text of a typed key's value, or nullptr.
  const std::string* typed_text(std::string_view key, std::string_view expected);
  void fault(std::string_view key, std::string message, std::string help = {});
  std::optional<std::uint64_t> in_range(std::string_view key, std::uint64_t value, const std::string& text);

  Loading& loading_;
  const Node& node_;
  const Group& group_;
};

}  // namespace memsim::loader
