// A summary as text for people and as JSON for programs. Pure functions of the summary: no clock, no locale.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <memsim/view/summary.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {

// What a person asked the run for, answered in sentences, the most important first: was what was asked for granted,
// when was it first refused, what was the worst moment and how bad. Never empty. Names are as in the summary: escape
// for a terminal.
enum class News : std::uint8_t { good, neither, bad };
// What is asked of every run, in this order.
enum class Question : std::uint8_t {
  failed,      // did anything fail, and why
  fragmented,  // how fragmented is memory, and since when
  segments,    // how many segments do objects have
  cost,        // what did calls cost whom
};
struct Sentence {
  std::string text;
  News news = News::neither;  // bad: something was refused or did not fit; good: all of it was granted or did
  Question question = Question::failed;
};
[[nodiscard]] std::vector<Sentence> answers(const Summary& summary);

// Plain text, the answers first, in at most `columns` columns but for names that leave no choice. Long lists are
// abbreviated further, with a count of what is left out. Names and notes are escaped for the terminal. Ends with a
// newline.
inline constexpr std::size_t kTextColumns = 100;
[[nodiscard]] std::string render_text(const Summary& summary, std::size_t columns = kTextColumns);

// One JSON object, indented by two, integers only, keys in a fixed order (docs/output.md). Ends with a newline.
[[nodiscard]] std::string render_json(const Summary& summary);

}  // namespace memsim
