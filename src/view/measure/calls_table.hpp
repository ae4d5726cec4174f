// CallsTable: each message and each kernel call that has returned, as a row of a typed table: docs/output.md,
// calls.csv.
#pragma once

#include <tuple>

#include <memsim/engine/view.hpp>
#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/table.hpp>

namespace memsim {

class CallsTable final : public View<CallsTable> {
 public:
  CallsTable();

  auto followers() { return std::tie(names_); }
  void on(RunPoint at, const MessageReplied& message);
  void on(RunPoint at, const CallCompleted& call);

  // The rows made so far, to be drained with clear_rows().
  [[nodiscard]] Table& table() { return table_; }

 private:
  NameBook names_;
  Table table_;
};

}  // namespace memsim
