// SPDX-License-Identifier: MIT
//
// Lines are found with memchr in one large buffer and handed out as views into it; only the torn
// line at the buffer's end is ever moved. The buffer grows when a line is longer than it, up to the
// limit.
#include "macaw/io/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "buffer_size.h"
#include "byte_source.h"
#include "macaw/base/hash.h"
#include "macaw/base/units.h"

namespace macaw::io {

struct LineReader::Impl {
  std::string path;
  LineReaderOptions options;
  std::unique_ptr<ByteSource> source;

  std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kBufferBytes);
  size_t capacity = kBufferBytes;
  size_t begin = 0;  // of the line that comes next
  size_t scan = 0;   // from here on nobody has looked for a newline
  size_t end = 0;
  bool at_end = false;

  uint64_t line = 0;
  uint64_t bytes = 0;
  bool line_was_ended = false;
  std::optional<Sha256> hash;
  std::string hash_hex;
  std::optional<Error> failed;

  Result<std::optional<std::string_view>> next();
  Status fill();
  Error line_too_long() const;
};

Error LineReader::Impl::line_too_long() const {
  return Error::at(display_name(path), line + 1, 0,
                   fmt::format("found a line of more than {} bytes, expected a text file",
                               format_count(options.line_bytes_max)));
}

Status LineReader::Impl::fill() {
  if (begin > 0) {
    std::memmove(buffer.get(), buffer.get() + begin, end - begin);
    end -= begin;
    scan -= begin;
    begin = 0;
  }
  if (end == capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(2 * capacity);
    std::memcpy(larger.get(), buffer.get(), end);
    buffer = std::move(larger);
    capacity *= 2;
  }
  MACAW_TRY_ASSIGN(const size_t count, source->read(buffer.get() + end, capacity - end));
  if (hash) {
    hash->update({buffer.get() + end, count});
  }
  end += count;
  bytes += count;
  if (count == 0) {
    at_end = true;
    if (hash) {
      hash_hex = hash->finish();
      hash.reset();
    }
  }
  return {};
}

Result<std::optional<std::string_view>> LineReader::Impl::next() {
  const char* newline = nullptr;
  // memchr must not be given a null or one-past pointer with a wrong size; size 0 is fine here.
  while ((newline = static_cast<const char*>(std::memchr(buffer.get() + scan, '\n', end - scan))) ==
         nullptr) {
    scan = end;
    if (at_end) {
      break;
    }
    // Two more bytes than the limit: the line's end may be among them.
    if (end - begin > options.line_bytes_max && end - begin - options.line_bytes_max > 2) {
      return line_too_long();
    }
    MACAW_TRY(fill());
  }
  if (newline == nullptr && begin == end) {
    return std::optional<std::string_view>();
  }
  const size_t stop = newline != nullptr ? static_cast<size_t>(newline - buffer.get()) : end;
  std::string_view text(buffer.get() + begin, stop - begin);
  if (newline != nullptr && text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  if (text.size() > options.line_bytes_max) {
    return line_too_long();
  }
  line_was_ended = newline != nullptr;
  begin = scan = newline != nullptr ? stop + 1 : end;
  ++line;
  return std::optional<std::string_view>(text);
}

LineReader::LineReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;

Result<LineReader> LineReader::open(std::string path, LineReaderOptions options) {
  auto impl = std::make_unique<Impl>();
  MACAW_TRY_ASSIGN(impl->source, ByteSource::open(path));
  impl->path = std::move(path);
  impl->options = options;
  if (options.hash) {
    impl->hash.emplace();
  }
  return LineReader(std::move(impl));
}

Result<std::optional<std::string_view>> LineReader::next() {
  if (impl_->failed) {
    return *impl_->failed;
  }
  auto result = impl_->next();
  if (!result.ok()) {
    impl_->failed = result.error();
  }
  return result;
}

const std::string& LineReader::path() const {
  return impl_->path;
}

uint64_t LineReader::line() const {
  return impl_->line;
}

Error LineReader::error(uint64_t column, std::string_view what) const {
  return error_at(impl_->line, column, what);
}

Error LineReader::error_at(uint64_t line, uint64_t column, std::string_view what) const {
  return Error::at(display_name(impl_->path), line, column, what);
}

bool LineReader::line_was_ended() const {
  return impl_->line_was_ended;
}

uint64_t LineReader::bytes() const {
  return impl_->bytes;
}

uint64_t LineReader::bytes_on_disk_read() const {
  return impl_->source->file().bytes_read();
}

uint64_t LineReader::bytes_on_disk() const {
  return impl_->source->file().bytes_total();
}

std::string LineReader::sha256() const {
  MACAW_CHECK(impl_->options.hash && impl_->at_end, "no hash asked for, or not at the end yet");
  return impl_->hash_hex;
}

Result<std::string> read_file(const std::string& path) {
  MACAW_TRY_ASSIGN(const std::unique_ptr<RawFile> file, RawFile::open(path));
  std::string bytes;
  size_t size = 0;
  for (;;) {
    // One byte more than the file has, so that the read that finds its end needs no more room.
    bytes.resize(std::max({size_t{4096}, 2 * size, static_cast<size_t>(file->bytes_total()) + 1}));
    MACAW_TRY_ASSIGN(const size_t count, file->read(bytes.data() + size, bytes.size() - size));
    size += count;
    if (count == 0) {
      bytes.resize(size);
      return bytes;
    }
  }
}

Result<std::string> read_file_decompressed(const std::string& path, size_t bytes_max) {
  MACAW_TRY_ASSIGN(const std::unique_ptr<ByteSource> source, ByteSource::open(path));
  std::string bytes;
  size_t size = 0;
  for (;;) {
    bytes.resize(std::min(std::max(size_t{4096}, 2 * size), bytes_max + 1));
    MACAW_TRY_ASSIGN(const size_t count, source->read(bytes.data() + size, bytes.size() - size));
    size += count;
    if (size > bytes_max) {
      return errorf("{}: found more than {} bytes, expected at most so many", display_name(path),
                    format_count(bytes_max));
    }
    if (count == 0) {
      bytes.resize(size);
      return bytes;
    }
  }
}

}  // namespace macaw::io
