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

namespace {

namespace link = memsim::link;

// Past the C library and the runtime library.
long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
#if defined(__x86_64__)
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "+a"(number)
                   : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return number;
#else
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#endif
}

class Hostile {
 public:
  // Of an even seed it keeps to the link's rules, and so lives long.
  explicit Hostile(unsigned seed) : is_subtle_(seed % 2 == 0), state_(seed) {
    slot_ = reinterpret_cast<link::Slot*>(raw(SYS_mmap, 0, link::kSlotBytes, 3, 1, link::kSlot, 0));
  }

  void act() {
    switch (is_subtle_ ? 4 + draw(8) : draw(12)) {
      case 0:
        return scribble();
      case 1:
        return ask_anything();
      case 2:
        return count_wrong();
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
    const std::uint32_t question = slot_->asked.load() + 1;
    slot_->asked.store(question);
    if (slot_->simulator_sleeps.exchange(0) != 0)
      raw(SYS_sendto, link::kSocket, reinterpret_cast<long>("w"), 1, 0x4040);
    for (long looks = 0; slot_->answered.load() != question && looks < 3'000'000; ++looks) {
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
  void count_wrong() { slot_->asked.fetch_add(draw(5) + 2), delay(1); }
  void shout() {
    char words[100];
    for (char& c : words) c = static_cast<char>(draw(3) == 0 ? draw(256) : 'w');
    for (int i = 0; i < 50; ++i) raw(SYS_sendto, link::kSocket, reinterpret_cast<long>(words), draw(100), 0x4040);
    delay(1);
  }
  void start_processes() {
#if defined(__x86_64__)
    raw(SYS_fork), raw(SYS_vfork);
#endif
    raw(SYS_clone, 17), raw(SYS_clone3, 0, 0);
    const char* const no[] = {nullptr};
    raw(SYS_execve, reinterpret_cast<long>("/bin/sh"), reinterpret_cast<long>(no), reinterpret_cast<long>(no));
  }
  void kill_all() {
    raw(SYS_kill, 0, 9), raw(SYS_kill, -1, 9), raw(SYS_tgkill, 1, 1, 9);
    if (!is_subtle_ && draw(10) == 0) raw(SYS_tgkill, raw(SYS_getpid), raw(SYS_gettid), 9);
  }
  void close_all() {
    for (int fd = 3; fd < 40; ++fd) raw(SYS_close, fd), close(fd);
    delay(1);
  }
  void open_all() {
    for (int i = 0; i < 2000 && shm_open(SHM_ANON, O_RDWR | O_CREAT, 0600) >= 0; ++i) {
    }
    for (int i = 0; i < 100; ++i) raw(SYS_dup, 1);
    for (int i = 0; i < 100; ++i) mmap(nullptr, static_cast<size_t>(number()), 0x300, MAP_PRIVATE | MAP_ANON, NOFD, 0);
  }
  void call_host() {
    for (int i = 0; i < 50; ++i) {
      const long call = draw(450);
      // An end is an act of its own, and a wait is an endless loop, which takes the test long.
      if (call == SYS_exit || call == SYS_exit_group || call == SYS_futex || call == SYS_read) continue;
      raw(call, number(), number(), number(), number(), number(), number());
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
