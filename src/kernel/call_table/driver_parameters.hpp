// The parameters of the calls by which the world tells a driver's program something: interrupts, timers, events, names.
// A part of the call table.
#pragma once

#include <memsim/base/qnx.hpp>
#include <memsim/kernel/call_table.hpp>

namespace memsim::parameters {

using enum ParameterType;

inline constexpr Value kNoTimeout = -1;
inline constexpr Parameter kTimeout{"timeout", duration, false, kNoTimeout, "TimerTimeout() for this call"};

// struct sigevent. Its connection is one of the process that is told.
inline constexpr Parameter kEventCode{"code", integer, false, 0, "of the pulse: 0 to 127"};
inline constexpr Parameter kEventValue{"value", integer, false, 0, "payload of the pulse"};
inline constexpr Parameter kEventPriority{"priority", integer, false, -1, "of the pulse; -1: that of this thread now"};
inline constexpr Parameter kEventCoid{"coid", integer, true, 0, "connection that the pulse goes over"};

inline constexpr Parameter kVector{"vector", integer, true, 0, "of an interrupt source of the machine"};
inline constexpr Parameter kInterruptAttach[] = {
    kVector,
    {"coid", integer, false, qnx::kNoFd, "connection that a pulse goes over; -1: SIGEV_INTR, for InterruptWait()"},
    kEventCode,
    kEventValue,
    kEventPriority,
};
inline constexpr Parameter kOnlyVector[] = {kVector};
inline constexpr Parameter kInterruptMask[] = {
    kVector,
    {"id", integer, false, -1, "from InterruptAttachEvent(); -1: none in particular"},
};
inline constexpr Parameter kInterruptWait[] = {kTimeout};
inline constexpr Parameter kOnlyId[] = {{"id", integer, true, 0, "what to end"}};
inline constexpr Parameter kDeliverEvent[] = {
    {"rcvid", integer, true, 0, "from MsgReceive(), whether replied to or not"},
    {"coid", integer, true, 0, "connection of the client that the pulse goes over"},
    kEventCode,
    kEventValue,
    kEventPriority,
};
inline constexpr Parameter kTimerCreate[] = {kEventCoid, kEventCode, kEventValue, kEventPriority};
inline constexpr NamedValue kTimerFlags[] = {{"TIMER_ABSTIME", qnx::kTimerAbsolute}};
// Of what was set before.
inline constexpr std::string_view kTimerResults[] = {"left", "interval"};
inline constexpr Parameter kTimerSettime[] = {
    {"id", integer, true, 0, "from TimerCreate()"},
    {"flags", ParameterType::flags, false, 0, "whether `time` is one of the clock", kTimerFlags},
    {"time", duration, true, 0, "from now on; 0 stops the timer"},
    {"interval", duration, false, 0, "after which it goes off again, and again; 0: it does not"},
};
inline constexpr Parameter kNameAttach[] = {
    {"name", text, true, 0, "by which clients find the channel"},
};
inline constexpr Parameter kNameOpen[] = {{"name", text, true, 0, "from a server's name_attach()"}};

// The positions that the call table's header gives names.
static_assert(kInterruptAttach[InterruptArgs::vector].name == "vector" &&
              kInterruptAttach[InterruptArgs::event + EventArgs::coid].name == "coid" &&
              kInterruptAttach[InterruptArgs::event + EventArgs::code].name == "code" &&
              kInterruptAttach[InterruptArgs::event + EventArgs::value].name == "value" &&
              kInterruptAttach[InterruptArgs::event + EventArgs::priority].name == "priority");
static_assert(kInterruptMask[InterruptArgs::vector].name == "vector" &&
              kInterruptMask[InterruptArgs::id].name == "id" && kOnlyId[InterruptDetachArgs::id].name == "id" &&
              kInterruptWait[InterruptWaitArgs::timeout].name == "timeout");
static_assert(kDeliverEvent[DeliverArgs::rcvid].name == "rcvid" &&
              kDeliverEvent[DeliverArgs::event + EventArgs::priority].name == "priority");
static_assert(kTimerCreate[TimerCreateArgs::event + EventArgs::priority].name == "priority");
static_assert(kTimerSettime[TimerArgs::id].name == "id" && kTimerSettime[TimerArgs::flags].name == "flags" &&
              kTimerSettime[TimerArgs::time].name == "time" && kTimerSettime[TimerArgs::interval].name == "interval" &&
              kOnlyId[TimerArgs::id].name == "id");
static_assert(kNameAttach[NameArgs::name].name == "name" && kNameOpen[NameArgs::name].name == "name");

}  // namespace memsim::parameters
