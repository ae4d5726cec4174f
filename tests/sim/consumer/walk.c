#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/memmsg.h>
#include <sys/mman.h>

int main(void) {
  mem_obj_info_t ask = {.i = {.type = _MEM_OBJ_INFO, .length = SIZE_MAX}};
  ask.i.fd = shm_open("/frame", O_RDWR | O_CREAT, 0600);
  if (shm_ctl(ask.i.fd, SHMCTL_ANON, 0, 8 * __PAGESIZE) == -1) return 1;
  printf("%ld segment\n", MsgSend(MEMMGR_COID, &ask, sizeof ask, &ask, sizeof ask));
  return 0;
}
