#include <memsim/campaign/branch/last_grant.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include <memsim/base/json.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/json_line.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/value_text.hpp>

#include "campaign/branch/parts.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

// Who took frames in the latest instant.
class Takers final : public View<Takers> {
 public:
  auto followers() { return std::tie(names_); }
  void on(const ProcessStarted&) {}
  void on(RunPoint at, const FramesAllocated& record) {
    if (at.time != time_) takers_.clear();
    time_ = at.time;
    FrameCount frames;
    for (const Extent& extent : record.extents) frames += extent.count;
    takers_.push_back({std::string(names_.process(record.pid)),
                       object_label(record.object, std::string(names_.object(record.object))), frames,
                       record.contiguous});
  }
  [[nodiscard]] std::vector<LastGrant::Taker> at(SimTime time) const {
    return time == time_ ? takers_ : std::vector<LastGrant::Taker>{};
  }

 private:
  NameBook names_;
  SimTime time_;
  std::vector<LastGrant::Taker> takers_;
};

// A moment of a run that can be gone on from.
struct Checkpoint {
  RunSession session;
  Takers takers;
};

HostResult<const ProbeConfig*> probe_of(const Scenario& scenario, const std::string& name) {
  const std::vector<ProbeConfig>& probes = scenario.world.record.probes;
  const auto probe = std::find_if(probes.begin(), probes.end(), [&](const auto& p) { return p.name == name; });
  if (probe != probes.end()) return &*probe;
  std::vector<std::string_view> names;
  for (const ProbeConfig& known : probes) names.push_back(known.name);
  return host_failure(
      ExitCode::bad_input,
      fmt::format("{}: there is no probe '{}'", escaped_for_terminal(scenario.path), escaped_for_terminal(name)),
      names.empty() ? std::string("the scenario has none; record: {probes: [{name: big, size: 4MiB}]}")
                    : fmt::format("it has {}", fmt::join(names, ", ")));
}

// Goes on from a checkpoint instant by instant, and notes in `grant` when it is granted and then lost, until the next
// checkpoint's moment.
HostResult<void> look_closely(Checkpoint& from, const ProbeConfig& probe, SimTime until, bool& is_granted,
                              LastGrant& grant) {
  from.session.subscribe(from.takers);
  while (from.session.world().next_event() <= until) {
    const SimTime now = from.session.world().next_event();
    const HostResult<bool> ran = from.session.run_until(now);
    if (!ran) return Unexpected(ran.error());
    const bool was_granted = std::exchange(is_granted, from.session.world().would_serve(probe));
    if (is_granted) grant.last = now;
    if (was_granted && !is_granted) {
      grant.lost = now;
      grant.takers = from.takers.at(now);
    }
    if (!*ran) return {};
  }
  return {};
}

}  // namespace

HostResult<LastGrant> last_grant(const Scenario& scenario, const std::string& name) {
  const HostResult<const ProbeConfig*> probe = probe_of(scenario, name);
  if (!probe) return Unexpected(probe.error());
  HostResult<RunSession> session = RunSession::create(scenario);
  if (!session) return Unexpected(std::move(session).error());
  Takers takers;
  session->subscribe(takers);
  std::vector<Checkpoint> checkpoints;  // the last at which it was granted, and those behind it
  LastGrant grant;
  Parts parts(scenario.world.until);
  for (bool goes_on = true; goes_on;) {
    HostResult<RunSession> copy = session->branch();
    if (!copy) return Unexpected(std::move(copy).error());
    // Before the run begins nobody holds anything.
    if (session->world().event_count() == 0 || session->world().would_serve(**probe)) checkpoints.clear();
    checkpoints.push_back({std::move(*copy), takers});
    const HostResult<bool> ran = session->run_until(parts.next());
    if (!ran) return Unexpected(ran.error());
    goes_on = *ran && !parts.is_over();
  }
  grant.end = std::min(session->world().now(), scenario.world.until);
  grant.at_end = session->world().would_serve(**probe);
  if (grant.at_end) return grant;
  bool is_granted = checkpoints.front().session.world().would_serve(**probe);
  if (is_granted) grant.last = checkpoints.front().session.world().now();
  for (std::size_t i = 0; i < checkpoints.size(); ++i) {
    const bool is_last = i + 1 == checkpoints.size();
    const SimTime until = is_last ? grant.end : checkpoints[i + 1].session.world().now();
    const HostResult<void> looked = look_closely(checkpoints[i], **probe, until, is_granted, grant);
    if (!looked) return Unexpected(looked.error());
  }
  return grant;
}

namespace {

std::string when(SimTime time) { return format_duration_exact(SimDuration(time.value())); }

}  // namespace

std::string render_text(const LastGrant& grant, const std::string& probe) {
  const std::string name = escaped_for_terminal(probe);
  if (grant.at_end) return fmt::format("{} is still granted at the end, at {}\n", name, when(grant.end));
  if (!grant.last || !grant.lost)
    return fmt::format("{} is never granted, up to the end at {}\n", name, when(grant.end));
  std::string text = fmt::format(
      "{} was granted for the last time just before {}; from then on it is refused, to the "
      "end at {}\n",
      name, when(*grant.lost), when(grant.end));
  for (const LastGrant::Taker& taker : grant.takers) {
    text +=
        fmt::format(" {} took {}{} for {}\n", taker.process.empty() ? "nobody" : escaped_for_terminal(taker.process),
                    counted(taker.frames.count(), "frame"), taker.is_contiguous ? ", contiguous," : "", taker.object);
  }
  if (grant.takers.empty()) text += " no frames were taken then: the policy moved or keeps them otherwise\n";
  return text;
}

std::string render_json(const LastGrant& grant, const std::string& probe) {
  const auto moment = [](std::optional<SimTime> time) { return time ? Json(time->value()) : Json(); };
  Json takers = Json::array();
  for (const LastGrant::Taker& taker : grant.takers) {
    takers.push_back({{"process", taker.process},
                      {"object", taker.object},
                      {"frames", taker.frames.count()},
                      {"contiguous", taker.is_contiguous}});
  }
  const Json out = {{"probe", probe},
                    {"granted_at_end", grant.at_end},
                    {"last_granted_ns", moment(grant.last)},
                    {"lost_ns", moment(grant.lost)},
                    {"takers", takers},
                    {"end_ns", grant.end.value()}};
  return inert_json(json_text(out, JsonLayout::indented)) + "\n";
}

}  // namespace memsim
