// JsonLine: one JSON object on one line, written by hand because a run has millions of them.
//
// Output is plain ASCII: whatever is not a printable ASCII character is written as \uXXXX, so a line is safe on a
// terminal. A field's key is its name in the record, with the unit of its type behind it: a Bytes `offset` is
// "offset_bytes".
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <memsim/engine/record.hpp>

namespace memsim {

// The suffix that a field of the type takes, without the underscore.
template <class T>
[[nodiscard]] constexpr std::string_view unit_of() {
  if constexpr (std::is_same_v<T, SimTime> || std::is_same_v<T, SimDuration>) return "ns";
  if constexpr (std::is_same_v<T, Bytes>) return "bytes";
  if constexpr (std::is_same_v<T, FrameCount>) return "frames";
  return {};
}

// What a record's field of the type, called `name`, has for a unit in its key: "bytes"; empty where its name says it.
template <class T>
[[nodiscard]] constexpr std::string_view unit_in_key(std::string_view name) {
  return name.ends_with(unit_of<T>()) ? std::string_view() : unit_of<T>();
}

template <std::integral T>
void append_integer(std::string& out, T value) {
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, result.ptr);
}

// `text` between quotes, escaped. Bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// A JSON document, written so that no text in it speaks to a CI system ("##vso[...]": see base/host_error.hpp) when it
// is printed. It means the same.
[[nodiscard]] std::string inert_json(std::string document);

// The name of a record's enumeration value, as records of all formats write it.
[[nodiscard]] inline std::string_view value_name(Call value) { return call_name(value); }
template <class T>
[[nodiscard]] std::string_view value_name(T value) {
  return name_of(value);
}

class JsonLine {
 public:
  // Appends to `out`, from the opening brace on.
  explicit JsonLine(std::string& out) : out_(out) { out_ += '{'; }

  // Closes the object and the line. The last call.
  void finish() { out_ += "}\n"; }

  // A field under exactly this key.
  template <class T>
  void add(std::string_view key, const T& value) {
    begin_key(key);
    end_key();
    append(value);
  }

  // A record's field, under its name with its unit. An errno takes two keys: its number and its name.
  template <class T>
  void add_field(std::string_view name, const T& value) {
    if constexpr (std::is_same_v<T, Errno>) {
      add("errno", static_cast<unsigned>(value));
      add("errno_name", errno_name(value));
    } else {
      begin_key(name);
      if (const std::string_view unit = unit_in_key<T>(name); !unit.empty()) (out_ += '_') += unit;
      end_key();
      append(value);
    }
  }

 private:
  void begin_key(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    (out_ += '"') += key;
  }
  void end_key() { out_ += "\":"; }

  void append(bool value) { out_ += value ? "true" : "false"; }
  template <std::integral T>
  void append(T value) {
    append_integer(out_, value);
  }
  template <class T>
  requires std::is_enum_v<T>
  void append(T value) { append_json_string(out_, value_name(value)); }
  template <class Tag>
  void append(Quantity<Tag> value) {
    append_integer(out_, value.count());
  }
  template <class Tag, class Step>
  void append(Point<Tag, Step> value) {
    append_integer(out_, value.value());
  }
  // A moment that never came is null.
  void append(SimTime value) { value == never() ? void(out_ += "null") : append_integer(out_, value.value()); }
  template <class Tag, class Rep>
  void append(Id<Tag, Rep> value) {
    append_integer(out_, value.value());
  }
  void append(std::string_view text) { append_json_string(out_, text); }
  void append(const Extent& extent) { append_object("first", extent.first, "frames", extent.count); }
  void append(const Setting& setting) { append_object("name", setting.name, "value", setting.value); }
  void append(const Provenance& provenance) { append(provenance.text); }
  void append(const ThreadRef& thread) { append_object("pid", thread.pid, "tid", thread.tid); }
  void append(const Segment& segment) {
    append_object("offset", segment.offset, "paddr", segment.paddr, "length", segment.length);
  }
  template <class T>
  void append(std::span<const T> values) {
    out_ += '[';
    for (const T& value : values) {
      if (out_.back() != '[') out_ += ',';
      append(value);
    }
    out_ += ']';
  }

  template <class T, class... Rest>
  void append_members(std::string_view key, const T& value, const Rest&... rest) {
    add(key, value);
    if constexpr (sizeof...(rest) > 0) append_members(rest...);
  }
  template <class... Members>
  void append_object(const Members&... members) {
    out_ += '{';
    append_members(members...);
    out_ += '}';
  }

  std::string& out_;
};

}  // namespace memsim
