#include <fmt/format.h>

#include <filesystem>
#include <string_view>

#include <memsim/campaign/check_report.hpp>

#include <memsim/base/utf8.hpp>
#include "campaign/baseline/difference_text.hpp"

namespace memsim {
namespace {

// Text between tags or quotes. Characters that XML 1.0 cannot hold become U+FFFD.
std::string xml(std::string_view text) {
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  std::string out;
  while (!text.empty()) {
    const Utf8Step step = next_utf8(text);
    const std::string_view character = text.substr(0, step.length);
    text.remove_prefix(step.length);
    const bool is_control = step.character < 0x20 && step.character != '\n' && step.character != '\t';
    if (!step.valid || is_control || step.character == 0xfffe || step.character == 0xffff) {
      out += kReplacement;
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "&") {
      out += "&amp;";
    } else if (character == "\"") {
      out += "&quot;";
    } else {
      out += character;
    }
  }
  return out;
}

constexpr std::string_view kNoBaseline = "a baseline is required and there is none; memsim check --update writes it";

std::string folder_of(const std::string& scenario) {
  const std::string folder = std::filesystem::path(scenario).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Why the scenario did not pass, in one line.
std::string reason_of(const CheckResult& result) {
  if (!result.errors.empty()) return result.errors.front().message;
  if (result.outcome() == CheckOutcome::no_baseline) return std::string(kNoBaseline);
  if (result.failed_expectations.empty()) return result.difference ? headline(result) : std::string();
  return result.failed_expectations.front().message;
}

std::string junit_case(const CheckResult& result) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\"", xml(folder_of(result.scenario)),
                  xml(std::filesystem::path(result.scenario).stem().string()), xml(result.scenario));
  const auto verdict = [&](const char* tag, const char* type) {
    return fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n", tag, type,
                       xml(reason_of(result)), xml(render_check_text(result)));
  };
  switch (result.outcome()) {
    case CheckOutcome::passed:
    case CheckOutcome::updated:
      return out +
             (result.lacks_baseline() ? ">\n      <system-out>no baseline</system-out>\n    </testcase>\n" : "/>\n");
    case CheckOutcome::not_judged:
      return out + ">\n      <skipped message=\"neither expectations nor a baseline\"/>\n    </testcase>\n";
    case CheckOutcome::no_baseline:
    case CheckOutcome::differs:
      return out + verdict("failure", result.against.empty() ? "baseline" : "program");
    case CheckOutcome::failed:
      return out + verdict("failure", "expectation");
    case CheckOutcome::broken:
      return out + verdict("error", "error");
  }
  return out;
}

// The value of a workflow command, or of one of its properties.
std::string command_text(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += is_property ? "%3A" : ":";
        break;
      case ',':
        out += is_property ? "%2C" : ",";
        break;
      default:
        out += c;
        break;
    }
  }
  return out;
}

std::string annotation(const std::string& path, const SourceLocation& where, std::string_view message) {
  std::string out = fmt::format("::error file={}", command_text(where.path.empty() ? path : where.path, true));
  if (where.line > 0) out += fmt::format(",line={},col={}", where.line, where.column);
  return out + fmt::format(",title=memsim check::{}\n", command_text(message, false));
}

}  // namespace

std::string render_check_junit(std::span<const CheckResult> results) {
  const CheckCounts counts = count_outcomes(results);
  const std::string totals =
      fmt::format("name=\"memsim check\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", results.size(),
                  counts.differing + counts.failed + counts.no_baseline, counts.broken, counts.not_judged);
  std::string out =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n  <testsuite {}>\n", totals, totals);
  for (const CheckResult& result : results) out += junit_case(result);
  return out + "  </testsuite>\n</testsuites>\n";
}

std::string render_check_annotations(std::span<const CheckResult> results) {
  std::string out;
  for (const CheckResult& result : results) {
    for (const Diagnostic& error : result.errors) out += annotation(result.scenario, error.where, error.message);
    for (const Diagnostic& failed : result.failed_expectations) {
      out += annotation(result.scenario, failed.where, failed.message);
    }
    if (result.outcome() == CheckOutcome::no_baseline) out += annotation(result.scenario, {}, kNoBaseline);
    if (!result.difference) continue;
    out += annotation(result.scenario, {}, headline(result) + "\n" + render_difference_text(result));
  }
  return out;
}

}  // namespace memsim
