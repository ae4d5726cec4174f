#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/baseline.hpp>

#include <memsim/scenario/source_text.hpp>
#include "campaign/baseline/baseline_format.hpp"

namespace memsim {
namespace {

constexpr const char* kHelp = "memsim check --update writes the baseline anew";

// Reads line by line. The first fault is kept; after it, every read gives nothing and the reader only has to come out.
class Reader {
 public:
  Reader(std::string_view text, const std::string& path) : source_(path, text) {}

  [[nodiscard]] HostResult<Baseline> read() {
    Baseline baseline;
    read_head(baseline);
    for (BaselineLayer& layer : baseline.layers) read_layer(layer);
    read_measures(baseline);
    for (const Layer layer : kLayers) read_entries(layer, baseline.layers[static_cast<std::size_t>(layer)]);
    for (const Layer layer : kLayers) read_cells(layer, baseline.layers[static_cast<std::size_t>(layer)]);
    if (!fault_) check_as_written(baseline);
    if (fault_) return Unexpected(HostError{*fault_});
    return baseline;
  }

 private:
  // `column` counts from 1, in bytes of a line that is ASCII up to there.
  void fail(std::uint32_t line, std::size_t column, std::string message, std::string help = kHelp) {
    if (fault_) return;
    Diagnostic fault;
    fault.where = {source_.path(), line, static_cast<std::uint32_t>(column)};
    fault.message = std::move(message);
    fault.source_line = line <= source_.line_count() ? std::string(source_.line(line)) : std::string();
    fault.help = std::move(help);
    fault_ = std::move(fault);
  }
  void fail(std::size_t column, std::string message) { fail(line_, column, std::move(message)); }

  // Goes to the next line; false at the end of the text. A text that ends with a newline has an empty last line.
  bool next() {
    if (fault_ || line_ >= source_.line_count()) return false;
    ++line_;
    rest_ = source_.line(line_);
    column_ = 1;
    return line_ < source_.line_count() || !rest_.empty();
  }

  // The next word of the line, which one blank separates from the one before.
  std::string_view word() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    word_column_ = column_;
    const std::size_t step = std::min(end + 1, rest_.size());
    rest_.remove_prefix(step);
    column_ += step;
    return word;
  }

  // The next line, which begins with the word `name`.
  bool line_of(std::string_view name) {
    if (next() && word() == name) return true;
    fail(1, fmt::format("expected a line '{} ...'", name));
    return false;
  }

  void read_head(Baseline& baseline) {
    if (!next() || word() != "memsim" || word() != "baseline") {
      fail(1, 1, "this is no baseline: expected 'memsim baseline 1'");
      return;
    }
    if (const std::string_view format = word(); format != "1") {
      fail(word_column_, fmt::format("baseline format '{}' is unknown; this memsim knows format 1",
                                     escaped_for_terminal(format.substr(0, 20))));
      return;
    }
    if (line_of("version")) baseline.version = rest_of_line();
    if (line_of("seed")) baseline.seed = number();
    if (line_of("policy")) baseline.policy = rest_of_line();
    if (line_of("end")) {
      baseline.end = word();
      baseline.end_time = SimTime(number());
    }
    if (line_of("records")) baseline.record_count = number();
    if (line_of("stream")) baseline.fingerprint = hexadecimal(word(), 16);
  }

  void read_layer(BaselineLayer& layer) {
    if (!line_of("layer")) return;
    static_cast<void>(word());  // its name: checked with the whole, as everything is, by check_as_written()
    layer.digest.entry_count = number();
    layer.digest.fingerprint = hexadecimal(word(), 16);
  }

  // The blank line and the heading that every section begins with.
  bool section(std::string_view heading, std::string_view layer) {
    if (!fault_ && line_ == section_end_) {
      // The section before ended at this blank line already.
    } else if (!next() || !rest_.empty()) {
      fail(1, "expected an empty line");
    }
    if (!line_of(heading)) return false;
    if (!layer.empty() && word() != layer) fail(word_column_, fmt::format("expected '{}'", layer));
    return !fault_;
  }

  // Calls read() with each line of the section.
  template <class Read>
  void for_each_line(Read read) {
    while (next()) {
      if (rest_.empty()) break;
      read();
      if (fault_) return;
    }
    section_end_ = line_;
  }

  void read_measures(Baseline& baseline) {
    std::set<std::string, std::less<>> names;
    if (!section("measures", {})) return;
    for_each_line([&] {
      std::string_view group = word();
      if (!group.ends_with(':')) return fail(word_column_, "expected a group of measures and a colon");
      group.remove_suffix(1);
      do {
        BaselineMeasure measure = read_measure(group);
        if (!names.insert(measure.name).second) fail(word_column_, "this measure is here twice");
        baseline.measures.push_back(std::move(measure));
      } while (!fault_ && !rest_.empty());
    });
  }

  // "NAME=VALUE"
  BaselineMeasure read_measure(std::string_view group) {
    const std::string_view text = word();
    const std::size_t equals = std::min(text.find('='), text.size());
    BaselineMeasure measure;
    if (group != kWholeRun) measure.name = fmt::format("{}/", group);
    measure.name += text.substr(0, equals);
    const Parsed<std::int64_t> value = parse_signed(text.substr(std::min(equals + 1, text.size())));
    if (!value) fail(word_column_, fmt::format("expected NAME=VALUE: {}", value.error()));
    measure.value = value.value_or(0);
    return measure;
  }

  void read_entries(Layer layer, BaselineLayer& read) {
    if (!section("entries", key_of(layer))) return;
    const std::uint64_t expected = std::min(kBaselineTexts, read.digest.entry_count);
    for_each_line([&] {
      if (read.texts.size() == expected) return fail(1, fmt::format("expected {} entries and no more", expected));
      if (rest_.size() > kEntryTextMax) return fail(kEntryTextMax + 1, "the entry is too long");
      read.texts.emplace_back(rest_);
    });
    if (read.texts.size() < expected) fail(1, fmt::format("expected {} entries", expected));
  }

  void read_cells(Layer layer, BaselineLayer& read) {
    LayerDigest& digest = read.digest;
    if (!section("cells", key_of(layer))) return;
    digest.cell_entries = number();
    if (fault_) return;
    if (!std::has_single_bit(digest.cell_entries)) return fail(word_column_, "expected a power of two");
    const std::uint64_t expected = digest.entry_count / digest.cell_entries +  //
                                   (digest.entry_count % digest.cell_entries != 0 ? 1 : 0);
    if (expected > LayerDigest::kCellsMax) return fail(word_column_, "too small for the number of entries");
    for_each_line([&] {
      for (std::string_view digits = word(); !digits.empty();
           digits.remove_prefix(std::min<std::size_t>(4, digits.size()))) {
        digest.cells.push_back(static_cast<std::uint16_t>(hexadecimal(digits.substr(0, 4), 4)));
      }
      if (digest.cells.size() > expected) fail(1, fmt::format("expected {} cells and no more", expected));
    });
    if (digest.cells.size() < expected) fail(1, fmt::format("expected {} cells", expected));
  }

  std::string rest_of_line() {
    if (rest_.empty()) fail(column_, "the line ends too early");
    return std::string(std::exchange(rest_, {}));
  }

  std::uint64_t number() {
    const Parsed<std::uint64_t> value = parse_unsigned(word());
    if (!value) fail(word_column_, value.error());
    return value.value_or(0);
  }

  // Exactly `digits` of them, in lower case.
  std::uint64_t hexadecimal(std::string_view text, std::size_t digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.size() == digits && error == std::errc() && end == text.data() + text.size()) return value;
    fail(word_column_, fmt::format("expected {} hexadecimal digits", digits));
    return 0;
  }

  // What is left: extra words, other spellings of a number, lines behind the end.
  void check_as_written(const Baseline& baseline) {
    const SourceText written(source_.path(), render_baseline(baseline));
    if (written.text() == source_.text()) return;
    const std::uint32_t lines = std::min(written.line_count(), source_.line_count());
    std::uint32_t line = 1;
    while (line < lines && written.line(line) == source_.line(line)) ++line;
    const std::string_view mine = written.line(line);
    const std::string_view theirs = source_.line(line);
    const auto difference = std::mismatch(mine.begin(), mine.end(), theirs.begin(), theirs.end());
    fail(line, static_cast<std::size_t>(difference.second - theirs.begin()) + 1, "not as memsim writes a baseline");
  }

  using SourceText = loader::SourceText;
  SourceText source_;
  std::uint32_t line_ = 0;
  std::uint32_t section_end_ = 0;  // the empty line that ended the last section
  std::string_view rest_;          // of the line
  std::size_t column_ = 1;         // of rest_
  std::size_t word_column_ = 1;    // of the last word
  std::optional<Diagnostic> fault_;
};

}  // namespace

HostResult<Baseline> parse_baseline(std::string_view text, const std::string& path) {
  if (const auto fault = loader::find_text_fault(text)) {
    const loader::SourceText source(path, text);
    const SourceLocation where = source.locate(fault->offset);
    return Unexpected(
        HostError{{ExitCode::bad_input, where, fault->message, std::string(source.line(where.line)), fault->help}});
  }
  return Reader(text, path).read();
}

}  // namespace memsim
