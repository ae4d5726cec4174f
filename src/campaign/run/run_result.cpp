#include <memsim/campaign/run_result.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

namespace memsim {
namespace {

constexpr std::string_view kMagic = "memsim run 1\n";  // with the version of the form

// Both directions go through the same list of fields, so that they cannot differ.
template <class Coder>
void code(Coder& coder, Measure& measure) {
  coder.text(measure.name);
  coder.number(measure.value);
  coder.choice(measure.better, Better::neither);
  coder.choice(measure.unit, MeasureUnit::nanoseconds);
}

template <class Coder>
void code(Coder& coder, Verdict& verdict) {
  coder.flag(verdict.holds);
  coder.text(verdict.expected);
  coder.text(verdict.found);
  bool is_decided = verdict.decided.has_value();
  coder.flag(is_decided);
  if (!is_decided) return;
  if (!verdict.decided) verdict.decided.emplace();
  coder.point(verdict.decided->time);
  coder.number(verdict.decided->record);
}

template <class Coder>
void code(Coder& coder, RunResult& result) {
  coder.number(result.seed);
  coder.choice(result.end, kLastStopReason);
  coder.point(result.end_time);
  coder.number(result.records);
  coder.number(result.unseed);
  coder.number(result.fingerprint);
  coder.list(result.measures);
  coder.flag(result.is_judged);
  coder.list(result.verdicts);
}

// Integers as eight bytes, the lowest first, whatever the host's order.
class Writer {
 public:
  template <class T>
  void number(const T& value) {
    auto rest = static_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i, rest >>= 8) out_ += static_cast<char>(rest & 0xff);
  }
  void flag(bool value) { out_ += value ? '\1' : '\0'; }
  template <class T>
  void choice(T value, T /*last*/) {
    out_ += static_cast<char>(value);
  }
  void point(SimTime value) { number(value.value()); }
  void text(const std::string& value) {
    number(value.size());
    out_ += value;
  }
  template <class T>
  void list(std::vector<T>& values) {
    number(values.size());
    for (T& value : values) code(*this, value);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_{kMagic};
};

// After the first fault everything reads as zero.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {
    if (rest_.starts_with(kMagic)) {
      rest_.remove_prefix(kMagic.size());
    } else {
      fail();
    }
  }

  template <class T>
  void number(T& value) {
    std::uint64_t read = 0;
    const std::string_view bytes = take(8);
    for (std::size_t i = 0; i < bytes.size(); ++i) read |= std::uint64_t{byte(bytes[i])} << (8 * i);
    value = static_cast<T>(read);
  }
  void flag(bool& value) { value = small(1) == 1; }
  template <class T>
  void choice(T& value, T last) {
    value = static_cast<T>(small(static_cast<unsigned char>(last)));
  }
  void point(SimTime& value) {
    std::uint64_t read = 0;
    number(read);
    value = SimTime(read);
  }
  void text(std::string& value) {
    std::uint64_t size = 0;
    number(size);
    if (size > rest_.size()) return fail();
    value = take(static_cast<std::size_t>(size));
  }
  template <class T>
  void list(std::vector<T>& values) {
    std::uint64_t count = 0;
    number(count);
    // Grows with what is there: a count alone costs its writer nothing.
    for (std::uint64_t i = 0; i < count && !has_failed_; ++i) code(*this, values.emplace_back());
  }
  [[nodiscard]] bool is_whole() const { return !has_failed_ && rest_.empty(); }

 private:
  static unsigned char byte(char c) { return static_cast<unsigned char>(c); }
  void fail() {
    has_failed_ = true;
    rest_ = {};
  }
  std::string_view take(std::size_t count) {
    if (rest_.size() < count) {
      fail();
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  unsigned char small(unsigned char last) {
    const std::string_view bytes = take(1);
    if (bytes.empty()) return 0;
    if (byte(bytes[0]) <= last) return byte(bytes[0]);
    fail();
    return 0;
  }

  std::string_view rest_;
  bool has_failed_ = false;
};

}  // namespace

bool RunResult::holds() const {
  return std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) { return verdict.holds; });
}

RunResult result_of(ScenarioRun&& run) {
  RunResult result;
  result.seed = run.summary.seed;
  result.end = run.summary.stop_reason;
  result.end_time = run.summary.end_time;
  result.records = run.summary.records;
  result.unseed = run.summary.unseed;
  result.fingerprint = run.summary.fingerprint;
  result.measures = std::move(run.measures);
  result.is_judged = run.is_judged;
  result.verdicts = std::move(run.verdicts);
  return result;
}

std::string encode(const RunResult& result) {
  RunResult same = result;  // the list of fields is one that writes
  Writer writer;
  code(writer, same);
  return writer.take();
}

HostResult<RunResult> decode_run_result(std::string_view bytes) {
  RunResult result;
  Reader reader(bytes);
  code(reader, result);
  if (reader.is_whole()) return result;
  return host_failure(ExitCode::bad_input, "these bytes are no result of a run",
                      "only results of the same version of memsim can be read");
}

}  // namespace memsim
