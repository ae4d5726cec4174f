#include <memsim/kernel/call_table.hpp>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

using enum ParameterType;

// Numbers of the modelled system's headers (7.1 and 8.0).
constexpr NamedValue kOpenFlags[] = {
    {"O_RDONLY", 0}, {"O_WRONLY", 1}, {"O_RDWR", 2}, {"O_CREAT", 0x100}, {"O_TRUNC", 0x200}, {"O_EXCL", 0x400},
};
constexpr NamedValue kShmFlags[] = {
    {"SHMCTL_ANON", 0x1},        {"SHMCTL_PHYS", 0x2},         {"SHMCTL_SEAL", 0x4},       {"SHMCTL_REVOCABLE", 0x8},
    {"SHMCTL_GLOBAL", 0x10},     {"SHMCTL_PRIV", 0x20},        {"SHMCTL_LOWERPROT", 0x40}, {"SHMCTL_LAZYWRITE", 0x80},
    {"SHMCTL_HIGHUSAGE", 0x200}, {"SHMCTL_LAZY", 0x400},       {"SHMCTL_REPEAT", 0x800},   {"SHMCTL_NODEFRAG", 0x1000},
    {"SHMCTL_TYMEM", 0x2000},    {"SHMCTL_GET_FLAGS", 0x4000},
};
constexpr NamedValue kProtection[] = {
    {"PROT_NONE", 0}, {"PROT_READ", 0x100}, {"PROT_WRITE", 0x200}, {"PROT_EXEC", 0x400}, {"PROT_NOCACHE", 0x800},
};
constexpr NamedValue kMapFlags[] = {
    {"MAP_SHARED", 0x1},        {"MAP_PRIVATE", 0x2},  {"MAP_FIXED", 0x10},    {"MAP_LAZY", 0x80},
    {"MAP_STACK", 0x1000},      {"MAP_BELOW", 0x2000}, {"MAP_NOINIT", 0x4000}, {"MAP_PHYS", 0x10000},
    {"MAP_NOINHERIT", 0x20000}, {"MAP_ANON", 0x80000},
};
constexpr NamedValue kTypedFlags[] = {
    {"POSIX_TYPED_MEM_ALLOCATE", 1},
    {"POSIX_TYPED_MEM_ALLOCATE_CONTIG", 2},
    {"POSIX_TYPED_MEM_MAP_ALLOCATABLE", 4},
};
constexpr NamedValue kWhence[] = {{"SEEK_SET", 0}, {"SEEK_CUR", 1}, {"SEEK_END", 2}};
constexpr NamedValue kChannelFlags[] = {
    {"_NTO_CHF_FIXED_PRIORITY", 0x1}, {"_NTO_CHF_UNBLOCK", 0x2},    {"_NTO_CHF_DISCONNECT", 0x8},
    {"_NTO_CHF_SENDER_LEN", 0x20},    {"_NTO_CHF_REPLY_LEN", 0x80},
};
constexpr Value kOpenReadWrite = 2;
constexpr Value kSizeMax = -1;
constexpr Value kNoFd = -1;
constexpr Value kNoTimeout = -1;

// Shared parameters.
constexpr Parameter kFd{"fd", integer, true, 0, "descriptor from shm_open() or posix_typed_mem_open()"};
constexpr Parameter kTimeout{"timeout", duration, false, kNoTimeout, "TimerTimeout() for this call; none when absent"};

constexpr Parameter kMsgSend[] = {
    {"coid", integer, true, 0, "connection from ConnectAttach(), or MEMMGR_COID"},
    {"type", integer, false, 0x100, "type field of the message; _MEM_OBJ_INFO and _MEM_INFO are known by name"},
    {"value", integer, false, 0, "a payload that the receiver sees as $msg.value"},
    {"send_bytes", bytes, false, 24, "size of the message"},
    {"reply_bytes", bytes, false, 24, "room for the reply"},
    kTimeout,
    {"fd", integer, false, kNoFd, "input of _MEM_OBJ_INFO and _MEM_INFO"},
    {"offset", bytes, false, 0, "input of _MEM_OBJ_INFO"},
    {"length", bytes, false, kSizeMax, "input of _MEM_OBJ_INFO"},
};
constexpr Parameter kShmOpen[] = {
    {"name", text, true, 0, "object name such as /frame; SHM_ANON for none"},
    {"oflag", flags, false, kOpenReadWrite, "O_RDWR unless given", kOpenFlags},
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
};
constexpr Parameter kMmap[] = {
    {"addr", address, false, 0, "wanted address"},
    {"len", bytes, true, 0, "bytes to map"},
    {"prot", flags, false, 0x300, "PROT_READ|PROT_WRITE unless given", kProtection},
    {"flags", ParameterType::flags, false, 0x1, "MAP_SHARED unless given", kMapFlags},
    {"fd", integer, false, kNoFd, "descriptor; NOFD for MAP_ANON"},
    {"off", bytes, false, 0, "offset in the object, or physical address for MAP_PHYS"},
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
constexpr Parameter kTypedOpen[] = {
    {"name", text, true, 0, "typed memory such as below4G/ram/sysram"},
    {"oflag", flags, false, kOpenReadWrite, "O_RDWR unless given", kOpenFlags},
    {"tflag", flags, false, 0, "at most one", kTypedFlags},
};
constexpr Parameter kMemInfo[] = {{"fd", integer, false, kNoFd, "typed-memory descriptor; NOFD for all free memory"}};
constexpr Parameter kMemObjInfo[] = {
    kFd,
    {"offset", bytes, false, 0, "where to start in the object"},
    {"length", bytes, false, kSizeMax, "bytes from there; SIZE_MAX for all"},
    {"send_bytes", bytes, false, 24, "size of the request; the structure has 24"},
    {"reply_bytes", bytes, false, 24, "room for the reply; a segment takes 24"},
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

constexpr std::string_view kSendResults[] = {"value", "bytes", "end", "first_paddr", "longest", "in_range"};
constexpr std::string_view kOffsetResults[] = {"paddr", "contig"};
constexpr std::string_view kMemInfoResults[] = {"free"};
constexpr std::string_view kObjInfoResults[] = {"end", "first_paddr", "longest", "in_range"};
constexpr std::string_view kReceiveResults[] = {"type", "value", "bytes", "pid", "code"};

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
};
static_assert(std::size(kTable) == kCallCount);

}  // namespace

std::span<const CallSignature> call_table() { return kTable; }

const CallSignature& signature_of(Call call) {
  const CallSignature& signature = kTable[static_cast<std::size_t>(call)];
  MEMSIM_CHECK(signature.call == call);
  return signature;
}

}  // namespace memsim
