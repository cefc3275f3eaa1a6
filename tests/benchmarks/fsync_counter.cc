// Counts the calls that make data durable in a program that was not built for it: to be preloaded. Adds one
// to the first eight bytes of the file that FSYNC_COUNT_FILE names, for every fsync and fdatasync.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

std::atomic<std::uint64_t>* Counter() {
  static auto* const counter = [] {
    const char* path = std::getenv("FSYNC_COUNT_FILE");
    const int file = path == nullptr ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void* memory = file < 0 ? MAP_FAILED : mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) std::abort();
    return static_cast<std::atomic<std::uint64_t>*>(memory);
  }();
  return counter;
}

int Forward(const char* name, int file) {
  Counter()->fetch_add(1);
  return reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, name))(file);
}

}  // namespace

extern "C" int fsync(int file) { return Forward("fsync", file); }
extern "C" int fdatasync(int file) { return Forward("fdatasync", file); }
