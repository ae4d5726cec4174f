// A program in C++, with its standard library.
#include <fcntl.h>
#include <sys/memmsg.h>
#include <sys/mman.h>
#include <sys/neutrino.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

int main() {
  const int fd = shm_open("/frame", O_RDWR | O_CREAT, 0600);
  if (shm_ctl(fd, SHMCTL_ANON, 0, 7 * __PAGESIZE) != 0) return 1;
  std::vector<mem_obj_info_t> message(8);
  message[0].i = {_MEM_OBJ_INFO, 0, fd, 0, SIZE_MAX};
  const long count = MsgSend(MEMMGR_COID, message.data(), sizeof(mem_obj_info_t), message.data(), 8 * 24);
  std::map<std::string, long> found = {{"segments", count}};
  for (const auto& [what, number] : found) std::cout << what << ' ' << number << std::endl;
}
