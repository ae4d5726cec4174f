#include <memsim/engine/record.hpp>

#include <array>

namespace memsim {

std::string_view name_of(ThreadState state) {
  switch (state) {
    case ThreadState::dead:
      return "DEAD";
    case ThreadState::running:
      return "RUNNING";
    case ThreadState::ready:
      return "READY";
    case ThreadState::send:
      return "SEND";
    case ThreadState::receive:
      return "RECEIVE";
    case ThreadState::reply:
      return "REPLY";
    case ThreadState::waitpage:
      return "WAITPAGE";
    case ThreadState::nanosleep:
      return "NANOSLEEP";
  }
  return "?";
}

std::string_view name_of(Moving moving) {
  switch (moving) {
    case Moving::off:
      return "off";
    case Moving::refused:
      return "refused";
    case Moving::tried:
      return "tried";
  }
  return "?";
}

std::string_view name_of(ExitCause cause) {
  switch (cause) {
    case ExitCause::finished:
      return "finished";
    case ExitCause::killed:
      return "killed";
    case ExitCause::fault:
      return "fault";
  }
  return "?";
}

std::string_view name_of(Layer layer) {
  switch (layer) {
    case Layer::events:
      return "events";
    case Layer::allocator:
      return "allocator";
    case Layer::replies:
      return "replies";
    case Layer::free_map:
      return "free_map";
    case Layer::samples:
      return "samples";
  }
  return "?";
}

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::finished:
      return "finished";
    case StopReason::reached_until:
      return "reached_until";
    case StopReason::deadlock:
      return "deadlock";
    case StopReason::event_cap:
      return "event_cap";
    case StopReason::instant_cap:
      return "instant_cap";
    case StopReason::resource_cap:
      return "resource_cap";
  }
  return "?";
}

std::string_view name_of(SamplePoint point) {
  switch (point) {
    case SamplePoint::start:
      return "start";
    case SamplePoint::periodic:
      return "periodic";
    case SamplePoint::change:
      return "change";
    case SamplePoint::end:
      return "end";
  }
  return "?";
}

std::string_view record_name(RecordKind kind) {
#define MEMSIM_NAME(Type) Type::kName,
  static constexpr std::array kNames = {MEMSIM_RECORDS(MEMSIM_NAME)};
#undef MEMSIM_NAME
  static_assert(kNames.size() == kRecordKindCount);
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace memsim
