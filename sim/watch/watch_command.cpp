// `memsim watch`: a run as it goes.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/run_session.hpp>

#include "sim/host/console.hpp"
#include "sim/host/source.hpp"
#include "sim/options/load_options.hpp"
#include "sim/watch/commands.hpp"
#include "sim/watch/screen.hpp"
#include "sim/watch/watch_view.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim watch my.yaml\n"
    "  memsim watch --policy tlsf --until 2h my.yaml\n";

constexpr std::string_view kKeys = "space pause  s step  + faster  - slower  n next failure  q quit";

struct Arguments {
  std::string file;
  LoadArguments load;
};

// A run that goes on as fast as it is told, and the terminal that shows it.
class Watch {
 public:
  Watch(RunSession& session, WatchView& view, Screen& screen, std::string title, SimTime until)
      : session_(session), view_(view), screen_(screen), title_(std::move(title)), until_(until) {
    // All of the run in a minute, or a second a second where nobody knows how long it is.
    if (until != never()) a_second_ = SimDuration(std::max<std::uint64_t>(1, until.value() / 60));
  }

  // Until the user leaves. Errors: those of the run.
  HostResult<void> run() {
    go_to(SimTime());  // the machine is there from the first moment on
    Clock::time_point last = Clock::now();
    while (!wants_to_leave_) {
      draw();
      const std::optional<int> key = screen_.key(kBetweenFrames);
      const Clock::time_point wall = Clock::now();
      if (is_going_) advance(share_of(a_second_, wall - last));
      last = wall;
      if (key) take(*key);
    }
    return error_.empty() ? HostResult<void>() : Unexpected(error_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kBetweenFrames{100};
  static constexpr std::chrono::milliseconds kLongest{200};  // without a look at the keys

  static SimDuration share_of(SimDuration a_second, Clock::duration wall) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
    __extension__ using Wide = unsigned __int128;
    const Wide share =
        Wide{a_second.count()} * static_cast<std::uint64_t>(std::clamp<long>(milliseconds, 1, 1000)) / 1000;
    return SimDuration(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(share)));
  }

  // In small parts, and no longer than a look at the keys may wait.
  void advance(SimDuration span) {
    const Clock::time_point begin = Clock::now();
    const SimTime target = std::min(until_, saturating_add(time_, span));
    const SimDuration part(std::max<std::uint64_t>(1, span.count() / 64));
    while (!is_over_ && time_ < target && Clock::now() - begin < kLongest) go_to(std::min(target, time_ + part));
  }

  void go_to(SimTime time) {
    time_ = time;
    const HostResult<bool> goes_on = session_.run_until(time_);
    if (!goes_on) return give_up(goes_on.error());
    if (*goes_on && time_ < until_) return;
    const HostResult<ScenarioRun> run = session_.run();
    if (!run) return give_up(run.error());
    is_over_ = true;
    is_going_ = false;
  }

  void give_up(const HostError& error) {
    error_ = error;
    is_over_ = true;
    wants_to_leave_ = true;
  }

  void to_next_failure() {
    const std::uint64_t count = view_.failure_count();
    const SimDuration part(std::max<std::uint64_t>(1, a_second_.count() / 1000));
    Clock::time_point shown = Clock::now();
    while (!is_over_ && view_.failure_count() == count) {
      go_to(std::min(until_, saturating_add(time_, part)));
      if (Clock::now() - shown < kLongest) continue;
      draw();
      shown = Clock::now();
      if (screen_.key(std::chrono::milliseconds(0))) break;  // any key ends the search
    }
    is_going_ = false;
  }

  void take(int key) {
    constexpr int kInterrupt = 3;
    switch (key) {
      case 'q':
      case kInterrupt:
        wants_to_leave_ = true;
        break;
      case ' ':
        is_going_ = !is_going_ && !is_over_;
        break;
      case 's':
        is_going_ = false;
        advance(share_of(a_second_, kBetweenFrames));
        break;
      case '+':
        if (a_second_.count() < std::uint64_t{1} << 60) a_second_ = a_second_ * 2;
        break;
      case '-':
        a_second_ = SimDuration(std::max<std::uint64_t>(1, a_second_.count() / 2));
        break;
      case 'n':
        to_next_failure();
        break;
      default:
        break;
    }
  }

  void draw() {
    const std::string share = until_ == never() ? "" : fmt::format(" of {}", format_duration_human(until_ - SimTime()));
    std::vector<std::string> lines = {
        title_,
        fmt::format("{}{}, {} events, {} a second{}", format_duration_human(time_ - SimTime()), share,
                    session_.world().event_count(), format_duration_human(a_second_),
                    is_over_    ? ", over"
                    : is_going_ ? ""
                                : ", paused"),
        ""};
    const std::size_t rows = screen_.rows();
    const std::vector<std::string> seen = view_.lines(screen_.columns(), rows > 4 ? rows - 4 : 0);
    lines.insert(lines.end(), seen.begin(), seen.end());
    lines.resize(std::max<std::size_t>(1, rows - 1));
    lines.emplace_back(kKeys);
    screen_.show(lines);
  }

  RunSession& session_;
  WatchView& view_;
  Screen& screen_;
  std::string title_;
  SimTime until_;
  SimTime time_;
  SimDuration a_second_{1'000'000'000};
  bool is_going_ = true;
  bool is_over_ = false;
  bool wants_to_leave_ = false;
  HostError error_;
};

ExitCode execute(const Command& command, const Arguments& arguments) {
  const HostResult<Scenario> scenario = load_one(command, arguments.load, arguments.file);
  if (!scenario) return report(scenario.error());
  WatchView view;
  HostResult<RunSession> session = RunSession::create(*scenario);
  if (!session) return report(session.error());
  session->subscribe(view);
  const std::string name = escaped_for_terminal(display_name(arguments.file));
  const std::string title = escaped_for_terminal(scenario->title);
  // Told when the terminal is as it was.
  const HostResult<void> watched = [&]() -> HostResult<void> {
    HostResult<Screen> screen = Screen::open();
    if (!screen) return Unexpected(std::move(screen).error());
    return Watch(*session, view, *screen, title.empty() ? name : name + ": " + title, scenario->world.until).run();
  }();
  return watched ? ExitCode::ok : report(watched.error());
}

}  // namespace

void add_watch(Command& program) {
  Command& sub =
      program.add_command("watch", "Run a scenario and watch its memory, callers and failures as it goes.", kExamples);
  const auto arguments = std::make_shared<Arguments>();
  sub.add_argument("FILE", arguments->file, kScenarioType, "The scenario");
  add_load_options(sub, arguments->load);
  sub.set_action([&sub, arguments] { return execute(sub, *arguments); });
}

}  // namespace memsim
