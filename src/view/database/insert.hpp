// Insert: a prepared INSERT into a table, bound value by value.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include <memsim/base/units.hpp>

namespace memsim::database {

// A number, or NULL.
struct Known {
  std::int64_t value = 0;
  bool is_known = true;
};

class Insert {
 public:
  // A row has `columns` values.
  Insert(SQLite::Database& database, std::string_view table, int columns)
      : statement_(database, text_of(table, columns)) {}

  // One row.
  template <class... Values>
  void operator()(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    statement_.exec();
    statement_.reset();
    statement_.clearBindings();
  }

 private:
  static std::string text_of(std::string_view table, int columns) {
    std::string text = fmt::format("INSERT INTO {} VALUES(?", table);
    for (int i = 1; i < columns; ++i) text += ",?";
    return text + ")";
  }

  // SQLite's integers are signed: a value of 2^63 or more stands there less 2^64.
  template <std::integral T>
  void bind(int index, T value) {
    statement_.bind(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, std::string_view text) { statement_.bind(index, std::string(text)); }
  void bind(int index, const std::string& text) { statement_.bind(index, text); }
  void bind(int index, const char* text) { statement_.bind(index, text); }
  void bind(int index, Bytes bytes) { bind(index, bytes.count()); }
  void bind(int index, FrameCount frames) { bind(index, frames.count()); }
  void bind(int index, PhysAddr address) { bind(index, address.value()); }
  void bind(int index, Known number) {
    number.is_known ? statement_.bind(index, number.value) : statement_.bind(index);
  }
  // A moment that never came is NULL.
  void bind(int index, SimTime time) {
    if (time == never()) {
      statement_.bind(index);
    } else {
      bind(index, time.value());
    }
  }
  template <class Id>
  requires requires(Id id) {
    { id.value() } -> std::unsigned_integral;
  }
  void bind(int index, Id id) { bind(index, id.value()); }

  SQLite::Statement statement_;
};

}  // namespace memsim::database
