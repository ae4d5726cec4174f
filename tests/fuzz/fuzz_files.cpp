#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include <fmt/format.h>

#include <memsim/base/check.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/campaign/baseline.hpp>
#include <memsim/view/record_reader.hpp>

#include "fuzz/targets.hpp"
#include "scenario/program/csv.hpp"

namespace memsim::fuzz {
namespace {

void check_complete(const HostError& error) {
  MEMSIM_CHECK(!error.empty());
  for (const Diagnostic& diagnostic : error) MEMSIM_CHECK(!diagnostic.message.empty());
  MEMSIM_CHECK(!render(error, Colour::off).empty());
}

void fuzz_baseline(std::string_view text) {
  const auto baseline = parse_baseline(text, "fuzz.baseline");
  if (!baseline) return check_complete(baseline.error());
  MEMSIM_CHECK(render_baseline(*baseline) == text);
}

void fuzz_csv(std::string_view text) {
  static const std::vector<Override> kNoOverrides;
  const loader::SourceText source("fuzz.csv", text);
  loader::Faults faults(source, kNoOverrides);
  const auto values = loader::csv_values(source, "size", parse_signed, faults);
  MEMSIM_CHECK(values.has_value() == faults.empty());
  if (values) {
    MEMSIM_CHECK(!values->empty() && values->size() <= text.size());
  } else {
    check_complete(faults.take());
  }
}

// The reader of records takes a path: a file that lives in memory has one.
void fuzz_records(std::string_view text) {
  static const int file = ::memfd_create("records", 0);
  MEMSIM_CHECK(file >= 0 && ::ftruncate(file, 0) == 0 && ::lseek(file, 0, SEEK_SET) == 0);
  MEMSIM_CHECK(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  RecordStream stream;
  const auto read = replay_records(fmt::format("/proc/self/fd/{}", file), stream);
  if (!read) check_complete(read.error());
}

}  // namespace

void fuzz_files(std::string_view text) {
  if (text.empty()) return;
  const std::string_view rest = text.substr(1);
  if (text.front() == 'b') fuzz_baseline(rest);
  if (text.front() == 'c') fuzz_csv(rest);
  if (text.front() == 'r') fuzz_records(rest);
}

}  // namespace memsim::fuzz
