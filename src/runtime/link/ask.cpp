#include "runtime/link/ask.hpp"

#include <linux/futex.h>
#include <linux/mman.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <cerrno>
#include <cstring>

#include "runtime/link/host_call.hpp"
#include "runtime/link/start.hpp"

namespace memsim::runtime {
namespace {

// Of this thread.
thread_local link::Slot* slot = nullptr;
void (*first_of_all)() = nullptr;

// What the kernel of the host has of a thread that holds robust futexes: none but the turn.
thread_local robust_list_head held = {};

constexpr long kRseqBytes = 32;  // as the C library has registered it

// The C library has the host write the processor's number into each thread at every switch, which is nobody's business
// here and takes time.
void leave_processor_untold() {
  if (__rseq_size == 0) return;
  constexpr long kUnregister = 1;
  host_call(SYS_rseq, as_long(static_cast<char*>(__builtin_thread_pointer()) + __rseq_offset), kRseqBytes, kUnregister,
            RSEQ_SIG);
}

// Gives the turn to memsim.
void hand_over() {
  slot->turn.store(link::kSimulatorsTurn);
  host_call(SYS_futex, as_long(&slot->turn), FUTEX_WAKE, 1);
}

void stand_still() {
  hand_over();
  while (slot->turn.load() == link::kSimulatorsTurn) {
    host_call(SYS_futex, as_long(&slot->turn), FUTEX_WAIT, link::kSimulatorsTurn);
  }
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

void use(link::Slot& given) {
  slot = &given;
  slot->host_thread = static_cast<std::uint32_t>(host_call(SYS_gettid));
  held.list.next = &held.list;
  held.list_op_pending = reinterpret_cast<robust_list*>(&slot->turn);
  host_call(SYS_set_robust_list, as_long(&held), sizeof held);
  leave_processor_untold();
}
void do_first(void (*action)()) { first_of_all = action; }
bool is_linked() { return slot != nullptr; }

void tell(ProgramCall call) {
  slot->request = {.call = static_cast<std::uint32_t>(call)};
  hand_over();
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
std::int64_t own_pid() { return slot != nullptr ? slot->pid : 0; }
std::int64_t own_tid() { return slot != nullptr ? slot->tid : 1; }
std::int64_t page_bytes() { return static_cast<std::int64_t>(slot->page_bytes); }

}  // namespace memsim::runtime
