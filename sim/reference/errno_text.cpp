#include "sim/reference/errno_text.hpp"

#include <array>

namespace memsim {
namespace {

constexpr std::array kTexts = std::to_array<ErrnoText>({
    {"E2BIG", "a list of arguments is too long"},
    {"EACCES", "the object's permissions, or how it was opened, do not allow this"},
    {"EAGAIN", "not now: a resource is short for a moment"},
    {"EALREADY", "it is under way already"},
    {"EBADF", "no such descriptor or connection, or one of the wrong kind"},
    {"EBUSY", "it is in use"},
    {"ECANCELED", "the operation was cancelled"},
    {"EDEADLK", "waiting would never end"},
    {"EDOM", "an argument is outside the domain of the function"},
    {"EEXIST", "the name is taken, and O_EXCL asked for a new one"},
    {"EFAULT", "an address or a buffer is not the caller's, or too small for what it has to hold"},
    {"EINTR", "a signal, or an unblock, interrupted the wait"},
    {"EINVAL", "an argument makes no sense, or not together with the others"},
    {"EIO", "input or output failed"},
    {"EISDIR", "it is a directory"},
    {"EL2HLT", "level 2 was halted"},
    {"ELOOP", "too many links on the way"},
    {"EMFILE", "the process has no free descriptor left"},
    {"EMSGSIZE", "the message is longer than may be"},
    {"ENAMETOOLONG", "the name is longer than may be"},
    {"ENFILE", "the system has no free descriptor left"},
    {"ENODEV", "the object is of a kind that cannot do this"},
    {"ENOENT", "no object has this name"},
    {"ENOMEM", "no memory of the kind asked for: too little is free, or, for contiguous memory, not in one piece"},
    {"ENOREMOTE", "the other side is not on this machine"},
    {"ENOSPC", "no room is left"},
    {"ENOSYS", "there is no such call here"},
    {"ENOTDIR", "part of the path is no directory"},
    {"ENOTSUP", "the call is known, but not with these arguments"},
    {"ENOTTY", "the descriptor is of a kind that knows no such request"},
    {"ENXIO", "nothing is at the address"},
    {"EOVERFLOW", "the result does not fit"},
    {"EPERM", "the process has not the ability that this takes"},
    {"EPIPE", "nobody reads any more"},
    {"ERANGE", "the result is out of range"},
    {"EROFS", "it can only be read"},
    {"ESRCH", "no such process, thread or channel, or it ended meanwhile"},
    {"ESRVRFAULT", "the server's buffer was not valid when the message was copied"},
    {"ETIMEDOUT", "the time that TimerTimeout() allowed is over"},
});

}  // namespace

std::span<const ErrnoText> errno_texts() { return kTexts; }

}  // namespace memsim
