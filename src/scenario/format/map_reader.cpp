#include "scenario/format/map_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

namespace memsim::loader {
namespace {

constexpr std::size_t kNameLength = 64;
constexpr std::size_t kPathLength = 255;

bool is_name_character(char c) {
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_' || c == '.' || c == '-';
}

std::vector<std::string_view> key_names(const Group& group) {
  std::vector<std::string_view> names;
  for (const Key& key : group.keys) names.push_back(key.name);
  return names;
}

std::string range_of(const Key& key) {
  switch (key.kind) {
    case Key::Kind::size: {
      if (key.maximum == std::numeric_limits<std::uint64_t>::max()) return fmt::format("at least {} B", key.minimum);
      return fmt::format("{} to {}", format_size_exact(Bytes(key.minimum)), format_size_exact(Bytes(key.maximum)));
    }
    case Key::Kind::permissions:
      return fmt::format("0o{:o} to 0o{:o}", key.minimum, key.maximum);
    case Key::Kind::duration: {
      const std::uint64_t longest = std::min(key.maximum, kLongestTime.count());
      return fmt::format("{} to {} ns", key.minimum, longest);
    }
    default: {
      if (key.minimum == key.maximum) return fmt::format("{}", key.minimum);
      return fmt::format("{} to {}", key.minimum, key.maximum);
    }
  }
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameLength && std::all_of(text.begin(), text.end(), is_name_character);
}

bool is_path(std::string_view text) {
  if (text.size() > kPathLength) return false;
  for (;;) {
    const std::size_t slash = text.find('/');
    if (!is_name(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

const std::string* scalar_text(Loading& loading, const Node& node, std::string_view expected) {
  if (node.kind == Node::Kind::scalar) return &node.text;
  loading.faults.add(node.place, fmt::format("expected {}, not {}", expected, kind_name(node.kind)));
  return nullptr;
}

MapReader::MapReader(Loading& loading, const Node& node, const Group& group)
    : loading_(loading), node_(node), group_(group) {
  if (node.kind != Node::Kind::map) {
    loading.faults.add(node.place,
                       fmt::format("{} is a map of keys and values, not {}", group.what, kind_name(node.kind)));
    return;
  }
  for (const Entry& entry : node.entries) {
    const auto known =
        std::find_if(group.keys.begin(), group.keys.end(), [&](const Key& key) { return key.name == entry.key; });
    if (known != group.keys.end()) continue;
    loading.faults.add(entry.key_place, fmt::format("{} has no key {}", group.what, in_quotes(entry.key)),
                       [&] { return suggestion(entry.key, key_names(group)); });
  }
  for (const Key& key : group.keys) {
    if (!key.required || find(key.name) != nullptr) continue;
    loading.faults.add(node.place, fmt::format("{} needs the key '{}'", group.what, key.name), std::string(key.doc));
  }
}

const Node* MapReader::find(std::string_view key) const {
  const Entry* entry = loading_.tree.find(node_, key);
  return entry == nullptr ? nullptr : &loading_.tree[entry->value];
}

Place MapReader::place(std::string_view key) const {
  const Node* node = find(key);
  return node == nullptr ? node_.place : node->place;
}

const Key& MapReader::spec(std::string_view key) const {
  const auto found =
      std::find_if(group_.keys.begin(), group_.keys.end(), [&](const Key& known) { return known.name == key; });
  MEMSIM_CHECK_THAT(found != group_.keys.end(), "a key of the group");
  return *found;
}

void MapReader::fault(std::string_view key, std::string message, std::string help) {
  loading_.faults.add(place(key), fmt::format("{}: {}", key, message), std::move(help));
}

const std::string* MapReader::typed_text(std::string_view key, std::string_view expected) {
  const Node* node = find(key);
  if (node == nullptr) return nullptr;
  if (node->kind != Node::Kind::scalar) {
    fault(key, fmt::format("expected {}, not {}", expected, kind_name(node->kind)));
    return nullptr;
  }
  if (node->is_quoted) {
    fault(key, fmt::format("expected {}, not text in quotes", expected), "remove the quotes");
    return nullptr;
  }
  return &node->text;
}

std::optional<std::uint64_t> MapReader::in_range(std::string_view key, std::uint64_t value, const std::string& text) {
  const Key& known = spec(key);
  const std::uint64_t longest = known.kind == Key::Kind::duration ? kLongestTime.count() : known.maximum;
  if (known.minimum <= value && value <= std::min(known.maximum, longest)) return value;
  fault(key, fmt::format("{} is out of range; expected {}", in_quotes(text), range_of(known)));
  return std::nullopt;
}

bool MapReader::boolean(std::string_view key, bool fallback) {
  const std::string* text = typed_text(key, "true or false");
  if (text == nullptr) return fallback;
  if (*text == "true") return true;
  if (*text != "false")
    fault(key, fmt::format("expected true or false, not {}", in_quotes(*text)), "write true or false");
  return *text == "false" ? false : fallback;
}

std::uint64_t MapReader::integer(std::string_view key, std::uint64_t fallback) {
  const std::string* text = typed_text(key, "a number");
  if (text == nullptr) return fallback;
  const auto value = parse_unsigned(*text);
  if (value) return in_range(key, *value, *text).value_or(fallback);
  fault(key, value.error());
  return fallback;
}

std::uint16_t MapReader::permissions(std::string_view key, std::uint16_t fallback) {
  const std::string* text = typed_text(key, "permissions such as 0o022");
  if (text == nullptr) return fallback;
  const auto value = parse_permissions(*text);
  if (value) return static_cast<std::uint16_t>(in_range(key, *value, *text).value_or(fallback));
  fault(key, value.error());
  return fallback;
}

std::int32_t MapReader::signed_integer(std::string_view key, std::int32_t fallback) {
  const std::string* text = typed_text(key, "a number");
  if (text == nullptr) return fallback;
  const auto value = parse_signed(*text);
  using Limits = std::numeric_limits<std::int32_t>;
  if (value && Limits::min() <= *value && *value <= Limits::max()) return static_cast<std::int32_t>(*value);
  fault(key, value ? fmt::format("{} does not fit into 32 bits", in_quotes(*text)) : value.error());
  return fallback;
}

Bytes MapReader::size(std::string_view key, Bytes fallback) {
  const std::string* text = typed_text(key, "a size such as 64KiB");
  if (text == nullptr) return fallback;
  const auto value = parse_size(*text, loading_.page_size);
  if (value) return Bytes(in_range(key, value->count(), *text).value_or(fallback.count()));
  fault(key, value.error());
  return fallback;
}

SimDuration MapReader::duration(std::string_view key, SimDuration fallback) {
  const std::string* text = typed_text(key, "a time such as 10ms");
  if (text == nullptr) return fallback;
  const auto value = parse_duration(*text);
  if (value) return SimDuration(in_range(key, value->count(), *text).value_or(fallback.count()));
  fault(key, value.error());
  return fallback;
}

PhysAddr MapReader::address(std::string_view key, PhysAddr fallback) {
  const std::string* text = typed_text(key, "an address such as 0x100000");
  if (text == nullptr) return fallback;
  if (const auto value = parse_unsigned(*text)) {
    return PhysAddr(in_range(key, *value, *text).value_or(fallback.value()));
  }
  const auto distance = parse_size(*text, loading_.page_size);
  if (distance) return PhysAddr(in_range(key, distance->count(), *text).value_or(fallback.value()));
  const bool is_number = text->starts_with("0x") && text->find_first_not_of("0123456789abcdefABCDEF", 2) == text->npos;
  fault(key, is_number ? parse_unsigned(*text).error() : distance.error());
  return fallback;
}

std::string MapReader::text(std::string_view key, std::string_view fallback) {
  const Node* node = find(key);
  if (node == nullptr) return std::string(fallback);
  if (node->kind != Node::Kind::scalar) {
    fault(key, fmt::format("expected text, not {}", kind_name(node->kind)));
    return std::string(fallback);
  }
  const Key::Kind kind = spec(key).kind;
  if (kind == Key::Kind::name && !is_name(node->text)) {
    fault(key, fmt::format("{} is no name", in_quotes(node->text)), "a name has 1 to 64 of A-Z a-z 0-9 _ . -");
    return std::string(fallback);
  }
  if (kind == Key::Kind::path && !is_path(node->text)) {
    fault(key, fmt::format("{} is no path", in_quotes(node->text)),
          "a path is names of A-Z a-z 0-9 _ . - joined by '/'");
    return std::string(fallback);
  }
  if (kind != Key::Kind::paragraph && node->text.find_first_of("\n\t") != std::string::npos) {
    fault(key, "expected one line of text");
    return std::string(fallback);
  }
  return node->text;
}

std::size_t MapReader::choice(std::string_view key, std::size_t fallback) {
  const std::string* text = typed_text(key, "a name");
  if (text == nullptr) return fallback;
  const auto choices = spec(key).choices;
  const auto found = std::find(choices.begin(), choices.end(), *text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  // Few words: all of them, for the nearest to "max" is "mean".
  fault(key, fmt::format("{} is not known", in_quotes(*text)), fmt::format("known: {}", fmt::join(choices, ", ")));
  return fallback;
}

Errno MapReader::errno_value(std::string_view key, Errno fallback) {
  const std::string* text = typed_text(key, "the name of an errno such as ENODEV");
  if (text == nullptr) return fallback;
  const auto value = errno_from_name(*text);
  if (value && *value != Errno::eok) return *value;
  fault(key, fmt::format("{} is no errno", in_quotes(*text)), "write a name such as ENODEV or EINVAL");
  return fallback;
}

const std::vector<NodeId>& MapReader::list(std::string_view key) {
  static const std::vector<NodeId> nothing;
  const Node* node = find(key);
  if (node == nullptr) return nothing;
  if (node->kind == Node::Kind::sequence) return node->items;
  fault(key, fmt::format("expected a list, not {}", kind_name(node->kind)));
  return nothing;
}

}  // namespace memsim::loader
