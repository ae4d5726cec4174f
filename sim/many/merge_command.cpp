// `memsim merge`: the databases of several shards as one.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include <memsim/campaign/store/result_store.hpp>
#include <memsim/host/files.hpp>

#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/many/commands.hpp"

namespace memsim {
namespace {

constexpr std::size_t kMissingShown = 5;

constexpr const char* kMergeExamples =
    "  memsim merge part*.db -o all.db && memsim sweep my.yaml --seeds 1000 --db all.db\n";

struct MergeArguments {
  std::vector<std::string> files;
  std::string out;
  bool force = false;
};

HostResult<void> check_output(const MergeArguments& arguments) {
  if (arguments.out.empty()) return host_failure(ExitCode::bad_input, "give the file to write: -o all.db");
  const auto identity = host::identity_of(arguments.out);
  for (const std::string& file : arguments.files) {
    if (identity && identity == host::identity_of(file)) {
      return host_failure(ExitCode::bad_input,
                          fmt::format("{} is to be read and to be written", escaped_for_terminal(file)));
    }
  }
  if (!host::is_there(arguments.out)) return {};
  const HostResult<host::Descriptor> file = host::open_regular_file(arguments.out);
  if (!file) return Unexpected(file.error());
  if (arguments.force) return {};
  return host_failure(ExitCode::bad_input, fmt::format("{} exists", escaped_for_terminal(arguments.out)),
                      "--force replaces it");
}

// Removes a file that has not become what it was to be.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) { remove(); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() { remove(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] HostResult<void> finish(const std::string& as) {
    std::error_code error;
    std::filesystem::rename(path_, as, error);
    if (!error) return {};
    return host_failure(ExitCode::host_failed,
                        fmt::format("cannot write {}: {}", escaped_for_terminal(as), error.message()));
  }

 private:
  void remove() {
    std::error_code ignored;
    for (const char* tail : {"", "-journal"}) std::filesystem::remove(path_ + tail, ignored);
  }
  std::string path_;
};

struct Merged {
  std::uint64_t runs = 0;
  std::uint64_t twice = 0;
  ResultStore::Missing missing;
};

HostResult<Merged> merge_into(const std::string& out, const std::vector<std::string>& files) {
  std::optional<ResultStore> all;
  Merged merged;
  for (const std::string& file : files) {
    HostResult<ResultStore> shard = ResultStore::open_to_read(file);
    if (!shard) return Unexpected(std::move(shard).error());
    if (!all) {
      HostResult<ResultStore> made = ResultStore::open(out, shard->identity());
      if (!made) return Unexpected(std::move(made).error());
      all.emplace(std::move(*made));
      const HostResult<void> postponed = all->postpone_sync();
      if (!postponed) return Unexpected(postponed.error());
    }
    const HostResult<ResultStore::Taken> taken = all->take_in(*shard);
    if (!taken) return Unexpected(taken.error());
    merged.runs += taken->runs - taken->known;
    merged.twice += taken->known;
  }
  const HostResult<void> synced = all->sync();
  if (!synced) return Unexpected(synced.error());
  HostResult<ResultStore::Missing> missing = all->missing(kMissingShown);
  if (!missing) return Unexpected(std::move(missing).error());
  merged.missing = std::move(*missing);
  return merged;
}

std::string text_of(const Merged& merged, const std::string& out) {
  std::string text = fmt::format("{}: {} of {} runs", escaped_for_terminal(out),
                                 merged.missing.asked - merged.missing.runs, merged.missing.asked);
  if (merged.twice > 0) text += fmt::format(", {} of them in several files, and alike", merged.twice);
  text += '\n';
  for (const auto& run : merged.missing.first) {
    const std::string name = run.variation.empty() ? "" : ", " + escaped_for_terminal(run.variation);
    text += fmt::format(" missing: seed {}{}\n", run.seed, name);
  }
  const std::uint64_t more = merged.missing.runs - merged.missing.first.size();
  if (more > 0) text += fmt::format(" and {} more\n", more);
  return text;
}

ExitCode execute_merge(const MergeArguments& arguments) {
  const HostResult<void> usage = check_output(arguments);
  if (!usage) return report(usage.error());
  Unfinished unfinished(arguments.out + ".partial");
  const HostResult<Merged> merged = merge_into(unfinished.path(), without_duplicates(arguments.files));
  if (!merged) return report(merged.error());
  const HostResult<void> finished = unfinished.finish(arguments.out);
  if (!finished) return report(finished.error());
  const HostResult<void> printed = print(text_of(*merged, arguments.out));
  if (!printed) return report(printed.error());
  return merged->missing.runs == 0 ? ExitCode::ok : ExitCode::expectation_failed;
}

}  // namespace

void add_merge(Command& program) {
  Command& sub = program.add_command(
      "merge", "Put the databases of the shards of a sweep together; exits with 1 where runs are missing.",
      kMergeExamples);
  const auto arguments = std::make_shared<MergeArguments>();
  sub.add_arguments("FILE", arguments->files, kFileType, "Databases that memsim sweep --shard made");
  sub.add_value("-o,--output", arguments->out, kFileType, "The database to write");
  sub.add_flag("-f,--force", arguments->force, "Replace it where it exists");
  sub.set_action([arguments] { return execute_merge(*arguments); });
}

}  // namespace memsim
