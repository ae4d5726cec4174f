/* Channels, connections, messages and pulses; time. The numbers are those of the 7.1 and 8.0 releases. */
#ifndef MEMSIM_SYS_NEUTRINO_H
#define MEMSIM_SYS_NEUTRINO_H

#include <pthread.h>
#include <signal.h>
#include <sys/platform.h>
#include <sys/siginfo.h>
#include <sys/uio.h>
#include <time.h>

#define ND_LOCAL_NODE 0
#define _NTO_SIDE_CHANNEL 0x40000000
#define _NTO_GLOBAL_CHANNEL 0x40000000
#define SYSMGR_PID 1
#define SYSMGR_CHID 1
#define SYSMGR_COID _NTO_SIDE_CHANNEL

/* ChannelCreate() */
#define _NTO_CHF_FIXED_PRIORITY 0x0001
#define _NTO_CHF_UNBLOCK 0x0002
#define _NTO_CHF_THREAD_DEATH 0x0004
#define _NTO_CHF_DISCONNECT 0x0008
#define _NTO_CHF_NET_MSG 0x0010
#define _NTO_CHF_SENDER_LEN 0x0020
#define _NTO_CHF_COID_DISCONNECT 0x0040
#define _NTO_CHF_REPLY_LEN 0x0080
#define _NTO_CHF_PRIVATE 0x1000

/* ConnectAttach() */
#define _NTO_COF_CLOEXEC 0x0001

/* TimerTimeout(): the states that a call may be in when it gives up. */
#define _NTO_TIMEOUT_SEND (1 << 4)
#define _NTO_TIMEOUT_RECEIVE (1 << 5)
#define _NTO_TIMEOUT_REPLY (1 << 6)
#define _NTO_TIMEOUT_NANOSLEEP (1 << 12)
#define _NTO_TIMEOUT_MUTEX (1 << 13)
#define _NTO_TIMEOUT_CONDVAR (1 << 14)
#define _NTO_TIMEOUT_JOIN (1 << 15)
#define _NTO_TIMEOUT_INTR (1 << 16)
#define _NTO_TIMEOUT_SEM (1 << 17)

/* ThreadCtl() */
#define _NTO_TCTL_IO 1
#define _NTO_TCTL_NAME 11
#define _NTO_TCTL_IO_PRIV 14

/* InterruptAttachEvent(): masks are always undone when the one who attached ends. */
#define _NTO_INTR_FLAGS_END 0x01
#define _NTO_INTR_FLAGS_PROCESS 0x04
#define _NTO_INTR_FLAGS_TRK_MSK 0x08

/* Pulses */
#define _PULSE_TYPE 0
#define _PULSE_SUBTYPE 0
#define _PULSE_CODE_UNBLOCK (-32)
#define _PULSE_CODE_DISCONNECT (-33)
#define _PULSE_CODE_THREADDEATH (-34)
#define _PULSE_CODE_COIDDEATH (-35)
#define _PULSE_CODE_MINAVAIL 0
#define _PULSE_CODE_MAXAVAIL 127

struct _pulse {
  _Uint16t type;
  _Uint16t subtype;
  _Int8t code;
  _Uint8t zero[3];
  union sigval value;
  _Int32t scoid;
};
__MEMSIM_FIELD_AT(struct _pulse, code, 4);
__MEMSIM_FIELD_AT(struct _pulse, value, 8);
__MEMSIM_FIELD_AT(struct _pulse, scoid, 16);
__MEMSIM_SIZE_IS(struct _pulse, 24);

struct _msg_info {
  _Uint32t nd;
  _Uint32t srcnd;
  _Int32t pid;
  _Int32t tid;
  _Int32t chid;
  _Int32t scoid;
  _Int32t coid;
  _Int32t msglen;
  _Int32t srcmsglen;
  _Int32t dstmsglen;
  _Int16t priority;
  _Int16t flags;
  _Uint32t reserved;
};
__MEMSIM_FIELD_AT(struct _msg_info, msglen, 28);
__MEMSIM_FIELD_AT(struct _msg_info, priority, 40);
__MEMSIM_SIZE_IS(struct _msg_info, 48);

typedef struct iovec iov_t;
#define SETIOV(__iov, __address, __length) \
  ((__iov)->iov_base = (void *)(__address), (__iov)->iov_len = (size_t)(__length))
#define GETIOVBASE(__iov) ((__iov)->iov_base)
#define GETIOVLEN(__iov) ((__iov)->iov_len)

__MEMSIM_BEGIN

int ChannelCreate(unsigned flags);
int ChannelDestroy(int chid);
int ConnectAttach(_Uint32t nd, pid_t pid, int chid, unsigned index, int flags);
int ConnectDetach(int coid);

long MsgSend(int coid, const void *smsg, size_t sbytes, void *rmsg, size_t rbytes);
long MsgSendnc(int coid, const void *smsg, size_t sbytes, void *rmsg, size_t rbytes);
long MsgSendv(int coid, const iov_t *siov, size_t sparts, const iov_t *riov, size_t rparts);
long MsgSendvnc(int coid, const iov_t *siov, size_t sparts, const iov_t *riov, size_t rparts);
long MsgSendsv(int coid, const void *smsg, size_t sbytes, const iov_t *riov, size_t rparts);
long MsgSendsvnc(int coid, const void *smsg, size_t sbytes, const iov_t *riov, size_t rparts);
long MsgSendvs(int coid, const iov_t *siov, size_t sparts, void *rmsg, size_t rbytes);
long MsgSendvsnc(int coid, const iov_t *siov, size_t sparts, void *rmsg, size_t rbytes);
int MsgReceive(int chid, void *msg, size_t bytes, struct _msg_info *info);
int MsgReceivev(int chid, const iov_t *iov, size_t parts, struct _msg_info *info);
ssize_t MsgRead(int rcvid, void *msg, size_t bytes, size_t offset);
ssize_t MsgReadv(int rcvid, const iov_t *iov, size_t parts, size_t offset);
ssize_t MsgWrite(int rcvid, const void *msg, size_t bytes, size_t offset);
ssize_t MsgWritev(int rcvid, const iov_t *iov, size_t parts, size_t offset);
int MsgReply(int rcvid, long status, const void *msg, size_t bytes);
int MsgReplyv(int rcvid, long status, const iov_t *iov, size_t parts);
int MsgError(int rcvid, int error);
int MsgSendPulse(int coid, int priority, int code, int value);
int MsgInfo(int rcvid, struct _msg_info *info);
int MsgReceivePulse(int chid, void *pulse, size_t bytes, struct _msg_info *info);
int MsgReceivePulsev(int chid, const iov_t *iov, size_t parts, struct _msg_info *info);
/* To whoever sent the message, be it replied to or not; SIGEV_PULSE. */
int MsgDeliverEvent(int rcvid, const struct sigevent *event);

/* Threads of this process, which `pid` is or 0; those of <pthread.h>, whose pthread_t is the tid. */
int ThreadCreate(pid_t pid, void *(*func)(void *), void *arg, const pthread_attr_t *attr);
int ThreadJoin(int tid, void **status);
int ThreadDetach(int tid);
/* This thread: `tid` is 0 or its own. */
int ThreadDestroy(int tid, int priority, void *status);
int ThreadCtl(int cmd, void *data);
/* Threads of this process; a tid of 0 is this thread. SchedGet() returns the policy. */
int SchedSet(pid_t pid, int tid, int algorithm, const struct sched_param *param);
int SchedGet(pid_t pid, int tid, struct sched_param *param);
int SchedYield(void);

/* By the vectors of the scenario's sources. */
int InterruptAttachEvent(int intr, const struct sigevent *event, unsigned flags);
int InterruptAttachThread(int intr, unsigned flags);
int InterruptDetach(int id);
int InterruptWait(int flags, const _Uint64t *timeout);
int InterruptMask(int intr, int id);
int InterruptUnmask(int intr, int id);

/* Nanoseconds. */
struct _itimer {
  _Uint64t nsec;
  _Uint64t interval_nsec;
};
/* SIGEV_PULSE. `previous`: what is left, and the interval; both 0 of a timer that is not set. */
int TimerCreate(clockid_t id, const struct sigevent *notify);
int TimerSettime(int id, int flags, const struct _itimer *itime, struct _itimer *previous);
int TimerDestroy(int id);

/* `ntime` in nanoseconds; 0 or no time at all means at once. `otime` is not told. */
int TimerTimeout(clockid_t id, int flags, const struct sigevent *notify, const _Uint64t *ntime, _Uint64t *otime);
int ClockTime(clockid_t id, const _Uint64t *change, _Uint64t *old);
_Uint64t ClockCycles(void);

__MEMSIM_END

#endif
