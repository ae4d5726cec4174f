#include "sim/mpi/mpi_crew.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <array>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/host/interrupt.hpp>

namespace memsim {
namespace {

enum Tag : int {
  kPlan = 1,  // a helper's first: the content of what it will run
  kNoPlan,    // or why it cannot
  kRun,       // index, variation, seed
  kResult,    // index, then the result
  kFailure,   // index, then why
  kEnd,       // to a helper: no more
};

// So that a helper has its next run when it is done with one.
constexpr std::size_t kRunsAhead = 2;
constexpr std::size_t kNumberBytes = sizeof(std::uint64_t);

// Ranks of one program on one kind of machine.
void append(std::string& bytes, std::uint64_t number) {
  std::array<char, kNumberBytes> raw{};
  std::memcpy(raw.data(), &number, raw.size());
  bytes.append(raw.data(), raw.size());
}

std::uint64_t number_at(const std::string& bytes, std::size_t place) {
  MEMSIM_CHECK((place + 1) * kNumberBytes <= bytes.size());
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data() + place * kNumberBytes, kNumberBytes);
  return number;
}

// The first of the diagnostics: a run that fails has one.
std::string encode(const HostError& error) {
  std::string bytes;
  append(bytes, static_cast<std::uint64_t>(error.front().code));
  append(bytes, error.front().message.size());
  return bytes + error.front().message + error.front().help;
}

HostError decode_error(const std::string& bytes) {
  Diagnostic diagnostic;
  diagnostic.code = static_cast<ExitCode>(number_at(bytes, 0));
  const std::string text = bytes.substr(2 * kNumberBytes);
  diagnostic.message = text.substr(0, number_at(bytes, 1));
  diagnostic.help = text.substr(diagnostic.message.size());
  return {diagnostic};
}

}  // namespace

struct MpiCrew::Message {
  int from = 0;
  int tag = 0;
  std::string bytes;
};

MpiCrew::MpiCrew(int& argc, char**& argv) {
  int provided = MPI_THREAD_SINGLE;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);  // a thread that writes results does not speak MPI
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
}

MpiCrew::~MpiCrew() {
  if (leads()) {
    while (greetings_.size() + 1 < static_cast<std::size_t>(size_)) greetings_.push_back(receive().bytes);
    for (int rank = 1; rank < size_; ++rank) send(rank, kEnd, {});
  } else if (!has_met_) {
    help(host_failure(ExitCode::bad_input, fmt::format("rank {} cannot read what the others do", rank_)));
  }
  MPI_Finalize();
}

void MpiCrew::send(int rank, int tag, const std::string& bytes) const {
  MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, rank, tag, MPI_COMM_WORLD);
}

// Looks now and then: waiting inside MPI takes a whole processor, which a helper could use.
MpiCrew::Message MpiCrew::receive() {
  MPI_Status status;
  int there = 0;
  while (true) {
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
    if (there != 0) break;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  int size = 0;
  MPI_Get_count(&status, MPI_BYTE, &size);
  Message message{status.MPI_SOURCE, status.MPI_TAG, std::string(static_cast<std::size_t>(size), '\0')};
  MPI_Recv(message.bytes.data(), size, MPI_BYTE, message.from, message.tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return message;
}

HostResult<void> MpiCrew::gather(const RunPlan& plan) {
  while (greetings_.size() + 1 < static_cast<std::size_t>(size_)) {
    Message greeting = receive();
    greetings_.push_back(std::move(greeting.bytes));
    if (greeting.tag == kNoPlan) return Unexpected(decode_error(greetings_.back()));
    if (number_at(greetings_.back(), 0) == plan.content()) continue;
    return host_failure(ExitCode::bad_input, fmt::format("rank {} reads another scenario of that name", greeting.from),
                        "all ranks need the same files");
  }
  return {};
}

void MpiCrew::distribute(const RunPlan& plan, std::span<const RunSpec> runs, const TakeRun& take) {
  const HostResult<void> gathered = gather(plan);
  if (!gathered) return static_cast<void>(take(0, Unexpected(gathered.error())));
  std::size_t next = 0;
  std::size_t under_way = 0;
  bool goes_on = true;
  const auto hand_out = [&](int rank) {
    if (!goes_on || next == runs.size() || host::is_interrupted()) return;
    std::string bytes;
    for (const std::uint64_t number : {std::uint64_t{next}, std::uint64_t{runs[next].variation}, runs[next].seed}) {
      append(bytes, number);
    }
    send(rank, kRun, bytes);
    ++next;
    ++under_way;
  };
  for (std::size_t i = 0; i < kRunsAhead; ++i) {
    for (int rank = 1; rank < size_; ++rank) hand_out(rank);
  }
  for (; under_way > 0; --under_way) {
    const Message done = receive();
    const std::string body = done.bytes.substr(kNumberBytes);
    HostResult<RunResult> run =
        done.tag == kResult ? decode_run_result(body) : HostResult<RunResult>(Unexpected(decode_error(body)));
    goes_on = take(number_at(done.bytes, 0), std::move(run)) && goes_on;
    hand_out(done.from);
  }
  if (goes_on && next < runs.size()) {
    static_cast<void>(take(next, host_failure(ExitCode::interrupted, "interrupted")));
  }
}

void MpiCrew::help(const HostResult<RunPlan>& plan) {
  has_met_ = true;
  std::string greeting;
  if (plan) append(greeting, plan->content());
  send(0, plan ? kPlan : kNoPlan, plan ? greeting : encode(plan.error()));
  for (Message message = receive(); message.tag != kEnd; message = receive()) {
    std::string bytes;
    append(bytes, number_at(message.bytes, 0));
    const HostResult<RunResult> run =
        run_of_sweep(*plan, {0, number_at(message.bytes, 1), number_at(message.bytes, 2)});
    bytes += run ? encode(*run) : encode(run.error());
    send(0, run ? kResult : kFailure, bytes);
  }
}

}  // namespace memsim
