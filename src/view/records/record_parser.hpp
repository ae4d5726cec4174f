// RecordParser: reads one line that JsonLine (json_line.hpp) wrote of a record, member by member in the order in which
// they were written.
//
// The first fault is kept; after it every read does nothing and leaves its target as it is, so the caller asks once, at
// the end of the line.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include <memsim/engine/record.hpp>

#include <memsim/view/json_line.hpp>

namespace memsim {

class RecordParser {
 public:
  // Begins with a line, without its newline, which must outlive what is read from it, as must the parser.
  void begin(std::string_view line);
  // The closing brace, and nothing behind it.
  void finish();

  [[nodiscard]] bool has_fault() const { return !fault_.empty(); }
  [[nodiscard]] const std::string& fault() const { return fault_; }  // what was expected
  [[nodiscard]] std::size_t column() const { return at_ + 1; }       // of the fault, in bytes

  // A member under exactly this key.
  template <class T>
  void read(std::string_view key, T& target) {
    read_key(key, {});
    read_value(target);
  }

  // A record's field, as JsonLine::add_field() writes it.
  template <class T>
  void read_field(std::string_view name, T& target) {
    read_key(name, unit_in_key<T>(name));
    read_value(target);
  }
  void read_field(std::string_view name, Errno& target);

 private:
  // Where the arrays and texts of the line live, which keep their room from line to line. A deque: what was handed out
  // stays where it is.
  template <class T>
  struct Shelf {
    std::deque<T> places;
    std::size_t used = 0;
    T& next() {
      if (used == places.size()) places.emplace_back();
      T& place = places[used++];
      place.clear();
      return place;
    }
  };
  template <class T>
  using Arrays = Shelf<std::vector<T>>;

  void fail(std::string fault);
  // Takes `text`, and fails where something else is there.
  void take(std::string_view text);
  [[nodiscard]] bool take_if(std::string_view text);
  // The code unit of an escape whose "\u" was taken.
  [[nodiscard]] std::uint32_t take_code_unit();
  // The character behind a backslash, appended in UTF-8.
  void take_escape(std::string& text);
  void read_key(std::string_view name, std::string_view unit);

  void read_value(bool& target);
  template <std::integral T>
  void read_value(T& target) {
    if (has_fault()) return;
    T value{};
    const auto result = std::from_chars(line_.data() + at_, line_.data() + line_.size(), value);
    if (result.ec != std::errc()) return fail("expected a number that fits the field");
    at_ = static_cast<std::size_t>(result.ptr - line_.data());
    target = value;
  }
  template <class T>
  requires std::is_enum_v<T>
  void read_value(T& target) {
    std::string_view name;
    const std::size_t begin = at_;
    read_value(name);
    if (has_fault()) return;
    if (const std::optional<T> value = value_named<T>(name)) {
      target = *value;
    } else {
      at_ = begin;
      fail("this memsim does not know that word");
    }
  }
  template <class Tag>
  void read_value(Quantity<Tag>& target) {
    target = Quantity<Tag>(read_integer<std::uint64_t>());
  }
  template <class Tag, class Step>
  void read_value(Point<Tag, Step>& target) {
    target = Point<Tag, Step>(read_integer<std::uint64_t>());
  }
  void read_value(SimTime& target) { target = take_if("null") ? never() : SimTime(read_integer<std::uint64_t>()); }
  template <class Tag, class Rep>
  void read_value(Id<Tag, Rep>& target) {
    target = Id<Tag, Rep>(read_integer<Rep>());
  }
  void read_value(std::string_view& target);
  void read_value(Extent& target) { read_object("first", target.first, "frames", target.count); }
  void read_value(Setting& target) { read_object("name", target.name, "value", target.value); }
  void read_value(Provenance& target) { read_value(target.text); }
  void read_value(ThreadRef& target) { read_object("pid", target.pid, "tid", target.tid); }
  void read_value(Segment& target) {
    read_object("offset", target.offset, "paddr", target.paddr, "length", target.length);
  }
  template <class T>
  void read_value(std::span<const T>& target) {
    std::vector<T>& values = std::get<Arrays<T>>(arrays_).next();
    take("[");
    while (!has_fault() && !take_if("]")) {
      if (!values.empty()) take(",");
      read_value(values.emplace_back());
    }
    target = values;
  }

  template <class T>
  [[nodiscard]] T read_integer() {
    T value{};
    read_value(value);
    return value;
  }

  template <class T, class... Rest>
  void read_members(std::string_view key, T& target, Rest&&... rest) {
    read(key, target);
    if constexpr (sizeof...(rest) > 0) read_members(rest...);
  }
  template <class... Members>
  void read_object(Members&&... members) {
    take("{");
    read_members(members...);
    take("}");
  }

  // The value of an enumeration that a record writes as `name`.
  template <class T>
  [[nodiscard]] static std::optional<T> value_named(std::string_view name) {
    if constexpr (std::is_same_v<T, Call>) {
      return call_from_name(name);
    } else {
      constexpr std::underlying_type_t<T> kEnd = 32;  // more than any of them has
      for (std::underlying_type_t<T> i = 0; i < kEnd; ++i) {
        if (value_name(static_cast<T>(i)) == name && name != "?") return static_cast<T>(i);
      }
      return std::nullopt;
    }
  }

  std::string_view line_;
  std::size_t at_ = 0;
  std::string fault_;
  std::tuple<Arrays<Extent>, Arrays<Segment>, Arrays<RegionId>, Arrays<std::uint64_t>, Arrays<ThreadRef>,
             Arrays<Setting>>
      arrays_;
  Shelf<std::string> texts_;
};

}  // namespace memsim
