/* Makes as many simulated calls as its argument says: the cheapest that go to the memory manager. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  for (long i = argc > 1 ? strtol(argv[1], NULL, 0) : 0; i > 0; --i) lseek(99, 0, SEEK_SET);
  return 0;
}
