#pragma once

#include "service/platform/log.h"

namespace brug::rpc {

// Makes lines of brugd's log of what gRPC and Protocol Buffers log, for as long as this is there: event
// "library", with the library and the place in its source. What they say is left out, for it may hold what a
// caller sent; the place says it too, to whoever has that source. At most one of these at a time. Thread
// safety: the libraries may log from any thread.
class LibraryLogs {
 public:
  explicit LibraryLogs(platform::Log& log);
  ~LibraryLogs();
  LibraryLogs(const LibraryLogs&) = delete;
  LibraryLogs& operator=(const LibraryLogs&) = delete;
};

}  // namespace brug::rpc
