#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace brug::storage {

// Takes the changes of a transaction back, newest first.
class UndoLog {
 public:
  void Add(std::function<void()> undo) { undos_.push_back(std::move(undo)); }
  // The place to come back to.
  [[nodiscard]] std::size_t Mark() const { return undos_.size(); }
  void UndoTo(std::size_t mark) {
    for (; undos_.size() > mark; undos_.pop_back()) undos_.back()();
  }
  void Forget() { undos_.clear(); }

 private:
  std::vector<std::function<void()>> undos_;
};

// One further order of a table's rows: `kOrderOf` gives a row's pair (owner, place). Unique for each row.
template <typename Row, auto kOrderOf>
class Order {
 public:
  using Place = std::decay_t<std::invoke_result_t<decltype(kOrderOf), const Row&>>;
  using Owner = typename Place::first_type;

  // All rows, in order.
  [[nodiscard]] const auto& rows() const { return rows_; }
  void Add(const Row& row) { rows_.emplace(kOrderOf(row), &row); }
  void Remove(const Row& row) { rows_.erase(kOrderOf(row)); }

  // The rows of `owner`, in order.
  [[nodiscard]] auto Of(const Owner& owner) const { return rows_.equal_range(owner); }
  // The rows of `owner` that are not before `place`, in order.
  [[nodiscard]] auto From(const Place& place) const {
    return std::pair(rows_.lower_bound(place), rows_.upper_bound(place.first));
  }

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(const Place& a, const Place& b) const { return a < b; }
    bool operator()(const Place& a, const Owner& b) const { return a.first < b; }
    bool operator()(const Owner& a, const Place& b) const { return a < b.first; }
  };

  std::map<Place, const Row*, Less> rows_;
};

// Rows by the key that `kKeyOf` gives, and in further orders. Every change can be taken back by the undo log
// given.
template <typename Row, auto kKeyOf, auto... kOrderOf>
class Table {
 public:
  using Key = std::decay_t<std::invoke_result_t<decltype(kKeyOf), const Row&>>;

  Table() = default;
  Table(const Table& other) : rows_(other.rows_) { PutInOrder(); }
  Table& operator=(const Table& other) {
    rows_ = other.rows_;
    orders_ = {};
    PutInOrder();
    return *this;
  }

  [[nodiscard]] const std::map<Key, Row>& rows() const { return rows_; }
  template <auto kOrder>
  [[nodiscard]] const Order<Row, kOrder>& order() const {
    return std::get<Order<Row, kOrder>>(orders_);
  }

  [[nodiscard]] const Row* Find(const Key& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }

  // False, and nothing changed, when the key exists.
  [[nodiscard]] bool Insert(Row row, UndoLog& undo) {
    if (Find(kKeyOf(row)) != nullptr) return false;
    Put(std::move(row), undo);
    return true;
  }

  // Inserts, or replaces the row with the same key.
  void Put(Row row, UndoLog& undo) {
    Key key = kKeyOf(row);
    undo.Add([this, key, before = Set(key, std::move(row))] { Set(key, before); });
  }

  void Erase(const Key& key, UndoLog& undo) {
    undo.Add([this, key, before = Set(key, std::nullopt)] { Set(key, before); });
  }

 private:
  // Answers what was there before.
  std::optional<Row> Set(const Key& key, std::optional<Row> row) {
    std::optional<Row> before;
    if (const auto found = rows_.find(key); found != rows_.end()) {
      (std::get<Order<Row, kOrderOf>>(orders_).Remove(found->second), ...);
      before = std::move(found->second);
      rows_.erase(found);
    }
    if (row.has_value()) {
      const Row& added = rows_.emplace(key, *std::move(row)).first->second;
      (std::get<Order<Row, kOrderOf>>(orders_).Add(added), ...);
    }
    return before;
  }

  // The orders point at the rows of this table, so a copy makes its own.
  void PutInOrder() {
    for (const auto& [key, row] : rows_) (std::get<Order<Row, kOrderOf>>(orders_).Add(row), ...);
  }

  std::map<Key, Row> rows_;
  std::tuple<Order<Row, kOrderOf>...> orders_;
};

}  // namespace brug::storage
