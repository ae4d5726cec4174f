#include <memsim/view/record_reader.hpp>

#include <fmt/format.h>

#include <optional>
#include <utility>

#include <memsim/host/files.hpp>

#include "view/records/record_parser.hpp"
#include "view/records/record_rules.hpp"

namespace memsim {
namespace {

std::optional<RecordKind> kind_named(std::string_view name) {
  for (const RecordKind kind : all_record_kinds()) {
    if (record_name(kind) == name) return kind;
  }
  return std::nullopt;
}

// Reads line by line and publishes.
class Replay {
 public:
  Replay(const std::string& path, RecordStream& stream) : path_(path), stream_(stream) {}

  template <class Next>
  [[nodiscard]] HostResult<void> take_lines(Next&& next) {
    while (const std::optional<std::string_view> line = next()) {
      ++line_;
      if (!read(*line)) return failure(*line);
    }
    ++line_;
    return {};
  }
  [[nodiscard]] HostResult<void> run(host::LineReader& file) {
    const HostResult<void> taken = take_lines([&] { return file.next(); });
    if (!taken) return taken;
    if (file.error() != 0) {
      return host_failure(ExitCode::host_failed, fmt::format("cannot read {}: {}", escaped_for_terminal(path_),
                                                             host::reason_of(file.error())));
    }
    if (file.is_cut()) return failure({}, 1, "this line has no end, or is too long");
    return check_end();
  }
  [[nodiscard]] HostResult<void> check_end() const {
    if (!rules_.has_ended()) return failure({}, 1, "the records end before the run did: expected run_ended");
    return {};
  }

 private:
  [[nodiscard]] bool read(std::string_view line) {
    std::uint64_t sequence = 0;
    SimTime time;
    std::string_view name;
    parser_.begin(line);
    parser_.read("sequence", sequence);
    parser_.read("time_ns", time);
    parser_.read("kind", name);
    if (parser_.has_fault()) return false;
    const std::optional<RecordKind> kind = kind_named(name);
    if (!kind) return fail(fmt::format("this memsim has no record '{}'", escaped_for_terminal(name.substr(0, 40))));
    if (sequence != stream_.count()) return fail("records are numbered from 0 in their order");
    switch (*kind) {
#define MEMSIM_READ_CASE(Type) \
  case Type::kKind:            \
    return read_as<Type>(time);
      MEMSIM_RECORDS(MEMSIM_READ_CASE)
#undef MEMSIM_READ_CASE
    }
    return false;
  }

  template <class Record>
  [[nodiscard]] bool read_as(SimTime time) {
    Record record;
    // fields() shows its members to readers; the record is ours to write.
    record.fields([&](std::string_view name, const auto& value) {
      using Field = std::remove_cvref_t<decltype(value)>;
      parser_.read_field(name, const_cast<Field&>(value));
    });
    parser_.finish();
    if (parser_.has_fault()) return false;
    if (const auto fault = rules_.fault_of(time, record)) return fail(std::string(*fault));
    stream_.set_now(time);
    stream_.publish(record);
    return true;
  }

  bool fail(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  [[nodiscard]] HostResult<void> failure(std::string_view line) const {
    if (fault_.empty()) return failure(line, parser_.column(), parser_.fault());
    return failure(line, 1, fault_);
  }
  [[nodiscard]] HostResult<void> failure(std::string_view line, std::size_t column, std::string fault) const {
    constexpr std::size_t kShown = 200;
    Diagnostic diagnostic;
    diagnostic.where = {path_, line_, static_cast<std::uint32_t>(column)};
    diagnostic.message = std::move(fault);
    if (column <= kShown) diagnostic.source_line = line.substr(0, kShown);
    diagnostic.help = "only the same format of records can be read: that of this version of memsim";
    return Unexpected(HostError{std::move(diagnostic)});
  }

  const std::string& path_;
  RecordStream& stream_;
  RecordParser parser_;
  RecordRules rules_;
  std::uint32_t line_ = 0;
  std::string fault_;  // where it is not the parser's
};

}  // namespace

HostResult<void> replay_records(const std::string& path, RecordStream& stream) {
  MEMSIM_CHECK(stream.count() == 0);
  HostResult<host::Descriptor> opened = host::open_regular_file(path);
  if (!opened) {
    // Records are made by programs: a file that is none of theirs is the host's failure, not a person's slip.
    HostError error = std::move(opened).error();
    for (Diagnostic& diagnostic : error) diagnostic.code = ExitCode::host_failed;
    return Unexpected(std::move(error));
  }
  host::LineReader file(std::move(*opened), kRecordLineMax);
  return Replay(path, stream).run(file);
}

HostResult<void> replay_record_lines(const std::string& name, const NextRecordLine& next, RecordStream& stream) {
  MEMSIM_CHECK(stream.count() == 0);
  Replay replay(name, stream);
  const HostResult<void> taken = replay.take_lines(next);
  return taken ? replay.check_end() : taken;
}

}  // namespace memsim
