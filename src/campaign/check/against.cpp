#include "campaign/check/against.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include <memsim/host/descriptor.hpp>
#include <memsim/view/record_reader.hpp>

namespace memsim {
namespace {

std::size_t index_of(Layer layer) { return static_cast<std::size_t>(layer); }

Unexpected<HostError> file_failure(int error) {
  return host_failure(ExitCode::host_failed, fmt::format("a temporary file failed: {}", host::reason_of(error)));
}

// What is wrong with the records of the other program, said of the program: their file is about to go.
Unexpected<HostError> records_failure(const OtherProgram& other, const HostError& error) {
  const Diagnostic& fault = error.front();
  Diagnostic out;
  out.code = ExitCode::host_failed;
  out.message = fmt::format("{}: its records cannot be compared with those of this memsim: {}",
                            escaped_for_terminal(other.name()), fault.message);
  if (fault.where.line > 0) out.message += fmt::format(" (record {})", fault.where.line - 1);
  out.help =
      "baselines outlive a change of the records' format: let the other program write them (check --update), and this "
      "one check them";
  return Unexpected(HostError{std::move(out)});
}

// Puts the first difference of each layer where it really is: difference_of() knows it by cells of short hashes.
void place_exactly(RunDifference& difference, FirstDifferences& firsts) {
  for (LayerDifference& layer : difference.layers) {
    if (const auto first = firsts.of(layer.layer)) layer.first = {*first, 1};
  }
}

}  // namespace

HostResult<EntryLists> EntryLists::create(const host::TemporaryFolder& folder) {
  EntryLists lists;
  for (const Layer layer : kLayers) {
    const std::string path = fmt::format("{}/{}", folder.path(), name_of(layer));
    lists.files_[index_of(layer)].reset(std::fopen(path.c_str(), "w+be"));
    if (!lists.files_[index_of(layer)]) return file_failure(errno);
  }
  return lists;
}

void EntryLists::add(Layer layer, std::uint64_t hash) {
  if (error_ != 0) return;
  if (std::fwrite(&hash, sizeof hash, 1, files_[index_of(layer)].get()) != 1) error_ = errno;
}

void EntryLists::rewind() {
  for (const auto& file : files_) {
    if (std::fseek(file.get(), 0, SEEK_SET) != 0 && error_ == 0) error_ = errno;
  }
}

std::optional<std::uint64_t> EntryLists::next(Layer layer) {
  std::FILE* const file = files_[index_of(layer)].get();
  std::uint64_t hash = 0;
  if (std::fread(&hash, sizeof hash, 1, file) == 1) return hash;
  if (std::ferror(file) != 0 && error_ == 0) error_ = errno;
  return std::nullopt;
}

HostResult<void> EntryLists::finish() const {
  if (error_ != 0) return file_failure(error_);
  return {};
}

void FirstDifferences::add(Layer layer, std::uint64_t hash) {
  std::optional<std::uint64_t>& first = first_[index_of(layer)];
  if (first) return;
  const std::uint64_t index = counts_[index_of(layer)]++;
  if (before_.next(layer) != hash) first = index;
}

std::optional<std::uint64_t> FirstDifferences::of(Layer layer) {
  std::optional<std::uint64_t>& first = first_[index_of(layer)];
  if (!first && before_.next(layer)) first = counts_[index_of(layer)];
  return first;
}

HostResult<std::optional<RunDifference>> difference_from(const OtherProgram& other, const Scenario& scenario,
                                                         const Baseline& now, std::span<const Measure> measures,
                                                         const RunCost& cost) {
  const HostResult<host::TemporaryFolder> folder = host::TemporaryFolder::create();
  if (!folder) return Unexpected(folder.error());
  HostResult<EntryLists> lists = EntryLists::create(*folder);
  if (!lists) return Unexpected(std::move(lists).error());
  const HostResult<std::string> records = other.record_run(scenario.path, cost, *folder);
  if (!records) return Unexpected(records.error());

  LayerView view_before(kBaselineWindows, [&](Layer layer, std::uint64_t hash) { lists->add(layer, hash); });
  RecordSink* sinks_before[] = {&view_before};
  const HostResult<ScenarioRun> run_before = replay_run(*records, sinks_before);
  if (!run_before) return records_failure(other, run_before.error());
  const Baseline before = baseline_of(scenario, *run_before, view_before, other.version());
  std::optional<RunDifference> difference = difference_of(before, now, measures);
  if (!difference || difference->layers.empty()) return difference;

  lists->rewind();
  FirstDifferences firsts(*lists);
  LayerView comparing({}, [&](Layer layer, std::uint64_t hash) { firsts.add(layer, hash); });
  RecordSink* comparing_sinks[] = {&comparing};
  const HostResult<ScenarioRun> compared = run_scenario(scenario, comparing_sinks);
  if (!compared) return Unexpected(compared.error());
  place_exactly(*difference, firsts);
  if (const HostResult<void> finished = lists->finish(); !finished) return Unexpected(finished.error());

  LayerView around_before(difference->windows(), {}, kWholeEntryTextMax);
  RecordSink* sinks_around[] = {&around_before};
  const HostResult<ScenarioRun> again = replay_run(*records, sinks_around);
  if (!again) return records_failure(other, again.error());
  difference->show_neighbours_before(around_before);
  return difference;
}

}  // namespace memsim
