#include "service/storage_sqlite/end_journal_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "proto/crypto/bytes.h"
#include "proto/crypto/hash.h"
#include "service/storage_sqlite/files.h"

namespace brug::storage {
namespace {

// Of a line's checksum, in hexadecimal digits: enough to tell damage, nobody is kept out by it.
constexpr std::size_t kChecksumDigits = 16;

std::string ChecksumOf(std::string_view organisation_id, std::string_view hex) {
  const std::string sum =
      crypto::HexEncode(crypto::Sha256(std::string(organisation_id) + ' ' + std::string(hex)));
  return sum.substr(0, kChecksumDigits);
}

std::string LineOf(std::string_view organisation_id, std::string_view content) {
  const std::string hex = crypto::HexEncode(content);
  return std::string(organisation_id) + ' ' + ChecksumOf(organisation_id, hex) + ' ' + hex + '\n';
}

struct Line {
  std::string_view organisation_id;
  std::string content;
};

// Nothing for what is no line of the journal.
std::optional<Line> ReadLine(std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == line.npos ? line.npos : line.find(' ', first + 1);
  if (second == line.npos) return std::nullopt;
  const std::string_view organisation_id = line.substr(0, first);
  const std::string_view hex = line.substr(second + 1);
  if (line.substr(first + 1, second - first - 1) != ChecksumOf(organisation_id, hex)) return std::nullopt;
  auto content = crypto::HexDecode(hex);
  if (!content) return std::nullopt;
  return Line{organisation_id, *std::move(content)};
}

struct Reading {
  std::vector<Line> lines;
  // How far every line is whole.
  std::size_t whole_bytes = 0;
  // The number of a line that is damaged although whole ones follow; 0 for none.
  std::size_t damaged_line = 0;
};

Reading Read(std::string_view text) {
  Reading reading;
  std::size_t number = 0;
  std::size_t first_bad = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    ++number;
    const auto end = text.find('\n', begin);
    auto line = end == text.npos ? std::nullopt : ReadLine(text.substr(begin, end - begin));
    if (!line && first_bad == 0) first_bad = number;
    if (line && first_bad != 0) {
      reading.damaged_line = first_bad;
      return reading;
    }
    begin = end == text.npos ? text.size() : end + 1;
    if (!line) continue;
    reading.lines.push_back(*std::move(line));
    reading.whole_bytes = begin;
  }
  return reading;
}

bool WriteAll(int file, std::string_view bytes, std::int64_t at) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file, bytes.data(), bytes.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
    at += count;
  }
  return true;
}

}  // namespace

platform::Result<std::unique_ptr<EndJournalFile>> EndJournalFile::Open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return SystemFailure(path, "cannot open the journal of ends");
  std::unique_ptr<EndJournalFile> journal(new EndJournalFile(path, file));
  auto text = journal->ReadAll();
  if (!text.ok()) return text.failure();
  const Reading reading = Read(*text);
  if (reading.damaged_line != 0) {
    return platform::Failure{.reason = v1::ERROR_REASON_INTERNAL,
                             .log_detail = path + ": line " + std::to_string(reading.damaged_line) +
                                           " is damaged; put a copy of the file back, or take that line out "
                                           "if there is none"};
  }
  journal->whole_bytes_ = static_cast<std::int64_t>(reading.whole_bytes);
  if (reading.whole_bytes < text->size()) {
    if (auto cut = journal->CutToWhole(); !cut.ok()) return cut.failure();
  }
  return journal;
}

EndJournalFile::~EndJournalFile() { ::close(file_); }

platform::Result<void> EndJournalFile::Append(std::string_view organisation_id,
                                              std::span<const std::string> contents) {
  if (contents.empty()) return {};
  std::string lines;
  for (const std::string& content : contents) lines += LineOf(organisation_id, content);
  const std::lock_guard lock(mutex_);
  if (!WriteAll(file_, lines, whole_bytes_)) {
    auto failure = SystemFailure(path_, "cannot write");
    const auto cut = CutToWhole();
    if (!cut.ok()) failure.log_detail += "; " + cut.failure().log_detail;
    return failure;
  }
  // After a sync that failed nobody knows what is on the disk: the lines stay, for a line too many does less
  // harm than one too few.
  if (::fdatasync(file_) != 0) return SystemFailure(path_, "cannot sync");
  whole_bytes_ += static_cast<std::int64_t>(lines.size());
  return {};
}

platform::Result<std::vector<std::string>> EndJournalFile::EndsOf(std::string_view organisation_id) const {
  const std::lock_guard lock(mutex_);
  auto text = ReadAll();
  if (!text.ok()) return text.failure();
  std::vector<std::string> contents;
  for (Line& line : Read(*text).lines) {
    if (line.organisation_id == organisation_id) contents.push_back(std::move(line.content));
  }
  return contents;
}

platform::Result<void> EndJournalFile::CutToWhole() {
  if (::ftruncate(file_, whole_bytes_) != 0 || ::fsync(file_) != 0)
    return SystemFailure(path_, "cannot cut off what is half written");
  return {};
}

platform::Result<std::string> EndJournalFile::ReadAll() const {
  std::string text;
  char buffer[65'536];
  while (true) {
    const ssize_t count = ::pread(file_, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemFailure(path_, "cannot read the journal of ends");
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace brug::storage
