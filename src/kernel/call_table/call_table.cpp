#include <memsim/kernel/call_table.hpp>

#include <memsim/base/check.hpp>
#include <memsim/base/qnx.hpp>

#include "kernel/call_table/driver_parameters.hpp"
#include "kernel/call_table/thread_parameters.hpp"

namespace memsim {
namespace {

using enum ParameterType;
using namespace parameters;

constexpr Value number(std::uint64_t flags) { return static_cast<Value>(flags); }

constexpr NamedValue kOpenFlags[] = {
    {"O_RDONLY", number(qnx::kReadOnly)},    {"O_WRONLY", number(qnx::kWriteOnly)},
    {"O_RDWR", number(qnx::kReadWrite)},     {"O_CREAT", number(qnx::kOpenCreate)},
    {"O_TRUNC", number(qnx::kOpenTruncate)}, {"O_EXCL", number(qnx::kOpenExclusive)},
};
constexpr NamedValue kShmFlags[] = {
    {"SHMCTL_ANON", number(qnx::kCtlAnon)},           {"SHMCTL_PHYS", number(qnx::kCtlPhys)},
    {"SHMCTL_SEAL", number(qnx::kCtlSeal)},           {"SHMCTL_REVOCABLE", number(qnx::kCtlRevocable)},
    {"SHMCTL_GLOBAL", number(qnx::kCtlGlobal)},       {"SHMCTL_PRIV", number(qnx::kCtlPriv)},
    {"SHMCTL_LOWERPROT", number(qnx::kCtlLowerProt)}, {"SHMCTL_LAZYWRITE", number(qnx::kCtlLazyWrite)},
    {"SHMCTL_HIGHUSAGE", number(qnx::kCtlHighUsage)}, {"SHMCTL_LAZY", number(qnx::kCtlLazy)},
    {"SHMCTL_REPEAT", number(qnx::kCtlRepeat)},       {"SHMCTL_NODEFRAG", number(qnx::kCtlNoDefrag)},
    {"SHMCTL_TYMEM", number(qnx::kCtlTypedMemory)},   {"SHMCTL_GET_FLAGS", number(qnx::kCtlGetFlags)},
    {"SHMCTL_ISADMA", number(qnx::kCtlIsaDma)},       {"SHMCTL_NOX64K", number(qnx::kCtlNoX64k)},
};
constexpr NamedValue kProtection[] = {
    {"PROT_NONE", number(qnx::kProtNone)},       {"PROT_READ", number(qnx::kProtRead)},
    {"PROT_WRITE", number(qnx::kProtWrite)},     {"PROT_EXEC", number(qnx::kProtExec)},
    {"PROT_NOCACHE", number(qnx::kProtNoCache)},
};
constexpr NamedValue kMapFlags[] = {
    {"MAP_SHARED", number(qnx::kMapShared)},       {"MAP_PRIVATE", number(qnx::kMapPrivate)},
    {"MAP_FIXED", number(qnx::kMapFixed)},         {"MAP_LAZY", number(qnx::kMapLazy)},
    {"MAP_STACK", number(qnx::kMapStack)},         {"MAP_BELOW", number(qnx::kMapBelow)},
    {"MAP_NOINIT", number(qnx::kMapNoInit)},       {"MAP_PHYS", number(qnx::kMapPhys)},
    {"MAP_NOINHERIT", number(qnx::kMapNoInherit)}, {"MAP_ANON", number(qnx::kMapAnon)},
    {"MAP_NOX64K", number(qnx::kMapNoX64k)},       {"MAP_BELOW16M", number(qnx::kMapBelow16M)},
};
constexpr NamedValue kTypedFlags[] = {
    {"POSIX_TYPED_MEM_ALLOCATE", number(qnx::kTypedAllocate)},
    {"POSIX_TYPED_MEM_ALLOCATE_CONTIG", number(qnx::kTypedAllocateContig)},
    {"POSIX_TYPED_MEM_MAP_ALLOCATABLE", number(qnx::kTypedMapAllocatable)},
};
constexpr NamedValue kWhence[] = {
    {"SEEK_SET", qnx::kSeekSet}, {"SEEK_CUR", qnx::kSeekCurrent}, {"SEEK_END", qnx::kSeekEnd}};
constexpr NamedValue kChannelFlags[] = {
    {"_NTO_CHF_FIXED_PRIORITY", qnx::kChannelFixedPriority},
    {"_NTO_CHF_UNBLOCK", qnx::kChannelUnblock},
    {"_NTO_CHF_DISCONNECT", qnx::kChannelDisconnect},
    {"_NTO_CHF_SENDER_LEN", qnx::kChannelSenderLen},
    {"_NTO_CHF_REPLY_LEN", qnx::kChannelReplyLen},
    {"_NTO_CHF_THREAD_DEATH", qnx::kChannelThreadDeath},
    {"_NTO_CHF_COID_DISCONNECT", qnx::kChannelCoidDisconnect},
};
constexpr Value kOpenReadWrite = number(qnx::kReadWrite);
constexpr Value kSizeMax = -1;
constexpr Value kNoFd = qnx::kNoFd;
constexpr Value kRequestBytes = qnx::kMemObjInfoRequestBytes;
constexpr Value kOneSegment = qnx::kSegmentBytes;

// Shared parameters.
constexpr Parameter kFd{"fd", integer, true, 0, "descriptor from shm_open() or posix_typed_mem_open()"};

// What a driver needs of the memory that a call takes. memsim's own: the modelled system has no such arguments.
constexpr Parameter kAlignment{"alignment", bytes, false, 0, "of the memory taken: a power of two; 0: a page"};
constexpr Parameter kBoundary{"boundary", bytes, false, 0, "a power of two that no block taken may cross; 0: none"};
constexpr Parameter kAbove{"above", address, false, 0, "lowest address allowed"};
constexpr Parameter kBelow{"below", address, false, 0, "first address no longer allowed; 0: none"};

constexpr Parameter kMsgSend[] = {
    {"coid", integer, true, 0, "connection from ConnectAttach(), or MEMMGR_COID"},
    {"type", integer, false, qnx::kUserType,
     "type field of the message; _MEM_OBJ_INFO, _MEM_INFO and _MEM_PMEM_ADD are known by name"},
    {"value", integer, false, 0, "a payload that the receiver sees as $msg.value"},
    {"send_bytes", bytes, false, kRequestBytes, "size of the message"},
    {"reply_bytes", bytes, false, kOneSegment, "room for the reply"},
    kTimeout,
    {"fd", integer, false, kNoFd, "input of _MEM_OBJ_INFO and _MEM_INFO"},
    {"offset", bytes, false, 0, "input of _MEM_OBJ_INFO; address for _MEM_PMEM_ADD"},
    {"length", bytes, false, kSizeMax, "input of _MEM_OBJ_INFO and _MEM_PMEM_ADD"},
};
constexpr Parameter kShmOpen[] = {
    {"name", text, true, 0, "object name such as /frame; SHM_ANON for none"},
    {"oflag", flags, false, kOpenReadWrite, "access, and what becomes of an object that is there or is not",
     kOpenFlags},
    {"mode", integer, false, 0600, "permissions of a new object, such as 0o600"},
};
constexpr Parameter kShmUnlink[] = {{"name", text, true, 0, "object name"}};
constexpr Parameter kOnlyFd[] = {{"fd", integer, true, 0, "descriptor"}};
constexpr Parameter kLseek[] = {
    kFd,
    {"offset", bytes, false, 0, "distance"},
    {"whence", choice, false, 0, "from where", kWhence},
};
constexpr Parameter kFtruncate[] = {kFd, {"size", bytes, true, 0, "new size"}};
constexpr Parameter kShmCtl[] = {
    kFd,
    {"flags", ParameterType::flags, true, 0, "SHMCTL_* flags", kShmFlags},
    {"paddr", address, false, 0, "address for SHMCTL_PHYS, pool descriptor for SHMCTL_TYMEM, stride for SHMCTL_REPEAT"},
    {"size", bytes, true, 0, "bytes; for SHMCTL_REPEAT the new total, with the stride in paddr"},
    {"special", integer, false, 0, "processor-specific flags of shm_ctl_special()"},
    kAlignment,
    kBoundary,
    kAbove,
    kBelow,
};
constexpr Parameter kMmap[] = {
    {"addr", address, false, 0, "wanted address"},
    {"len", bytes, true, 0, "bytes to map"},
    {"prot", flags, false, number(qnx::kProtRead | qnx::kProtWrite), "what the mapping allows", kProtection},
    {"flags", ParameterType::flags, false, number(qnx::kMapShared), "MAP_* flags", kMapFlags},
    {"fd", integer, false, kNoFd, "descriptor; NOFD for MAP_ANON"},
    {"off", bytes, false, 0, "offset in the object, or physical address for MAP_PHYS"},
    kAlignment,
    kBoundary,
    kAbove,
    kBelow,
};
constexpr Parameter kRange[] = {
    {"addr", address, true, 0, "start of the range"},
    {"len", bytes, true, 0, "bytes"},
};
constexpr Parameter kTouch[] = {
    {"addr", address, true, 0, "first byte referenced"},
    {"len", bytes, false, 1, "bytes referenced"},
};
constexpr Parameter kMemOffset[] = {
    {"addr", address, true, 0, "virtual address"},
    {"len", bytes, false, 1, "bytes of interest from there"},
    {"fd", integer, false, kNoFd, "must be NOFD"},
};
constexpr Parameter kProtect[] = {
    {"addr", address, true, 0, "start of the range"},
    {"len", bytes, true, 0, "bytes"},
    {"prot", flags, true, 0, "what it allows from now on", kProtection},
};
constexpr NamedValue kLockAllFlags[] = {{"MCL_CURRENT", qnx::kLockCurrent}, {"MCL_FUTURE", qnx::kLockFuture}};
constexpr Parameter kLockAll[] = {
    {"flags", ParameterType::flags, true, 0, "what is mapped, what will be", kLockAllFlags}};
constexpr Parameter kPosixMemOffset[] = {
    {"addr", address, true, 0, "virtual address"},
    {"len", bytes, false, 1, "bytes of interest from there"},
};
constexpr Parameter kCreateHandle[] = {
    {"fd", integer, true, 0, "descriptor from shm_open()"},
    {"pid", integer, true, 0, "who may open it"},
    {"flags", ParameterType::flags, false, kOpenReadWrite, "access, no more than the descriptor's", kOpenFlags},
};
constexpr Parameter kOpenHandle[] = {
    {"handle", integer, true, 0, "from the other process's shm_create_handle()"},
    {"flags", ParameterType::flags, false, kOpenReadWrite, "access, no more than the handle's", kOpenFlags},
};
constexpr Parameter kDeleteHandle[] = {{"handle", integer, true, 0, "from shm_create_handle()"}};
constexpr Parameter kRevoke[] = {
    {"fd", integer, true, 0, "descriptor of an object made with SHMCTL_REVOCABLE"},
    {"pid", integer, false, -1, "from whom; -1: from all others"},
};
constexpr Parameter kTypedOpen[] = {
    {"name", text, true, 0, "typed memory such as below4G/ram/sysram"},
    {"oflag", flags, false, kOpenReadWrite, "access", kOpenFlags},
    {"tflag", flags, false, 0, "at most one", kTypedFlags},
};
constexpr Parameter kMemInfo[] = {{"fd", integer, false, kNoFd, "typed-memory descriptor; NOFD for all free memory"}};
constexpr Parameter kMemPmemAdd[] = {
    {"addr", address, true, 0, "first byte, of memory that is reserved"},
    {"len", bytes, true, 0, "bytes"},
};
constexpr Parameter kMemObjInfo[] = {
    kFd,
    {"offset", bytes, false, 0, "where to start in the object"},
    {"length", bytes, false, kSizeMax, "bytes from there; SIZE_MAX for all"},
    {"send_bytes", bytes, false, kRequestBytes, "size of the request; the structure has 24"},
    {"reply_bytes", bytes, false, kOneSegment, "room for the reply; a segment takes 24"},
    {"zero", integer, false, 0, "the unused field of the request"},
};
constexpr Parameter kChannelCreate[] = {
    {"flags", ParameterType::flags, false, 0, "_NTO_CHF_* flags", kChannelFlags},
};
constexpr Parameter kOnlyChid[] = {{"chid", integer, true, 0, "channel of this process"}};
constexpr Parameter kConnectAttach[] = {
    {"process", process, true, 0, "the server"},
    {"chid", integer, false, 1, "its channel"},
    {"index", integer, false, 0, "lowest acceptable coid; _NTO_SIDE_CHANNEL for a side channel"},
};
constexpr Parameter kOnlyCoid[] = {{"coid", integer, true, 0, "connection"}};
constexpr Parameter kMsgReceive[] = {
    {"chid", integer, true, 0, "channel of this process"},
    {"bytes", ParameterType::bytes, false, 4096, "room for the message"},
    kTimeout,
};
constexpr Parameter kMsgReply[] = {
    {"rcvid", integer, true, 0, "from MsgReceive()"},
    {"status", integer, false, 0, "what the client's MsgSend() returns"},
    {"bytes", ParameterType::bytes, false, 0, "size of the reply"},
    {"value", integer, false, 0, "a payload that the client sees as $result.value"},
};
constexpr Parameter kMsgError[] = {
    {"rcvid", integer, true, 0, "from MsgReceive()"},
    {"error", integer, true, 0, "errno for the client; known by name: ENOMEM"},
};
constexpr Parameter kMsgTransfer[] = {
    {"rcvid", integer, true, 0, "from MsgReceive()"},
    {"bytes", ParameterType::bytes, true, 0, "bytes to transfer"},
    {"offset", ParameterType::bytes, false, 0, "where in the client's buffer"},
};
constexpr Parameter kPulse[] = {
    {"coid", integer, true, 0, "connection"},
    {"code", integer, false, 0, "0 to 127"},
    {"value", integer, false, 0, "payload"},
    {"priority", integer, false, -1, "-1: the sender's"},
};
constexpr Parameter kSpawn[] = {{"process", text, true, 0, "a process of the scenario"}};
constexpr Parameter kKill[] = {{"process", process, true, 0, "who dies; a fleet's name means all its instances"}};

constexpr std::string_view kSendResults[] = {"value", "bytes", "end", "first_paddr", "longest", "in_range", "free"};
constexpr std::string_view kOffsetResults[] = {"paddr", "contig"};
constexpr std::string_view kMemInfoResults[] = {"free"};
constexpr std::string_view kObjInfoResults[] = {"end", "first_paddr", "longest", "in_range"};
constexpr std::string_view kReceiveResults[] = {"type",       "value",       "bytes",    "pid",  "code", "tid",
                                                "send_bytes", "reply_bytes", "priority", "coid", "scoid"};

constexpr CallSignature kTable[] = {
    {Call::msg_send, "sends a message and waits for the reply", kMsgSend, kSendResults, "the status of the reply"},
    {Call::shm_open, "opens or creates a shared memory object", kShmOpen, {}, "descriptor"},
    {Call::shm_unlink, "removes an object's name", kShmUnlink, {}, "0"},
    {Call::close, "closes a descriptor", kOnlyFd, {}, "0"},
    {Call::dup, "duplicates a descriptor", kOnlyFd, {}, "the lowest free descriptor"},
    {Call::lseek, "moves a descriptor's position", kLseek, {}, "the new position"},
    {Call::ftruncate, "sets an ordinary object's size", kFtruncate, {}, "0"},
    {Call::shm_ctl, "gives an object its memory", kShmCtl, {}, "0, or the flags for SHMCTL_GET_FLAGS"},
    {Call::shm_ctl_special, "shm_ctl() with processor-specific flags", kShmCtl, {}, "as shm_ctl"},
    {Call::mmap, "maps an object or anonymous memory", kMmap, {}, "address"},
    {Call::munmap, "unmaps a range", kRange, {}, "0"},
    {Call::mlock, "locks a range in memory", kRange, {}, "0"},
    {Call::munlock, "unlocks a range", kRange, {}, "0"},
    {Call::touch, "refers to memory, faulting pages in where needed", kTouch, {}, "pages faulted in"},
    {Call::mem_offset64, "translates a virtual address", kMemOffset, kOffsetResults, "0"},
    {Call::posix_typed_mem_open, "opens a pool of typed memory", kTypedOpen, {}, "descriptor"},
    {Call::mem_info, "sends _MEM_INFO: how much typed memory is free", kMemInfo, kMemInfoResults, "0"},
    {Call::mem_obj_info, "sends _MEM_OBJ_INFO: the physical segments of an object", kMemObjInfo, kObjInfoResults,
     "number of segments filled in"},
    {Call::channel_create, "creates a channel", kChannelCreate, {}, "chid"},
    {Call::channel_destroy, "destroys a channel", kOnlyChid, {}, "0"},
    {Call::connect_attach, "connects to a channel", kConnectAttach, {}, "coid"},
    {Call::connect_detach, "breaks a connection", kOnlyCoid, {}, "0"},
    {Call::msg_receive, "waits for a message or pulse", kMsgReceive, kReceiveResults, "rcvid; 0 for a pulse"},
    {Call::msg_reply, "replies to a message", kMsgReply, {}, "0"},
    {Call::msg_error, "fails a client's MsgSend()", kMsgError, {}, "0"},
    {Call::msg_read, "reads more of a client's message", kMsgTransfer, {}, "bytes read"},
    {Call::msg_write, "writes to a client's reply buffer", kMsgTransfer, {}, "bytes written"},
    {Call::msg_send_pulse, "sends a pulse", kPulse, {}, "0"},
    {Call::spawn, "starts another process of the scenario", kSpawn, {}, "pid"},
    {Call::kill, "ends a process at once", kKill, {}, "0"},
    {Call::msg_receive_pulse, "waits for a pulse and leaves messages to others", kMsgReceive, kReceiveResults, "0"},
    {Call::msg_deliver_event, "tells a client what it asked to be told", kDeliverEvent, {}, "0"},
    {Call::interrupt_attach_event, "asks to be told of an interrupt, which masks it", kInterruptAttach, {}, "id"},
    {Call::interrupt_attach_thread, "lets this thread wait for an interrupt", kOnlyVector, {}, "id"},
    {Call::interrupt_detach, "is not told of it any more", kOnlyId, {}, "0"},
    {Call::interrupt_wait, "waits for an interrupt", kInterruptWait, {}, "0"},
    {Call::interrupt_mask, "holds an interrupt back", kInterruptMask, {}, "how often it is masked now"},
    {Call::interrupt_unmask, "undoes one masking", kInterruptMask, {}, "how often it is still masked"},
    {Call::timer_create, "creates a timer", kTimerCreate, {}, "id"},
    {Call::timer_settime, "sets or stops a timer", kTimerSettime, kTimerResults, "0"},
    {Call::timer_destroy, "destroys a timer", kOnlyId, {}, "0"},
    {Call::name_attach, "creates a channel under a name", kNameAttach, {}, "chid"},
    {Call::name_detach, "removes the name and destroys the channel", kOnlyChid, {}, "0"},
    {Call::name_open, "connects to the channel of a name", kNameOpen, {}, "coid"},
    {Call::name_close, "breaks the connection", kOnlyCoid, {}, "0"},
    {Call::thread_create, "starts another thread of this process", kThreadCreate, {}, "tid"},
    {Call::thread_join, "waits for a thread's end", kThreadJoin, {}, "0"},
    {Call::sync_type_create, "creates a semaphore", kSyncTypeCreate, {}, "0"},
    {Call::sync_destroy, "destroys what nobody uses", kOnlySync, {}, "0"},
    {Call::sync_mutex_lock, "locks a mutex, or waits for it", kSyncWait, {}, "0"},
    {Call::sync_mutex_unlock, "unlocks a mutex", kOnlySync, {}, "0"},
    {Call::sync_condvar_wait, "unlocks the mutex and waits to be signalled", kCondvarWait, {}, "0"},
    {Call::sync_condvar_signal, "lets those who wait go on", kCondvarSignal, {}, "0"},
    {Call::sync_sem_wait, "takes one from a semaphore, or waits for it", kSyncWait, {}, "0"},
    {Call::sync_sem_post, "gives one to a semaphore", kOnlySync, {}, "0"},
    {Call::mprotect, "changes what a range allows", kProtect, {}, "0"},
    {Call::mlockall, "locks all that is mapped, or will be", kLockAll, {}, "0"},
    {Call::munlockall, "unlocks all of it", {}, {}, "0"},
    {Call::posix_mem_offset, "translates a virtual address", kPosixMemOffset, kOffsetResults, "0"},
    {Call::shm_create_handle, "lets one process open an object, once", kCreateHandle, {}, "handle"},
    {Call::shm_open_handle, "opens the object of a handle", kOpenHandle, {}, "descriptor"},
    {Call::shm_delete_handle, "takes a handle back", kDeleteHandle, {}, "0"},
    {Call::shm_revoke, "takes an object away from who got it by handle", kRevoke, {}, "0"},
    {Call::thread_detach, "nobody will join a thread", kThreadDetach, {}, "0"},
    {Call::sched_set, "gives a thread of this process another priority", kSchedSet, {}, "0"},
    {Call::sched_get, "tells a thread's priority, and with what it inherits", kSchedGet, kSchedResults, "policy"},
    {Call::sched_yield, "lets the others of its priority run first", {}, {}, "0"},
    {Call::mem_pmem_add, "sends _MEM_PMEM_ADD: reserved memory becomes general memory", kMemPmemAdd, {}, "0"},
};
static_assert(std::size(kTable) == kCallCount);

// The positions that the header gives names.
static_assert(kMsgSend[MsgSendArgs::coid].name == "coid" && kMsgSend[MsgSendArgs::type].name == "type" &&
              kMsgSend[MsgSendArgs::value].name == "value" && kMsgSend[MsgSendArgs::send_bytes].name == "send_bytes" &&
              kMsgSend[MsgSendArgs::reply_bytes].name == "reply_bytes" &&
              kMsgSend[MsgSendArgs::timeout].name == "timeout" && kMsgSend[MsgSendArgs::fd].name == "fd" &&
              kMsgSend[MsgSendArgs::offset].name == "offset" && kMsgSend[MsgSendArgs::length].name == "length");
static_assert(kShmOpen[ShmOpenArgs::name].name == "name" && kShmOpen[ShmOpenArgs::oflag].name == "oflag" &&
              kShmOpen[ShmOpenArgs::mode].name == "mode");
static_assert(kMemPmemAdd[RangeArgs::addr].name == "addr" && kMemPmemAdd[RangeArgs::len].name == "len");
static_assert(kOnlyFd[FdArgs::fd].name == "fd" && kMemInfo[FdArgs::fd].name == "fd");
static_assert(kLseek[LseekArgs::fd].name == "fd" && kLseek[LseekArgs::offset].name == "offset" &&
              kLseek[LseekArgs::whence].name == "whence");
static_assert(kFtruncate[FtruncateArgs::fd].name == "fd" && kFtruncate[FtruncateArgs::size].name == "size");
static_assert(kShmCtl[ShmCtlArgs::fd].name == "fd" && kShmCtl[ShmCtlArgs::flags].name == "flags" &&
              kShmCtl[ShmCtlArgs::paddr].name == "paddr" && kShmCtl[ShmCtlArgs::size].name == "size" &&
              kShmCtl[ShmCtlArgs::special].name == "special" && kShmCtl[ShmCtlArgs::alignment].name == "alignment" &&
              kShmCtl[ShmCtlArgs::boundary].name == "boundary" && kShmCtl[ShmCtlArgs::above].name == "above" &&
              kShmCtl[ShmCtlArgs::below].name == "below");
static_assert(kMmap[MmapArgs::addr].name == "addr" && kMmap[MmapArgs::len].name == "len" &&
              kMmap[MmapArgs::prot].name == "prot" && kMmap[MmapArgs::flags].name == "flags" &&
              kMmap[MmapArgs::fd].name == "fd" && kMmap[MmapArgs::off].name == "off" &&
              kMmap[MmapArgs::alignment].name == "alignment" && kMmap[MmapArgs::boundary].name == "boundary" &&
              kMmap[MmapArgs::above].name == "above" && kMmap[MmapArgs::below].name == "below");
static_assert(kRange[RangeArgs::addr].name == "addr" && kRange[RangeArgs::len].name == "len" &&
              kTouch[RangeArgs::addr].name == "addr" && kTouch[RangeArgs::len].name == "len");
static_assert(kMemOffset[MemOffsetArgs::addr].name == "addr" && kMemOffset[MemOffsetArgs::len].name == "len" &&
              kMemOffset[MemOffsetArgs::fd].name == "fd");
static_assert(kProtect[ProtectArgs::addr].name == "addr" && kProtect[ProtectArgs::len].name == "len" &&
              kProtect[ProtectArgs::prot].name == "prot" && kLockAll[LockAllArgs::flags].name == "flags" &&
              kPosixMemOffset[RangeArgs::addr].name == "addr" && kPosixMemOffset[RangeArgs::len].name == "len");
static_assert(kCreateHandle[CreateHandleArgs::fd].name == "fd" && kCreateHandle[CreateHandleArgs::pid].name == "pid" &&
              kCreateHandle[CreateHandleArgs::flags].name == "flags" &&
              kOpenHandle[HandleArgs::handle].name == "handle" && kOpenHandle[HandleArgs::flags].name == "flags" &&
              kDeleteHandle[HandleArgs::handle].name == "handle" && kRevoke[RevokeArgs::fd].name == "fd" &&
              kRevoke[RevokeArgs::pid].name == "pid");
static_assert(kTypedOpen[TypedOpenArgs::name].name == "name" && kTypedOpen[TypedOpenArgs::oflag].name == "oflag" &&
              kTypedOpen[TypedOpenArgs::tflag].name == "tflag");
static_assert(kMemObjInfo[MemObjInfoArgs::fd].name == "fd" && kMemObjInfo[MemObjInfoArgs::offset].name == "offset" &&
              kMemObjInfo[MemObjInfoArgs::length].name == "length" &&
              kMemObjInfo[MemObjInfoArgs::send_bytes].name == "send_bytes" &&
              kMemObjInfo[MemObjInfoArgs::reply_bytes].name == "reply_bytes" &&
              kMemObjInfo[MemObjInfoArgs::zero].name == "zero");
static_assert(kConnectAttach[ConnectAttachArgs::process].name == "process" &&
              kConnectAttach[ConnectAttachArgs::chid].name == "chid" &&
              kConnectAttach[ConnectAttachArgs::index].name == "index");
static_assert(kMsgReceive[MsgReceiveArgs::chid].name == "chid" && kMsgReceive[MsgReceiveArgs::bytes].name == "bytes" &&
              kMsgReceive[MsgReceiveArgs::timeout].name == "timeout");
static_assert(kMsgReply[MsgReplyArgs::rcvid].name == "rcvid" && kMsgReply[MsgReplyArgs::status].name == "status" &&
              kMsgReply[MsgReplyArgs::bytes].name == "bytes" && kMsgReply[MsgReplyArgs::value].name == "value");
static_assert(kMsgError[MsgErrorArgs::rcvid].name == "rcvid" && kMsgError[MsgErrorArgs::error].name == "error");
static_assert(kMsgTransfer[MsgTransferArgs::rcvid].name == "rcvid" &&
              kMsgTransfer[MsgTransferArgs::bytes].name == "bytes" &&
              kMsgTransfer[MsgTransferArgs::offset].name == "offset");
static_assert(kPulse[PulseArgs::coid].name == "coid" && kPulse[PulseArgs::code].name == "code" &&
              kPulse[PulseArgs::value].name == "value" && kPulse[PulseArgs::priority].name == "priority");
static_assert(kSpawn[ProcessArgs::process].name == "process" && kKill[ProcessArgs::process].name == "process");

}  // namespace

std::span<const CallSignature> call_table() { return kTable; }

const CallSignature& signature_of(Call call) {
  const CallSignature& signature = kTable[static_cast<std::size_t>(call)];
  MEMSIM_CHECK(signature.call == call);
  return signature;
}

}  // namespace memsim
