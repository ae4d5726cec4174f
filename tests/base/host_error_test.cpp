#include <memsim/base/host_error.hpp>

#include <gtest/gtest.h>

namespace memsim {
namespace {

Diagnostic at(std::uint32_t line, std::uint32_t column, std::string source_line) {
  Diagnostic diagnostic;
  diagnostic.where = {"a.yaml", line, column};
  diagnostic.message = "expected a size";
  diagnostic.source_line = std::move(source_line);
  return diagnostic;
}

TEST(RenderDiagnostic, ShowsPlaceLineCaretAndHelp) {
  Diagnostic diagnostic = at(3, 7, "size: 12k");
  diagnostic.help = "write 12KiB";
  EXPECT_EQ(render({diagnostic}, Colour::off),
            "a.yaml:3:7: error: expected a size\n"
            " size: 12k\n"
            "       ^\n"
            " help: write 12KiB\n");
}

TEST(RenderDiagnostic, LeavesOutWhatIsNotKnown) {
  Diagnostic diagnostic;
  diagnostic.message = "no scenario given";
  EXPECT_EQ(render({diagnostic}, Colour::off), "memsim: error: no scenario given\n");
  diagnostic.where.path = "b.yaml";
  EXPECT_EQ(render({diagnostic}, Colour::off), "b.yaml: error: no scenario given\n");
  diagnostic.where.line = 4;
  diagnostic.source_line = "x";
  EXPECT_EQ(render({diagnostic}, Colour::off), "b.yaml:4: error: no scenario given\n x\n");
}

TEST(RenderDiagnostic, PutsTheCaretUnderTheDisplayColumn) {
  // Two wide characters before the caret, then a combining accent, then a tab to the next stop.
  EXPECT_EQ(render({at(1, 3, "\u540d\u524d: 1")}, Colour::off),
            "a.yaml:1:3: error: expected a size\n \u540d\u524d: 1\n     ^\n");
  EXPECT_EQ(render({at(1, 3, "e\u0301x")}, Colour::off), "a.yaml:1:3: error: expected a size\n e\u0301x\n  ^\n");
  EXPECT_EQ(render({at(1, 3, "a\tb")}, Colour::off), "a.yaml:1:3: error: expected a size\n a       b\n         ^\n");
  EXPECT_EQ(render({at(1, 2, "\x1b[m")}, Colour::off), "a.yaml:1:2: error: expected a size\n \\x1b[m\n     ^\n");
}

TEST(RenderDiagnostic, PutsTheCaretAtMostOnePastTheLine) {
  EXPECT_EQ(render({at(1, 99, "ab")}, Colour::off), "a.yaml:1:99: error: expected a size\n ab\n   ^\n");
}

TEST(RenderDiagnostic, CutsALongLineToAWindowAroundTheCaret) {
  std::string line(100'000, 'x');
  line[50'000] = 'Y';
  const std::string text = render({at(1, 50'001, line)}, Colour::off);
  EXPECT_LT(text.size(), 400u);
  const std::size_t shown = text.find('\n') + 1;
  const std::size_t caret_line = text.find('\n', shown) + 1;
  EXPECT_EQ(text.find('Y', shown) - shown, text.find('^', caret_line) - caret_line);
  EXPECT_EQ(text.substr(shown, 5), " ...x");
}

TEST(RenderDiagnostic, ColoursOnlyWhenAsked) {
  const std::string coloured = render({at(1, 1, "x")}, Colour::on);
  EXPECT_NE(coloured.find("\x1b[1;31merror:\x1b[0m"), std::string::npos);
  EXPECT_EQ(render({at(1, 1, "x")}, Colour::off).find('\x1b'), std::string::npos);
}

TEST(RenderDiagnostic, NeverLetsInputSpeakToTheTerminal) {
  Diagnostic diagnostic = at(1, 1, "\x1b]0;owned\x07 \u202e");
  diagnostic.where.path = "a\nb";
  diagnostic.message = "unknown key \x1b[31m";
  diagnostic.help = "\u200b";
  EXPECT_EQ(render({diagnostic}, Colour::off),
            "a\\x0ab:1:1: error: unknown key \\x1b[31m\n"
            " \\x1b]0;owned\\x07 \\u202e\n"
            " ^\n"
            " help: \\u200b\n");
}

// CI systems read a job's output for commands. Blanks before "::" do not help: they are skipped.
TEST(RenderDiagnostic, NeverLetsInputSpeakToACiSystem) {
  Diagnostic diagnostic;
  diagnostic.where = {"::x.yaml", 2, 3};
  diagnostic.message = "##[error]no";
  diagnostic.source_line = "  ::error file=README.md,line=1::pwned: ##vso[task.setvariable]";
  diagnostic.help = "::stop-commands::abc";
  const std::string text = render({diagnostic}, Colour::off);
  EXPECT_EQ(text,
            "\\x3a:x.yaml:2:3: error: \\x23#[error]no\n"
            "   \\x3a:error file=README.md,line=1::pwned: \\x23#vso[task.setvariable]\n"
            "   ^\n"
            " help: \\x3a:stop-commands::abc\n");
}

TEST(EscapedForTerminal, LeavesWhatIsNoCommandAlone) {
  EXPECT_EQ(escaped_for_terminal("std::string ## title [1] ##"), "std::string ## title [1] ##");
}

TEST(RenderDiagnostic, KeepsTheOrderOfSeveral) {
  const std::string text = render({at(1, 1, ""), at(2, 1, "")}, Colour::off);
  EXPECT_EQ(text, "a.yaml:1:1: error: expected a size\na.yaml:2:1: error: expected a size\n");
}

TEST(HostFailure, CarriesCodeMessageAndHelp) {
  const HostResult<int> result = host_failure(ExitCode::host_failed, "disk full", "make room");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(exit_code(result.error()), ExitCode::host_failed);
  EXPECT_EQ(render(result.error(), Colour::off), "memsim: error: disk full\n help: make room\n");
}

TEST(EscapedForTerminal, KeepsPrintableUnicode) {
  EXPECT_EQ(escaped_for_terminal("caf\u00e9 \u540d \U0001F600 \\x"), "caf\u00e9 \u540d \U0001F600 \\x");
}

TEST(EscapedForTerminal, EscapesBlanksThatPassForASpace) {
  EXPECT_EQ(escaped_for_terminal("a\u00a0b\u2007c\u202fd\u3000e f"), "a\\u00a0b\\u2007c\\u202fd\\u3000e f");
}

TEST(EscapedForTerminal, EscapesInvalidUtf8ByteByByte) {
  EXPECT_EQ(escaped_for_terminal("\xff"), "\\xff");
  EXPECT_EQ(escaped_for_terminal("\x80"), "\\x80");
  EXPECT_EQ(escaped_for_terminal("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(escaped_for_terminal("\xe0\x80\xaf"), "\\xe0\\x80\\xaf") << "overlong";
  EXPECT_EQ(escaped_for_terminal("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(escaped_for_terminal("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "past the last code point";
  EXPECT_EQ(escaped_for_terminal("\xe5\x90"), "\\xe5\\x90") << "cut short";
}

TEST(EscapedForTerminal, EscapesWhatMovesReordersOrHides) {
  EXPECT_EQ(escaped_for_terminal(std::string_view("\0\n\t\x7f", 4)), "\\x00\\x0a\\x09\\x7f");
  EXPECT_EQ(escaped_for_terminal("\u009b\u00ad\u200d\u2066\ufeff"), "\\u009b\\u00ad\\u200d\\u2066\\ufeff");
  EXPECT_EQ(escaped_for_terminal("\U000e0041"), "\\U000e0041");
}

TEST(NearestName, FindsTheUsualSlips) {
  const std::vector<std::string_view> known{"processes", "process", "policy", "seed", "page_size"};
  EXPECT_EQ(nearest_name("proceses", known), "processes");
  EXPECT_EQ(nearest_name("polciy", known), "policy") << "neighbours swapped";
  EXPECT_EQ(nearest_name("SEED", known), "seed") << "case";
  EXPECT_EQ(nearest_name("pagesize", known), "page_size");
}

TEST(NearestName, KeepsQuietWhenNothingIsNear) {
  const std::vector<std::string_view> known{"ms", "seed", "priority"};
  EXPECT_EQ(nearest_name("machine", known), "");
  EXPECT_EQ(nearest_name("xy", known), "") << "two letters, both wrong, are no slip";
  EXPECT_EQ(nearest_name("", known), "");
  EXPECT_EQ(nearest_name("seed", {}), "");
}

TEST(NearestName, AllowsAThirdOfALongName) {
  EXPECT_EQ(nearest_name("prorityinherit", {"priority_inherit"}), "priority_inherit");
  EXPECT_EQ(nearest_name("abcdefghijkl", {"abcdefghiXYZW"}), "abcdefghiXYZW");
  EXPECT_EQ(nearest_name("abcdefghijkl", {"abcdefghXYZVW"}), "");
}

TEST(NearestName, PrefersTheFirstOfEquals) { EXPECT_EQ(nearest_name("cat", {"bat", "hat"}), "bat"); }

}  // namespace
}  // namespace memsim
