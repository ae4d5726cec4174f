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
  ExpectationReader(Context& context, const ProcessNames& processes, const WorldConfig& world, const ExpectForm& form,
                    const Node& node)
      : context_(context), processes_(processes), world_(world), form_(form), map_(context, node, *form.group) {}

  [[nodiscard]] Expectation read();

 private:
  void read_measure(Expectation& expectation);
  void read_moment(const Node& node, Statistic& of, std::optional<SimTime>& in_force);
  // For what is expected of all samples or at a moment: two, between which anything may happen, would judge nothing.
  void require_samples(std::string_view key);
  [[nodiscard]] std::string read_region(bool is_of_region);
  void read_probe(Expectation& expectation);
  void read_descriptors(Expectation& expectation);
  void read_calls(Expectation& expectation);
  void read_call(Expectation& expectation);
  void read_latency(Expectation& expectation);
  void read_reply(Expectation& expectation);
  void read_object(Expectation& expectation);
  void read_count(Expectation& expectation);
  void read_end(Expectation& expectation);
  void read_final_state(Expectation& expectation);
  void read_deadlock(Expectation& expectation);
  void read_note(Expectation& expectation);

  // Text that is a word of ours, so not in quotes; nullptr after a fault or where the key is missing. `key` stands in
  // the message.
  const std::string* word(const Node& node, std::string_view key, std::string_view what);
  const std::string* word_at(std::string_view key, std::string_view what);
  [[nodiscard]] std::optional<Call> call_named(std::string_view key, bool or_any);
  [[nodiscard]] CallOutcome outcome(const Node& node);
  [[nodiscard]] ExpectedSegment segment(const Node& node);
  // The list of 'equals'; without one, reads the bounds of the count.
  [[nodiscard]] std::optional<std::vector<ExpectedSegment>> read_segments(Expectation& expectation);
  [[nodiscard]] std::optional<std::int64_t> bound(std::string_view key, MeasureUnit unit);
  void read_bounds(Expectation& expectation, MeasureUnit unit, bool is_required);
  // A bound that the values cannot reach, and an order that the region does not have.
  void check_range(const Expectation& expectation);
  void read_process(ProcessChoice& process);
  [[nodiscard]] std::string object_name(std::string_view key);
  // The process and the object.
  void read_who(Expectation& expectation);
  // A time, or the word that stands for `open`. `words`, for the message: all that may stand there besides a time.
  [[nodiscard]] SimTime moment(const Node& node, std::string_view key, std::string_view open_word, SimTime open,
                               std::string_view words = ", start or end");
  void read_between(TimeWindow& window);
  // Two keys of which only one may stand.
  void exclude(std::string_view key, std::string_view other);
  void fault(std::string_view key, std::string message, std::string help = {});

  Context& context_;
  const ProcessNames& processes_;
  const WorldConfig& world_;
  const ExpectForm& form_;
  MapReader map_;
};

}  // namespace memsim::loader
