#include <memsim/engine/record.hpp>

#include <array>

namespace memsim {
namespace {

// The word of a value that counts from 0.
template <std::size_t kCount, class Word>
std::string_view word_of(const std::array<std::string_view, kCount>& words, Word value) {
  const auto index = static_cast<std::size_t>(value);
  return index < kCount ? words[index] : "?";
}

}  // namespace

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
    case ThreadState::mutex:
      return "MUTEX";
    case ThreadState::condvar:
      return "CONDVAR";
    case ThreadState::join:
      return "JOIN";
    case ThreadState::interrupt:
      return "INTR";
    case ThreadState::semaphore:
      return "SEM";
  }
  return "?";
}

std::string_view name_of(Moving moving) {
  static constexpr std::array<std::string_view, 3> kWords = {"off", "refused", "tried"};
  return word_of(kWords, moving);
}

std::string_view name_of(ExitCause cause) {
  static constexpr std::array<std::string_view, 3> kWords = {"finished", "killed", "fault"};
  return word_of(kWords, cause);
}

std::string_view name_of(InterruptFate fate) {
  static constexpr std::array<std::string_view, 3> kWords = {"taken", "pending", "lost"};
  return word_of(kWords, fate);
}

std::string_view name_of(OutputStream stream) { return stream == OutputStream::error ? "error" : "output"; }

std::string_view name_of(Layer layer) {
  static constexpr std::array<std::string_view, 5> kWords = {"events", "allocator", "replies", "free_map", "samples"};
  return word_of(kWords, layer);
}

std::string_view name_of(StopReason reason) {
  static constexpr std::array<std::string_view, 8> kWords = {"finished",    "reached_until", "deadlock", "event_cap",
                                                             "instant_cap", "resource_cap",  "time_cap", "interrupted"};
  return word_of(kWords, reason);
}

std::string_view name_of(SamplePoint point) {
  static constexpr std::array<std::string_view, 4> kWords = {"start", "periodic", "change", "end"};
  return word_of(kWords, point);
}

std::string_view record_name(RecordKind kind) {
#define MEMSIM_NAME(Type) Type::kName,
  static constexpr std::array kNames = {MEMSIM_RECORDS(MEMSIM_NAME)};
#undef MEMSIM_NAME
  static_assert(kNames.size() == kRecordKindCount);
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace memsim
