// calls.csv: each message and kernel call.
#include "view/files/run_file.hpp"
#include "view/measure/calls_table.hpp"

namespace memsim {
namespace {

class Calls {
 public:
  auto followers() { return std::tie(calls_); }
  void drain(std::string& out) {
    if (!has_header_) append_csv_header(out, calls_.table());
    has_header_ = true;
    append_csv_rows(out, calls_.table());
    calls_.table().clear_rows();
  }

 private:
  CallsTable calls_;
  bool has_header_ = false;
};

}  // namespace

HostResult<std::unique_ptr<RunFile>> make_calls_file(host::OutputDirectory& directory, std::string_view file_name) {
  return make_text_file<Calls>(directory, file_name);
}

}  // namespace memsim
