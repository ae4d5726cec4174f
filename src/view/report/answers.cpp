#include <memsim/view/render.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <memsim/base/numbers.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/value_text.hpp>
#include "view/report/report_text.hpp"
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

// A reader takes in a handful of sentences; the tables have the rest.
constexpr std::size_t kSentencesOfAKind = 5;

std::string answer_of(const RequestsSummary& requests, Bytes page_size) {
  const std::uint64_t all = requests.granted + requests.refused;
  if (all == 0) return "No memory was asked for.";
  if (requests.refused == 0) {
    return all == 1 ? "The one request for memory was granted."
                    : fmt::format("All {} requests for memory were granted.", all);
  }
  const std::string share = all == 1 ? "The one request for memory was refused"
                                     : fmt::format("{} of {} requests for memory were refused", requests.refused, all);
  if (!requests.first_refusal) return share + ".";
  const RefusalSummary& first = *requests.first_refusal;
  return fmt::format("{}{} at {}: {} asked for {}{} and got {}.", share, all == 1 ? "," : ", the first",
                     when(first.time), first.process, size_of(first.frames, page_size),
                     first.contiguous ? " in one piece" : "", errno_name(first.error));
}

std::string answer_of(const ProbeSummary& probe) {
  if (probe.failures == 0) {
    return fmt::format("A request as probed by {} would have been granted at every one of {}.", probe.name,
                       counted(probe.samples, "sample"));
  }
  return fmt::format("A request as probed by {} would have been refused at {} of {}, the first at {}.", probe.name,
                     probe.failures, counted(probe.samples, "sample"), when(*probe.first_failure));
}

std::string answer_of(const DeviceSummary& device) {
  if (device.descriptors.count() == 0) return fmt::format("{} never had an object {}.", device.name, device.object);
  std::string text =
      fmt::format("{} needed {} for {}", device.name,
                  counted(static_cast<std::uint64_t>(device.descriptors.maximum()), "descriptor"), device.object);
  if (device.descriptors.minimum() != device.descriptors.maximum()) {
    text += fmt::format(" at most, {} at least", device.descriptors.minimum());
  }
  if (device.unreachable > 0) text += fmt::format("; {} lay out of its reach", counted(device.unreachable, "segment"));
  if (device.first_unfit) return text + fmt::format("; it could not take that from {} on.", when(*device.first_unfit));
  if (device.limits.count != UINT64_MAX) text += fmt::format("; it takes {}", device.limits.count);
  return text + ".";
}

// Nothing where it never got worse than it was.
std::string answer_of(const RegionSummary& region, Bytes page_size) {
  if (!region.before || !region.worst || region.worst->largest_free_run >= region.before->largest_free_run) return {};
  const RegionState& worst = *region.worst;
  const std::string of = fmt::format("{} was at its worst at {}: ", region.name, when(worst.time));
  if (worst.free.is_zero()) return of + "nothing was free.";
  return fmt::format("{}{} of {} free, in runs of at most {}.", of, size_of(worst.free, page_size),
                     size_of(worst.total, page_size), size_of(worst.largest_free_run, page_size));
}

News news_of(bool is_bad) { return is_bad ? News::bad : News::good; }

template <class T, class AnswerOf>
void append_each(std::vector<Sentence>& out, const std::vector<T>& items, const char* nouns, AnswerOf answer_to) {
  std::size_t told = 0;
  std::size_t more = 0;
  Sentence of_more;
  for (const T& item : items) {
    Sentence answer = answer_to(item);
    if (answer.text.empty()) continue;
    ++(told < kSentencesOfAKind ? told : more);
    if (more == 0) {
      out.push_back(std::move(answer));
    } else {
      of_more.news = std::max(of_more.news, answer.news);
      of_more.question = answer.question;
    }
  }
  of_more.text = fmt::format("The tables below tell of {} more {}.", more, nouns);
  if (more > 0) out.push_back(std::move(of_more));
}

}  // namespace

std::vector<Sentence> answers(const Summary& summary) {
  std::vector<Sentence> out{
      {answer_of(summary.requests, summary.page_size), news_of(summary.requests.refused > 0), Question::failed}};
  append_each(out, summary.probes, "probes", [](const ProbeSummary& probe) {
    return Sentence{answer_of(probe), news_of(probe.failures > 0), Question::failed};
  });
  append_each(out, summary.devices, "devices", [](const DeviceSummary& device) {
    return Sentence{answer_of(device), news_of(device.first_unfit.has_value() || device.unreachable > 0),
                    Question::segments};
  });
  append_each(out, summary.regions, "regions", [&](const RegionSummary& region) {
    return Sentence{answer_of(region, summary.page_size), News::neither, Question::fragmented};
  });
  return out;
}

}  // namespace memsim
