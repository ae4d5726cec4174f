// Recorder: a record sink that keeps what tests ask about, as owned values.
#pragma once

#include <memsim/engine/record_stream.hpp>

#include <string>
#include <vector>

namespace memsim::test {

template <class Record>
struct At {
  SimTime time;
  Record record;
};

struct KeptNote {
  SimTime time;
  ProcessId pid;
  std::string text;
};

struct KeptReply {
  SegmentReply record;  // its span is not to be used: see segments
  std::vector<Segment> segments;
};

class Recorder : public RecordSink {
 public:
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return all_record_kinds(); }

  void on_record(const RecordView& view) override {
    if (view.kind() == RecordKind::interrupt) return keep(interrupts, view);
    switch (view.kind()) {
      case RecordKind::note:
        notes.push_back({view.time(), view.as<Note>().pid, std::string(view.as<Note>().text)});
        break;
      case RecordKind::process_started:
        names.resize(std::max<std::size_t>(names.size(), view.as<ProcessStarted>().pid.value() + 1));
        names[view.as<ProcessStarted>().pid.value()] = view.as<ProcessStarted>().name;
        break;
      case RecordKind::process_exited:
        keep(exits, view);
        break;
      case RecordKind::thread_state:
        keep(states, view);
        break;
      case RecordKind::message_sent:
        keep(sent, view);
        break;
      case RecordKind::message_received:
        keep(received, view);
        break;
      case RecordKind::message_replied:
        keep(replied, view);
        break;
      case RecordKind::call_completed:
        keep(calls, view);
        break;
      case RecordKind::pulse_received:
        keep(pulses, view);
        break;
      case RecordKind::allocation_failed:
        keep(failures, view);
        break;
      case RecordKind::frames_moved:
        for (const Extent& extent : view.as<FramesMoved>().from) moved_frames += extent.count;
        break;
      case RecordKind::probe_result:
        probes.push_back(view.as<ProbeResult>().would_succeed);
        break;
      case RecordKind::object_destroyed:
        keep(destroyed, view);
        break;
      case RecordKind::segment_reply: {
        const auto& reply = view.as<SegmentReply>();
        replies.push_back({reply, {reply.segments.begin(), reply.segments.end()}});
        break;
      }
      case RecordKind::deadlock_found: {
        const auto& members = view.as<DeadlockFound>().members;
        deadlocks.emplace_back(members.begin(), members.end());
        break;
      }
      case RecordKind::program_fault:
        faults.emplace_back(view.as<ProgramFault>().reason);
        break;
      case RecordKind::message_contents:
        keep(contents, view);
        break;
      case RecordKind::program_output:
        keep_output(view.as<ProgramOutput>());
        break;
      case RecordKind::run_ended:
        ended = view.as<RunEnded>();
        break;
      default:
        break;
    }
  }

  // The texts of all notes, in order.
  [[nodiscard]] std::vector<std::string> note_texts() const {
    std::vector<std::string> texts;
    for (const KeptNote& note : notes) texts.push_back(note.text);
    return texts;
  }
  [[nodiscard]] std::string name_of_process(ProcessId pid) const {
    return pid.value() < names.size() ? names[pid.value()] : "?";
  }
  // "name: text" for each note.
  [[nodiscard]] std::vector<std::string> named_notes() const {
    std::vector<std::string> texts;
    for (const KeptNote& note : notes) texts.push_back(name_of_process(note.pid) + ": " + note.text);
    return texts;
  }

  std::vector<KeptNote> notes;
  std::vector<std::string> names;  // by pid
  std::vector<At<ProcessExited>> exits;
  std::vector<At<ThreadStateChanged>> states;
  std::vector<At<MessageSent>> sent;
  std::vector<At<MessageReceived>> received;
  std::vector<At<MessageContents>> contents;
  std::vector<At<MessageReplied>> replied;
  std::vector<At<CallCompleted>> calls;
  std::vector<At<PulseReceived>> pulses;
  std::vector<At<InterruptRaised>> interrupts;  // the names of their sources are not to be used
  std::vector<At<AllocationFailed>> failures;   // their spans are not to be used
  std::vector<At<ObjectDestroyed>> destroyed;
  FrameCount moved_frames;
  std::vector<KeptReply> replies;
  std::vector<bool> probes;
  std::vector<std::vector<ThreadRef>> deadlocks;
  std::vector<std::string> faults;
  std::vector<std::string> output;  // of programs of the host: "name: text", or "name! text" for errors
  RunEnded ended;

 private:
  void keep_output(const ProgramOutput& line) {
    const char* mark = line.stream == OutputStream::error ? "! " : ": ";
    output.push_back(name_of_process(line.pid) + mark + std::string(line.text));
  }
  template <class Record>
  static void keep(std::vector<At<Record>>& list, const RecordView& view) {
    list.push_back({view.time(), view.as<Record>()});
  }
};

}  // namespace memsim::test
