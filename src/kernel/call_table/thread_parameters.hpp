// The parameters of the calls by which threads of a process wait for each other. A part of the call table.
#pragma once

#include "kernel/call_table/driver_parameters.hpp"

namespace memsim::parameters {

inline constexpr Parameter kSync{"sync", integer, true, 0, "number by which the threads of this process know it"};

inline constexpr Parameter kThreadCreate[] = {
    {"thread", text, true, 0, "a thread of this process with `start: never`"}};
inline constexpr Parameter kThreadJoin[] = {{"tid", integer, true, 0, "from ThreadCreate()"}, kTimeout};
inline constexpr Parameter kThreadDetach[] = {{"tid", integer, true, 0, "from ThreadCreate()"}};
inline constexpr Parameter kSyncTypeCreate[] = {kSync, {"count", integer, false, 0, "that it begins with"}};
inline constexpr Parameter kOnlySync[] = {kSync};
inline constexpr Parameter kSyncWait[] = {kSync, kTimeout};
inline constexpr Parameter kCondvarWait[] = {
    kSync,
    {"mutex", integer, true, 0, "number of the mutex, which this thread owns"},
    kTimeout,
};
inline constexpr Parameter kCondvarSignal[] = {kSync, {"all", integer, false, 0, "1: all who wait, not only the next"}};

// The positions that the call table's header gives names.
static_assert(kThreadCreate[ThreadCreateArgs::thread].name == "thread" && kThreadJoin[JoinArgs::tid].name == "tid" &&
              kThreadJoin[JoinArgs::timeout].name == "timeout" && kThreadDetach[JoinArgs::tid].name == "tid");
static_assert(kSyncTypeCreate[SyncCreateArgs::sync].name == "sync" &&
              kSyncTypeCreate[SyncCreateArgs::count].name == "count" && kOnlySync[SyncArgs::sync].name == "sync" &&
              kSyncWait[SyncArgs::sync].name == "sync" && kSyncWait[SyncArgs::timeout].name == "timeout");
static_assert(kCondvarWait[CondvarArgs::sync].name == "sync" && kCondvarWait[CondvarArgs::mutex].name == "mutex" &&
              kCondvarWait[CondvarArgs::timeout].name == "timeout" &&
              kCondvarSignal[CondvarSignalArgs::sync].name == "sync" &&
              kCondvarSignal[CondvarSignalArgs::all].name == "all");

}  // namespace memsim::parameters
