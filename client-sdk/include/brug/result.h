#pragma once

#include <brug/error.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

namespace brug {

namespace internal {

// Reading a value that is not there is a programmer's mistake: the program stops, in every build.
inline void RequireResult(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "brug::Result: %s\n", what);
    std::abort();
  }
}

}  // namespace internal

// A value, or the reason why there is none. Always look at `ok()` first.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & {
    internal::RequireResult(ok(), "value() of an error");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& value() const& {
    internal::RequireResult(ok(), "value() of an error");
    return *std::get_if<0>(&state_);
  }
  // By value, so that `for (x : Call().value())` holds on to what it walks over.
  [[nodiscard]] T value() && { return std::move(value()); }

  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T operator*() && { return std::move(value()); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    internal::RequireResult(!ok(), "error() of a value");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

// That it was done, or the reason why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] const Error& error() const {
    internal::RequireResult(!ok(), "error() of a success");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace brug
