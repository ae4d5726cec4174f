#include "runtime/link/ask.hpp"

#include <memsim/runtime/patience.hpp>

#include <linux/futex.h>
#include <linux/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <cerrno>
#include <cstring>

#include "runtime/link/host_call.hpp"
#include "runtime/link/start.hpp"

namespace memsim::runtime {
namespace {

// Of this thread.
thread_local link::Slot* slot = nullptr;
void (*first_of_all)() = nullptr;

// So long an answer is worth waiting for without sleeping: memsim's own part of a call takes a microsecond or two.
constexpr int kLooks = 400;
thread_local link::Patience patience;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  __asm__ volatile("yield");
#endif
}

// Ends a program whose simulator has gone.
void end_if_alone() {
  char byte = 0;
  constexpr long kFlags = MSG_PEEK | MSG_DONTWAIT;
  if (host_call(SYS_recvfrom, link::kSocket, as_long(&byte), 1, kFlags) == 0) host_call(SYS_exit_group, 1);
}

bool look_for(std::uint32_t answer) {
  for (int look = 0; look < kLooks; ++look) {
    if (slot->answered.load(std::memory_order_acquire) == answer) return true;
    relax();
  }
  return false;
}

void wait_for(std::uint32_t answer) {
  if (patience.is_worth_a_look()) {
    const bool in_time = look_for(answer);
    patience.looked(in_time);
    if (in_time) return;
  }
  while (true) {
    slot->program_sleeps.store(1);
    const std::uint32_t seen = slot->answered.load();
    if (seen == answer) break;
    const timespec second = {1, 0};
    const long woken = host_call(SYS_futex, as_long(&slot->answered), FUTEX_WAIT, seen, as_long(&second));
    if (woken == -ETIMEDOUT) end_if_alone();
  }
  slot->program_sleeps.store(0, std::memory_order_relaxed);
}

// Gives the number of the question.
std::uint32_t count_up() {
  const std::uint32_t number = slot->asked.load(std::memory_order_relaxed) + 1;
  slot->asked.store(number);
  if (slot->simulator_sleeps.exchange(0) != 0) {
    host_call(SYS_sendto, link::kSocket, as_long(&link::kWake), 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  return number;
}

void stand_still() {
  wait_for(count_up());
  if (first_of_all != nullptr) first_of_all();
}

int host_protection(std::uint32_t protection) {
  int host = PROT_NONE;
  if ((protection & 0x100) != 0) host |= PROT_READ;
  if ((protection & 0x200) != 0) host |= PROT_WRITE;
  if ((protection & 0x400) != 0) host |= PROT_EXEC;
  return host;
}

void make(const link::Change& change) {
  const auto start = static_cast<long>(change.start);
  const auto bytes = static_cast<long>(change.bytes);
  long made = 0;
  if (change.kind == link::Change::unmap) {
    made = host_call(SYS_munmap, start, bytes);
  } else if (change.kind == link::Change::reserve) {
    made = host_call(SYS_mmap, start, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  } else {
    made = host_call(SYS_mmap, start, bytes, host_protection(change.protection), MAP_SHARED | MAP_FIXED, link::kMemory,
                     static_cast<long>(change.paddr));
  }
  if (made < 0 && made > -4096) give_up("the host refuses a mapping");
}

void make_changes() {
  for (std::uint32_t i = 0; i < slot->reply.change_count; ++i) make(slot->changes[i]);
  slot->request.call = static_cast<std::uint32_t>(ProgramCall::changed);
  slot->request.text_bytes = 0;
  slot->request.bytes = 0;
}

}  // namespace

void use(link::Slot& given) { slot = &given; }
void do_first(void (*action)()) { first_of_all = action; }
bool is_linked() { return slot != nullptr; }

void tell(ProgramCall call) {
  slot->request = {.call = static_cast<std::uint32_t>(call)};
  static_cast<void>(count_up());
}

Result ask(const Question& question) {
  link::Request& request = slot->request;
  request.call = static_cast<std::uint32_t>(question.call);
  request.bytes = question.bytes;
  request.text_bytes = 0;
  if (question.text != nullptr) {
    const std::size_t length = std::strlen(question.text);
    if (length >= link::kTextBytes) return {.value = -1, .error = ENAMETOOLONG};
    std::memcpy(slot->text, question.text, length);
    request.text_bytes = static_cast<std::uint32_t>(length);
  }
  std::memcpy(request.arguments, question.arguments, sizeof request.arguments);
  stand_still();
  while (slot->reply.kind == link::Reply::changes) {
    make_changes();
    stand_still();
  }
  Result result;
  result.value = slot->reply.value;
  result.error = slot->reply.error;
  std::memcpy(result.results, slot->reply.results, sizeof result.results);
  result.bytes = slot->reply.bytes;
  result.changed = slot->reply.changed != 0;
  return result;
}

long returned(const Result& result) {
  return result.error != 0 ? failed(result.error) : static_cast<long>(result.value);
}

long failed(int error) {
  errno = error;
  return -1;
}

long refuse(ProgramCall call) { return returned(ask({.call = call})); }

unsigned char* window() { return reinterpret_cast<unsigned char*>(slot) + link::kWindowOffset; }
std::int64_t own_pid() { return slot->pid; }
std::int64_t own_tid() { return slot != nullptr ? slot->tid : 1; }
std::int64_t page_bytes() { return static_cast<std::int64_t>(slot->page_bytes); }

}  // namespace memsim::runtime
