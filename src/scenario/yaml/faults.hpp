// The faults found so far, each with its place. The loader goes on after a fault, so that the reader sees all of them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/scenario/scenario.hpp>

#include <memsim/scenario/source_text.hpp>

namespace memsim::loader {

// Makes the help of a fault; none where it is empty.
using Help = std::function<std::string()>;

class Faults {
 public:
  // Both must outlive the faults. `overrides` as numbered in Place::override_number.
  Faults(const SourceText& source, const std::vector<Override>& overrides) : source_(source), overrides_(overrides) {}

  // `message` is one line without a full stop. Beyond the first hundred, faults are only counted.
  void add(Place place, std::string message, std::string help = {}, ExitCode code = ExitCode::bad_input);
  // The same with help that takes time to find, such as the nearest of many names: `help` makes it, for what is shown.
  void add(Place place, std::string message, const Help& help);
  // A diagnostic that has its place already, such as one about another file.
  void add(Diagnostic diagnostic);

  [[nodiscard]] bool empty() const { return faults_.empty(); }
  [[nodiscard]] std::size_t count() const { return faults_.size() + uncounted_; }
  // "line 12", or "--set seed=1": where something was said before.
  [[nodiscard]] std::string describe(Place place) const;
  // All faults in the order of the file; those of the command line come first. Leaves nothing behind.
  [[nodiscard]] HostError take();

 private:
  struct Fault {
    Place place;
    Diagnostic diagnostic;
  };
  const SourceText& source_;
  const std::vector<Override>& overrides_;
  // Whether further faults are only counted.
  [[nodiscard]] bool is_full() const;
  void count_one_more() { ++uncounted_; }

  std::vector<Fault> faults_;
  std::size_t uncounted_ = 0;
};

// "did you mean 'x'?", or the list of what is known when nothing is near and the list is short.
[[nodiscard]] std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

// Text of a user as it may stand in a message: escaped, in quotes, cut when long.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace memsim::loader
