// calls.csv: each message and kernel call.
#include "view/files/run_file.hpp"
#include "view/measure/calls_table.hpp"

namespace memsim {
namespace {

class Calls : public CsvContent {
 public:
  auto followers() { return std::tie(calls_); }
  void drain(std::string& out) { drain_rows(out, calls_.table()); }

 private:
  CallsTable calls_;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_calls_file(const RunFilePlace& place) { return make_text_file<Calls>(place); }

}  // namespace memsim
