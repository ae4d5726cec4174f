#include "view/page/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/numbers.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/value_text.hpp>

#include "view/page/stories.hpp"
#include "view/picture/render_explanation.hpp"
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

std::string_view key_of(Question question) {
  switch (question) {
    case Question::failed:
      return "failed";
    case Question::fragmented:
      return "fragmented";
    case Question::segments:
      return "segments";
    case Question::cost:
      break;
  }
  return "cost";
}

class Verdicts {
 public:
  Verdicts(const Summary& summary, const PageFacts& facts) : summary_(summary), facts_(facts) {}

  Json json() {
    for (const Sentence& answer : answers(summary_)) add(answer.question, answer.text, answer.news);
    add_why();
    add_expectations();
    for (const std::string& warning : warnings(summary_)) add(Question::failed, warning, News::bad);
    for (std::size_t i = 0; i < summary_.regions.size(); ++i) add_region(summary_.regions[i], i);
    add_objects();
    if (!facts_.cost.empty()) add(Question::cost, facts_.cost, News::neither);
    add_dearest();
    return std::move(list_);
  }

 private:
  void add(Question question, const std::string& text, News news) {
    list_.push_back({{"text", shown(text)},
                     {"bad", news == News::neither ? Json() : Json(news == News::bad)},
                     {"question", std::string(key_of(question))}});
  }

  // Why the first contiguous request was refused.
  void add_why() {
    if (!summary_.contiguous_failures || summary_.contiguous_failures->first.empty()) return;
    const FailureExplanation& first = summary_.contiguous_failures->first.front();
    add(Question::failed,
        fmt::format("Why the first contiguous request failed, at {}: {}.",
                    format_duration_human(first.time - SimTime()), remedy_sentence(first, summary_.page_size)),
        News::bad);
  }

  void add_expectations() {
    const auto& all = summary_.expectations;
    if (all.empty()) return;
    const auto broken = static_cast<std::uint64_t>(
        std::count_if(all.begin(), all.end(), [](const ExpectationSummary& each) { return !each.holds; }));
    const std::string text = broken == 0
                                 ? fmt::format("What was expected holds: {}.", counted(all.size(), "expectation"))
                                 : fmt::format("{} of {} do not hold.", broken, counted(all.size(), "expectation"));
    add(Question::failed, text, broken == 0 ? News::good : News::bad);
  }

  void add_region(const RegionSummary& region, std::size_t index) {
    if (!region.after) return;
    const RegionState& end = *region.after;
    if (end.free.is_zero()) {
      return add(Question::fragmented, fmt::format("{} at the end: nothing is free.", region.name), News::neither);
    }
    const auto size = [&](FrameCount frames) { return size_of(frames, summary_.page_size); };
    const SimTime since = index < facts_.scattered_since.size() ? facts_.scattered_since[index] : never();
    const std::string scattered =
        since == never() ? std::string("the longest run is at least half of what is free")
                         : fmt::format("since {} more than half of what is free lies outside the longest run",
                                       format_duration_human(since - SimTime()));
    add(Question::fragmented,
        fmt::format("{} at the end: {} of {} free in {}, the longest {}; {}.", region.name, size(end.free),
                    size(end.total), counted(end.free_run_count, "run"), size(end.largest_free_run), scattered),
        News::neither);
  }

  void add_objects() {
    if (!summary_.objects || summary_.objects->object_count == 0) return;
    const ObjectsSummary& objects = *summary_.objects;
    add(Question::segments,
        fmt::format("At the end {} in {}: {} to {} each, half of them at most {}.",
                    objects.object_count == 1 ? "1 object lies" : counted(objects.object_count, "object") + " lie",
                    counted(objects.segment_count, "segment"), objects.segments_min, objects.segments_max,
                    objects.segments_median),
        News::neither);
  }

  void add_dearest() {
    const MessageSummary* dearest = nullptr;
    for (const MessageSummary& group : summary_.messages) {
      if (group.latency.count() > 0 && (!dearest || group.latency.sum() > dearest->latency.sum())) dearest = &group;
    }
    if (!dearest) return;
    add(Question::cost,
        fmt::format("Most time went into {} at priority {}: {}, half of them within {}, the slowest {}.",
                    message_label(*dearest), dearest->priority, counted(dearest->latency.count(), "message"),
                    format_duration_human(dearest->latency.quantile(500)),
                    format_duration_human(dearest->latency.maximum())),
        News::neither);
  }

  const Summary& summary_;
  const PageFacts& facts_;
  Json list_ = Json::array();
};

}  // namespace

Json verdicts_of(const Summary& summary, const PageFacts& facts) { return Verdicts(summary, facts).json(); }

}  // namespace memsim
