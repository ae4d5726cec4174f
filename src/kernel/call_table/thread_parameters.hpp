// The parameters of the calls by which threads of a process wait for each other. A part of the call table.
#pragma once

#include "kernel/call_table/driver_parameters.hpp"

namespace memsim::parameters {

inline constexpr Parameter kSync{"sync", integer, true, 0,
                                 "number by which the threads of this process know it, or an address"};
inline constexpr Parameter kShared{"shared", integer, false, 0,
                                   "1: it is where that address is mapped, for all who map it; 2: and robust"};

inline constexpr Parameter kThreadCreate[] = {
    {"thread", text, true, 0, "a thread of this process with `start: never`"}};
inline constexpr Parameter kThreadJoin[] = {{"tid", integer, true, 0, "from ThreadCreate()"}, kTimeout};
inline constexpr Parameter kThreadDetach[] = {{"tid", integer, true, 0, "from ThreadCreate()"}};
inline constexpr Parameter kSyncTypeCreate[] = {kSync, {"count", integer, false, 0, "that it begins with"}, kShared};
inline constexpr Parameter kOnlySync[] = {kSync, kShared};
inline constexpr Parameter kSyncWait[] = {kSync, kTimeout, kShared};
inline constexpr Parameter kCondvarWait[] = {
    kSync,
    {"mutex", integer, true, 0, "number of the mutex, which this thread owns"},
    kTimeout,
    kShared,
};
inline constexpr Parameter kCondvarSignal[] = {
    kSync, {"all", integer, false, 0, "1: all who wait, not only the next"}, kShared};
inline constexpr Parameter kTid{"tid", integer, false, 0, "from ThreadCreate(); 0: this thread"};
inline constexpr Parameter kSchedSet[] = {
    kTid,
    {"priority", integer, true, 0, "that it has from now on: 1 to 255"},
    {"policy", integer, false, -1, "0: first in first out, 1: round robin; -1: as it is"},
};
inline constexpr Parameter kSchedGet[] = {kTid};
inline constexpr std::string_view kSchedResults[] = {"priority", "current"};

// The positions that the call table's header gives names.
static_assert(kThreadCreate[ThreadCreateArgs::thread].name == "thread" && kThreadJoin[JoinArgs::tid].name == "tid" &&
              kThreadJoin[JoinArgs::timeout].name == "timeout" && kThreadDetach[JoinArgs::tid].name == "tid");
static_assert(kSyncTypeCreate[SyncCreateArgs::sync].name == "sync" &&
              kSyncTypeCreate[SyncCreateArgs::count].name == "count" &&
              kSyncTypeCreate[SyncCreateArgs::shared].name == "shared" && kOnlySync[SyncArgs::sync].name == "sync" &&
              kOnlySync[SyncArgs::shared].name == "shared" && kSyncWait[SyncWaitArgs::sync].name == "sync" &&
              kSyncWait[SyncWaitArgs::timeout].name == "timeout" && kSyncWait[SyncWaitArgs::shared].name == "shared");
static_assert(kCondvarWait[CondvarArgs::sync].name == "sync" && kCondvarWait[CondvarArgs::mutex].name == "mutex" &&
              kCondvarWait[CondvarArgs::timeout].name == "timeout" &&
              kCondvarWait[CondvarArgs::shared].name == "shared" &&
              kCondvarSignal[CondvarSignalArgs::sync].name == "sync" &&
              kCondvarSignal[CondvarSignalArgs::all].name == "all" &&
              kCondvarSignal[CondvarSignalArgs::shared].name == "shared");
static_assert(kSchedSet[SchedArgs::tid].name == "tid" && kSchedSet[SchedArgs::priority].name == "priority" &&
              kSchedSet[SchedArgs::policy].name == "policy" && kSchedGet[SchedArgs::tid].name == "tid");

}  // namespace memsim::parameters
