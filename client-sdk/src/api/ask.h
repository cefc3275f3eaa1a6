#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "client-sdk/src/api/engine.h"
#include "client-sdk/src/sync/local_error.h"

// Calls of the contract as functions of messages. They wait for the answer; any thread.
namespace brug::sdk {

inline constexpr int kPageSize = 200;

// Makes a call and reads its answer.
template <class Response, class Request>
Result<Response> Ask(Engine& engine, Method method, const Request& request,
                     std::chrono::milliseconds timeout) {
  auto bytes = engine.Request(method, request.SerializeAsString(), timeout);
  if (!bytes.ok()) return bytes.error();
  Response response;
  if (!response.ParseFromString(*bytes)) {
    return LocalError(ErrorCode::kInternal, "ANSWER_NOT_VALID", engine.language());
  }
  return response;
}

// Fetches page by page until there is no more; `read(response)` takes what each brings. The time is for all
// together.
template <class Response, class Request, class Read>
Result<void> AskAllPages(Engine& engine, Method method, Request request, std::chrono::milliseconds timeout,
                         Read read) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  request.set_page_size(kPageSize);
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    auto response = Ask<Response>(engine, method, request, std::max(left, std::chrono::milliseconds(0)));
    if (!response.ok()) return response.error();
    read(*response);
    if (response->next_page_token().empty()) return {};
    request.set_page_token(response->next_page_token());
  }
}

}  // namespace brug::sdk
