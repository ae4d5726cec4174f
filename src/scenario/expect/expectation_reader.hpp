// Reads one expectation: a map whose form is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <memsim/scenario/scenario.hpp>

#include "scenario/expect/expect_format.hpp"
#include "scenario/format/map_reader.hpp"
#include "scenario/program/process_names.hpp"

namespace memsim::loader {

class ExpectationReader {
 public:
  ExpectationReader(Loading& loading, const ProcessNames& processes, const WorldConfig& world, const ExpectForm& form,
                    const Node& node)
      : loading_(loading), processes_(processes), world_(world), form_(form), map_(loading, node, *form.group) {}

  [[nodiscard]] Expectation read();

 private:
  // Whether bounds of the values or of a count stand beside what a form has of its own.
  enum class Bounded : std::uint8_t { no, may, must };

  // Each reads what only its form has; the process, the object, the window and the bounds are read for all alike.
  [[nodiscard]] Bounded read_measure(Expectation& expectation);
  [[nodiscard]] Bounded read_probe(Expectation& expectation);
  [[nodiscard]] Bounded read_descriptors(Expectation& expectation);
  [[nodiscard]] Bounded read_calls(Expectation& expectation);
  [[nodiscard]] Bounded read_call(Expectation& expectation);
  [[nodiscard]] Bounded read_latency(Expectation& expectation);
  [[nodiscard]] Bounded read_reply(Expectation& expectation);
  [[nodiscard]] Bounded read_object(Expectation& expectation);
  [[nodiscard]] Bounded read_count(Expectation& expectation);
  [[nodiscard]] Bounded read_end(Expectation& expectation);
  [[nodiscard]] Bounded read_final_state(Expectation& expectation);
  [[nodiscard]] Bounded read_deadlock(Expectation& expectation);
  [[nodiscard]] Bounded read_note(Expectation& expectation);

  // The keys 'of' and 'at'.
  void read_statistic(ExpectedValues& values);
  // The list of 'equals', where it is one.
  [[nodiscard]] Bounded read_list(ExpectedSegments& segments);
  // For what is expected of all samples or at a moment: two, between which anything may happen, would judge nothing.
  void require_samples(std::string_view key);
  // For the name of a probe or a device.
  template <class Configs>
  void require_known(std::string_view key, const std::string& name, const Configs& configs);
  [[nodiscard]] std::string read_region(bool is_of_region);

  // Text that is a word of ours, so not in quotes; nullptr after a fault or where the key is missing. `key` stands in
  // the message.
  const std::string* word(const Node& node, std::string_view key, std::string_view what);
  const std::string* word_at(std::string_view key, std::string_view what);
  [[nodiscard]] std::optional<Call> call_named(std::string_view key, bool or_any);
  [[nodiscard]] CallOutcome outcome(const Node& node);
  [[nodiscard]] ExpectedSegment segment(const Node& node);
  [[nodiscard]] std::optional<std::int64_t> bound(std::string_view key, MeasureUnit unit);
  [[nodiscard]] bool has_bounds() const;
  void read_bounds(Expectation& expectation, Bounded bounded);
  // A bound that the values cannot reach, and an order that the region does not have.
  void check_range(const Expectation& expectation);
  void read_process(ProcessChoice& process);
  [[nodiscard]] std::string object_name(std::string_view key);
  // A time, or the word that stands for `open`. `words`, for the message: all that may stand there besides a time.
  [[nodiscard]] SimTime moment(const Node& node, std::string_view key, std::string_view open_word, SimTime open,
                               std::string_view words = ", start or end");
  void read_between(TimeWindow& window);
  // Two keys of which only one may stand.
  void exclude(std::string_view key, std::string_view other);
  void fault(std::string_view key, std::string message, std::string help = {});

  Loading& loading_;
  const ProcessNames& processes_;
  const WorldConfig& world_;
  const ExpectForm& form_;
  MapReader map_;
};

}  // namespace memsim::loader
