#include "net/client/curl_memory.h"

#include <curl/curl.h>
#include <malloc.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace cardvault {
namespace {

void free_wiped(void* memory) {
  if (memory == nullptr) return;
  ::explicit_bzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

/// Always copies and wipes the old memory: realloc() may leave a copy behind that nothing can wipe.
void* resize_wiped(void* memory, std::size_t size) {
  void* const made = std::malloc(size);
  if (made == nullptr || memory == nullptr) return made;
  std::memcpy(made, memory, std::min(size, ::malloc_usable_size(memory)));
  free_wiped(memory);
  return made;
}

bool start() {
  std::signal(SIGPIPE, SIG_IGN);
  return ::curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, free_wiped, resize_wiped,
                                ::strdup, std::calloc) == CURLE_OK;
}

}  // namespace

bool start_curl() {
  static const bool started = start();
  return started;
}

}  // namespace cardvault
