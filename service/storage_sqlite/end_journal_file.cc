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

// Stands where a line of an end has its organisation, whose ids are UUIDs.
constexpr std::string_view kIdName = "journal";

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

// The operator decides: there may be a disk to mount, or nothing to be had any more.
platform::Failure NotTheOne(const std::string& path, const std::string& what, const std::string& known_id) {
  std::string line = LineOf(kIdName, known_id);
  line.pop_back();
  return {
      .reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE,
      .log_detail = path + ": the journal of ends belongs here, and " + what +
                    ": mount its disk, set end_journal_file to where it is, or put a copy of it back. Only "
                    "if it is lost for good begin a new one, by writing this line into a new file there: " +
                    line +
                    " (accesses that ended and devices that were revoked until now may then come back with a "
                    "restore)"};
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

platform::Result<std::unique_ptr<EndJournalFile>> EndJournalFile::Open(const std::string& path,
                                                                       Options options) {
  const bool is_new = !Exists(path);
  if (is_new && !options.known_id.empty()) return NotTheOne(path, "it is not there", options.known_id);
  const int file = ::open(path.c_str(), O_RDWR | (is_new ? O_CREAT : 0) | O_CLOEXEC, 0600);
  if (file < 0) return SystemFailure(path, "cannot open the journal of ends");
  std::unique_ptr<EndJournalFile> journal(new EndJournalFile(path, file, std::move(options.sync)));
  if (auto loaded = journal->Load(); !loaded.ok()) return loaded.failure();
  if (!options.known_id.empty() && journal->id_ != options.known_id)
    return NotTheOne(path, "it is another one", options.known_id);
  if (journal->id_.empty() && !options.new_id.empty()) {
    if (auto named = journal->Append(kIdName, {&options.new_id, 1}); !named.ok()) return named.failure();
    journal->id_ = options.new_id;
  }
  if (is_new) {
    if (auto synced = SyncFolder(ParentOf(path)); !synced.ok()) return synced.failure();
  }
  return journal;
}

EndJournalFile::~EndJournalFile() { ::close(file_); }

bool EndJournalFile::SyncData(int file) { return ::fdatasync(file) == 0; }

platform::Result<void> EndJournalFile::Load() {
  auto text = ReadAll();
  if (!text.ok()) return text.failure();
  const Reading reading = Read(*text);
  if (reading.damaged_line != 0) {
    return platform::Failure{.reason = v1::ERROR_REASON_INTERNAL,
                             .log_detail = path_ + ": line " + std::to_string(reading.damaged_line) +
                                           " is damaged; put a copy of the file back, or take that line out "
                                           "if there is none"};
  }
  whole_bytes_ = static_cast<std::int64_t>(reading.whole_bytes);
  for (const Line& line : reading.lines) {
    if (line.organisation_id == kIdName && id_.empty()) id_ = line.content;
  }
  return reading.whole_bytes < text->size() ? CutToWhole() : platform::Result<void>();
}

platform::Result<void> EndJournalFile::Append(std::string_view organisation_id,
                                              std::span<const std::string> contents) {
  if (contents.empty()) return {};
  std::string lines;
  for (const std::string& content : contents) lines += LineOf(organisation_id, content);
  const std::lock_guard lock(mutex_);
  // Otherwise a shorter line would be written over the front of what is there, and leave its rest behind.
  if (more_behind_) {
    if (auto cut = CutToWhole(); !cut.ok()) return cut;
  }
  auto written = Write(lines);
  if (written.ok()) return written;
  platform::Failure failure = written.failure();
  if (auto cut = CutToWhole(); !cut.ok()) failure.log_detail += "; " + cut.failure().log_detail;
  return failure;
}

platform::Result<void> EndJournalFile::Write(std::string_view lines) {
  more_behind_ = true;
  if (!WriteAll(file_, lines, whole_bytes_)) return SystemFailure(path_, "cannot write");
  if (!sync_(file_)) return SystemFailure(path_, "cannot sync");
  whole_bytes_ += static_cast<std::int64_t>(lines.size());
  more_behind_ = false;
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
  more_behind_ = true;
  if (::ftruncate(file_, whole_bytes_) != 0 || !sync_(file_))
    return SystemFailure(path_, "cannot cut off what is half written");
  more_behind_ = false;
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
