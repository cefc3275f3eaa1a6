#include "client-sdk/src/replica/leaf_rows.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "client-sdk/src/vault/error.h"

namespace brug::sdk {
namespace {

// https://www.sqlite.org/fileformat2.html
constexpr std::int64_t kFileHeaderBytes = 100;
constexpr unsigned char kTableLeaf = 0x0D;
constexpr std::uint64_t kLeafHeaderBytes = 8;
// More than any row here has; a page of garbage says anything.
constexpr std::uint64_t kRowBytesMax = 4U << 20U;

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

// Reads from the front of bytes, and stays at an end that came too early.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  std::string_view Take(std::uint64_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::uint64_t TakeVarint() {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t byte = BigEndian(Take(1));
      number = number << 7U | (byte & 0x7FU);
      if ((byte & 0x80U) == 0) return number;
    }
    return number << 8U | BigEndian(Take(1));
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

std::int64_t SignedBigEndian(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const std::uint64_t all_ones = static_cast<unsigned char>(bytes.front()) >= 0x80U ? ~0ULL : 0;
  const std::uint64_t number = BigEndian(bytes);
  if (bytes.size() == 8) return static_cast<std::int64_t>(number);
  return static_cast<std::int64_t>(all_ones << (8U * bytes.size()) | number);
}

std::optional<LeafValue> TakeValue(std::uint64_t type, Reader& body) {
  constexpr std::uint64_t kIntegerBytes[] = {0, 1, 2, 3, 4, 6, 8};
  using Kind = LeafValue::Kind;
  if (type == 0) return LeafValue{};
  if (type <= 6)
    return LeafValue{
        .kind = Kind::kInteger, .integer = SignedBigEndian(body.Take(kIntegerBytes[type])), .bytes = {}};
  if (type == 7) {
    body.Take(8);
    return LeafValue{.kind = Kind::kReal, .bytes = {}};
  }
  if (type == 8 || type == 9)
    return LeafValue{.kind = Kind::kInteger, .integer = static_cast<std::int64_t>(type - 8), .bytes = {}};
  if (type < 12) return std::nullopt;
  const bool is_text = type % 2 == 1;
  return LeafValue{.kind = is_text ? Kind::kText : Kind::kBlob,
                   .bytes = Bytes(body.Take((type - (is_text ? 13 : 12)) / 2))};
}

std::optional<std::vector<LeafValue>> ReadValues(std::string_view payload) {
  Reader size(payload);
  const std::uint64_t header_bytes = size.TakeVarint();
  if (!size.ok() || header_bytes > payload.size()) return std::nullopt;
  Reader header(payload.substr(0, header_bytes));
  header.TakeVarint();
  Reader body(payload.substr(header_bytes));
  std::vector<LeafValue> values;
  while (!header.empty()) {
    auto value = TakeValue(header.TakeVarint(), body);
    if (!value.has_value()) return std::nullopt;
    values.push_back(std::move(*value));
  }
  if (!header.ok() || !body.ok()) return std::nullopt;
  return values;
}

// The file as pages.
class Pages {
 public:
  [[nodiscard]] static Result<Pages> Of(SqliteFile& file) {
    auto header = file.ReadBytes(0, kFileHeaderBytes);
    if (!header.ok()) return header.error();
    auto size = file.SizeBytes();
    if (!size.ok()) return size.error();
    const std::uint64_t said = BigEndian(std::string_view(*header).substr(16, 2));
    Pages pages(file);
    pages.page_bytes_ = said == 1 ? 65'536 : static_cast<std::int64_t>(said);
    pages.usable_ =
        pages.page_bytes_ - static_cast<std::int64_t>(BigEndian(std::string_view(*header).substr(20, 1)));
    if (pages.page_bytes_ < 512 || pages.usable_ < 480) return StorageDamaged();
    pages.count_ = *size / pages.page_bytes_;
    return pages;
  }

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t usable() const { return static_cast<std::uint64_t>(usable_); }

  // Empty when the disk does not give it.
  [[nodiscard]] Bytes Read(std::int64_t number) const {
    if (number < 1 || number > count_) return {};
    auto bytes = file_->ReadBytes((number - 1) * page_bytes_, usable_);
    return bytes.ok() ? *std::move(bytes) : Bytes();
  }

 private:
  explicit Pages(SqliteFile& file) : file_(&file) {}

  SqliteFile* file_;
  std::int64_t page_bytes_ = 0;
  std::int64_t usable_ = 0;
  std::int64_t count_ = 0;
};

// How much of a payload lies on the leaf itself.
std::uint64_t LocalBytes(std::uint64_t payload, std::uint64_t usable) {
  const std::uint64_t most = usable - 35;
  if (payload <= most) return payload;
  const std::uint64_t least = (usable - 12) * 32 / 255 - 23;
  const std::uint64_t wanted = least + (payload - least) % (usable - 4);
  return wanted <= most ? wanted : least;
}

// Adds what overflowed; false when a page of it cannot be made out.
bool AddOverflow(const Pages& pages, std::uint64_t next, std::uint64_t size, Bytes& payload) {
  while (payload.size() < size) {
    const Bytes page = pages.Read(static_cast<std::int64_t>(next));
    if (page.empty()) return false;
    next = BigEndian(std::string_view(page).substr(0, 4));
    payload += page.substr(4, size - payload.size());
  }
  return true;
}

std::optional<LeafRow> ReadCell(const Pages& pages, std::string_view cell) {
  Reader reader(cell);
  const std::uint64_t size = reader.TakeVarint();
  LeafRow row{.rowid = static_cast<std::int64_t>(reader.TakeVarint()), .values = {}};
  if (!reader.ok() || size > kRowBytesMax) return std::nullopt;
  Bytes payload(reader.Take(LocalBytes(size, pages.usable())));
  const std::uint64_t next = payload.size() < size ? BigEndian(reader.Take(4)) : 0;
  if (!reader.ok() || !AddOverflow(pages, next, size, payload)) return std::nullopt;
  auto values = ReadValues(payload);
  if (!values.has_value()) return std::nullopt;
  row.values = std::move(*values);
  return row;
}

void ReadLeaf(const Pages& pages, std::string_view page, std::size_t header_at,
              const std::function<void(const LeafRow&)>& take) {
  if (page.size() < header_at) return;
  Reader header(page.substr(header_at));
  if (BigEndian(header.Take(1)) != kTableLeaf) return;
  header.Take(2);
  const std::uint64_t cells = BigEndian(header.Take(2));
  header.Take(kLeafHeaderBytes - 5);
  for (std::uint64_t i = 0; i < cells && header.ok(); ++i) {
    const std::uint64_t at = BigEndian(header.Take(2));
    if (at == 0 || at >= page.size()) continue;
    const auto row = ReadCell(pages, page.substr(at));
    if (row.has_value()) take(*row);
  }
}

}  // namespace

Result<void> ForEachLeafRow(SqliteFile& file, const std::function<void(const LeafRow&)>& take) {
  auto pages = Pages::Of(file);
  if (!pages.ok()) return pages.error();
  for (std::int64_t number = 1; number <= pages->count(); ++number) {
    const Bytes page = pages->Read(number);
    ReadLeaf(*pages, page, number == 1 ? kFileHeaderBytes : 0, take);
  }
  return {};
}

}  // namespace brug::sdk
