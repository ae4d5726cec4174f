// A program that does all it can to hurt: the first argument is the seed of what it does, the second how often.
#include <memsim/runtime/calls.hpp>
#include <memsim/runtime/link.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/neutrino.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "runtime/link/host_call.hpp"

namespace {

namespace link = memsim::link;

// Past the C library and the runtime library.
using memsim::runtime::host_call;

class Hostile {
 public:
  // Of an even seed it keeps to the link's rules, and so lives long.
  explicit Hostile(unsigned seed) : is_subtle_(seed % 2 == 0), state_(seed) {
    slot_ = reinterpret_cast<link::Slot*>(host_call(SYS_mmap, 0, link::kSlotBytes, 3, 1, link::kSlot, 0));
  }

  void act() {
    switch (is_subtle_ ? 4 + draw(8) : draw(12)) {
      case 0:
        return scribble();
      case 1:
        return ask_anything();
      case 2:
        return turn_wrong();
      case 3:
        return shout();
      case 4:
        return ask_nearly_well();
      case 5:
        return start_processes();
      case 6:
        return kill_all();
      case 7:
        return close_all();
      case 8:
        return open_all();
      case 9:
        return is_subtle_ && draw(10) > 0 ? delay_a_little() : call_host();
      case 10:
        return start_threads();
      default:
        delay(1);
    }
  }

 private:
  unsigned draw(unsigned below) {
    state_ = state_ * 1103515245 + 12345;
    return (state_ >> 8) % below;
  }
  // Numbers that are often near to what they should be.
  long number() {
    constexpr long kOften[] = {0, 1, -1, 2, 3, 4, 4096, 0x10000000, 1L << 40, INT64_MAX, INT64_MIN};
    if (draw(2) == 0) return kOften[draw(sizeof kOften / sizeof kOften[0])];
    return static_cast<long>((static_cast<unsigned long>(draw(1 << 20)) << (draw(40))) - draw(8));
  }

  static void delay_a_little() { usleep(50); }
  void scribble() {
    auto* bytes = reinterpret_cast<volatile unsigned char*>(slot_);
    for (int i = 0; i < 100; ++i) bytes[draw(draw(2) == 0 ? 600 : 60000)] = static_cast<unsigned char>(draw(256));
    delay(1);
  }
  void ask(const link::Request& request) {
    stand_still(request);
    // It says that it has made what it was told to make, and has not.
    for (int i = 0; is_subtle_ && slot_->reply.kind == link::Reply::changes && i < 10; ++i) {
      link::Request changed;
      changed.call = static_cast<std::uint32_t>(link::ProgramCall::changed);
      stand_still(changed);
    }
  }
  void stand_still(const link::Request& request) {
    slot_->request = request;
    slot_->turn.store(link::kSimulatorsTurn);
    wake();
    for (long looks = 0; slot_->turn.load() == link::kSimulatorsTurn && looks < 3'000'000; ++looks) {
    }
  }
  // As the runtime library would, had it been written by chance.
  void ask_anything() {
    link::Request request;
    request.call = draw(static_cast<unsigned>(link::kProgramCallCount) + 8);
    request.text_bytes = draw(8) == 0 ? draw(1 << 20) : draw(20);
    request.bytes = draw(8) == 0 ? static_cast<std::uint64_t>(number()) : draw(64);
    for (std::int64_t& argument : request.arguments) argument = number();
    for (unsigned i = 0; i < 20; ++i) slot_->text[i] = static_cast<char>(draw(256));
    ask(request);
  }
  void ask_nearly_well() {
    if (is_subtle_ && gettid() != 1) return;  // another thread's slot
    for (int i = 0; i < 20; ++i) {
      link::Request request;
      request.call = draw(static_cast<unsigned>(link::kProgramCallCount));
      // Not the end of somebody else, whom the test looks for.
      if (request.call == static_cast<std::uint32_t>(link::ProgramCall::kill)) continue;
      request.bytes = draw(3) == 0 ? draw(200) : 0;
      request.text_bytes = draw(10);
      for (unsigned letter = 0; letter < 10; ++letter) slot_->text[letter] = static_cast<char>(draw(256));
      for (std::int64_t& argument : request.arguments) argument = draw(3) == 0 ? number() : draw(5);
      ask(request);
    }
  }
  void wake() { host_call(SYS_futex, memsim::runtime::as_long(&slot_->turn), 1, 1); }
  void turn_wrong() {
    constexpr std::uint32_t kOften[] = {0, 1, 0x4000'0000, 0x8000'0000, 0xc000'0000, 0xffff'ffff};
    slot_->turn.store(draw(2) == 0 ? kOften[draw(6)] : draw(1 << 24));
    wake(), delay(1);
  }
  void shout() {
    for (int i = 0; i < 50; ++i) {
      if (draw(3) == 0) slot_->host_thread = draw(1 << 24);
      if (draw(3) == 0) slot_->turn.store(link::kSimulatorsTurn);
      wake();
    }
    delay(1);
  }
  void start_processes() {
#if defined(__x86_64__)
    host_call(SYS_fork), host_call(SYS_vfork);
#endif
    host_call(SYS_clone, 17), host_call(SYS_clone3, 0, 0);
    const char* const no[] = {nullptr};
    host_call(SYS_execve, reinterpret_cast<long>("/bin/sh"), reinterpret_cast<long>(no), reinterpret_cast<long>(no));
  }
  void kill_all() {
    host_call(SYS_kill, 0, 9), host_call(SYS_kill, -1, 9), host_call(SYS_tgkill, 1, 1, 9);
    if (!is_subtle_ && draw(10) == 0) host_call(SYS_tgkill, host_call(SYS_getpid), host_call(SYS_gettid), 9);
  }
  void close_all() {
    for (int fd = 3; fd < 40; ++fd) host_call(SYS_close, fd), close(fd);
    delay(1);
  }
  void open_all() {
    for (int i = 0; i < 2000 && shm_open(SHM_ANON, O_RDWR | O_CREAT, 0600) >= 0; ++i) {
    }
    for (int i = 0; i < 100; ++i) host_call(SYS_dup, 1);
    for (int i = 0; i < 100; ++i) mmap(nullptr, static_cast<size_t>(number()), 0x300, MAP_PRIVATE | MAP_ANON, NOFD, 0);
  }
  void call_host() {
    for (int i = 0; i < 50; ++i) {
      const long call = draw(450);
      // An end is an act of its own, and a wait is an endless loop, which takes the test long.
      if (call == SYS_exit || call == SYS_exit_group || call == SYS_futex || call == SYS_read) continue;
      host_call(call, number(), number(), number(), number(), number(), number());
    }
  }
  static void* thread(void* seed) {
    Hostile hostile(static_cast<unsigned>(reinterpret_cast<unsigned long>(seed)));
    for (int i = 0; i < 20; ++i) hostile.act();
    return nullptr;
  }
  void start_threads() {
    for (int i = 0; i < 3; ++i) {
      pthread_t made;
      pthread_create(&made, nullptr, thread, reinterpret_cast<void*>(static_cast<unsigned long>(draw(1000))));
    }
    if (draw(8) == 0) pthread_exit(nullptr);
    delay(1);
  }

  bool is_subtle_;
  unsigned state_;
  link::Slot* slot_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  Hostile hostile(static_cast<unsigned>(std::atoi(arguments[1])));
  for (int i = std::atoi(arguments[2]); i > 0; --i) hostile.act();
  return 0;
}
