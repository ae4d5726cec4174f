/* Names by which clients find a server's channel. */
#ifndef MEMSIM_SYS_DISPATCH_H
#define MEMSIM_SYS_DISPATCH_H

#include <sys/platform.h>

#define NAME_FLAG_ATTACH_GLOBAL 0x00000002
#define NAME_FLAG_DETACH_SAVEDPP 0x00000001

/* Not simulated: name_attach() takes none. */
typedef struct _dispatch dispatch_t;

typedef struct _name_attach {
  dispatch_t *dpp; /* null */
  int chid;
  int mntid;
  int zero[2];
} name_attach_t;

__MEMSIM_BEGIN

/* The channel has _NTO_CHF_UNBLOCK and _NTO_CHF_DISCONNECT. All names are local, whatever the flags say. */
name_attach_t *name_attach(dispatch_t *dpp, const char *path, unsigned flags);
int name_detach(name_attach_t *attach, unsigned flags);
/* No message is sent: a server that answers _IO_CONNECT is not asked. */
int name_open(const char *name, int flags);
int name_close(int coid);

__MEMSIM_END

#endif
