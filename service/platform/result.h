#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "brug/v1/error.pb.h"

namespace brug::platform {

// Why something was refused or could not be done: what is expected to happen, as opposed to a programmer's
// mistake.
struct Failure {
  v1::ErrorReason reason = v1::ERROR_REASON_INTERNAL;
  // The path of the field in the request; empty when no single field is to blame.
  std::string field = {};
  // Set when trying again may help: wait at least so long.
  std::optional<std::int64_t> retry_delay_ms = std::nullopt;
  // What a program needs besides the reason: goes into ErrorInfo.metadata. Names in snake_case, values
  // printable.
  std::map<std::string, std::string> metadata = {};
  // For the log alone. Never reaches a caller: a driver's text may stand here, a name or a story never.
  std::string log_detail = {};
};

// A value, or why there is none. Reading the value of a failure is a programmer's mistake and ends the
// process.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}
  Result(Failure failure) : content_(std::move(failure)) {}

  [[nodiscard]] bool ok() const { return content_.index() == 0; }
  [[nodiscard]] T& value() & { return Checked(), std::get<0>(content_); }
  [[nodiscard]] const T& value() const& { return Checked(), std::get<0>(content_); }
  [[nodiscard]] T&& value() && { return Checked(), std::get<0>(std::move(content_)); }
  [[nodiscard]] const Failure& failure() const { return std::get<1>(content_); }

  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

 private:
  void Checked() const {
    if (ok()) return;
    std::fprintf(stderr, "Result::value() of a failure: %s\n", failure().log_detail.c_str());
    std::abort();
  }

  std::variant<T, Failure> content_;
};

// Done, or why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : failure_(std::move(failure)) {}

  [[nodiscard]] bool ok() const { return !failure_.has_value(); }
  [[nodiscard]] const Failure& failure() const { return *failure_; }

 private:
  std::optional<Failure> failure_;
};

}  // namespace brug::platform
