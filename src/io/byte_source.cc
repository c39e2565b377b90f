// SPDX-License-Identifier: MIT
//
// Plain, gzip (zlib) and zstd. Both compressed formats may be several streams one after the other,
// as `cat a.gz b.gz` and parallel compressors make them.
#include "byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "buffer_size.h"
#include "errno_text.h"

namespace macaw::io {

namespace {

Error damaged(const RawFile& file, std::string_view format, std::string_view why) {
  return Error::at(file.name(), 0, 0,
                   fmt::format("found damaged {} data before byte {} of the file: {}", format,
                               file.bytes_read() - file.buffered().size(), why));
}

Error cut_off(const RawFile& file, std::string_view format) {
  return Error::at(
      file.name(), 0, 0,
      fmt::format("found the end of the file at byte {}, expected more {} data: it is cut off",
                  file.bytes_read(), format));
}

class PlainSource final : public ByteSource {
 public:
  explicit PlainSource(std::unique_ptr<RawFile> file) : ByteSource(std::move(file)) {}

  Result<size_t> read(char* out, size_t size) override { return raw().read(out, size); }
};

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<RawFile> file) : ByteSource(std::move(file)) {
    constexpr int kGzipOnly = 16;
    MACAW_CHECK(inflateInit2(&stream_, MAX_WBITS + kGzipOnly) == Z_OK);
  }

  ~GzipSource() override { inflateEnd(&stream_); }

  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<size_t> read(char* out, size_t size) override {
    size_t made = 0;
    while (made == 0) {
      MACAW_TRY(raw().fill(1));
      if (raw().buffered().empty()) {
        if (in_member_) {
          return cut_off(raw(), "gzip");
        }
        return size_t{0};
      }
      if (!in_member_) {
        MACAW_TRY(start_member());
        continue;
      }
      MACAW_TRY_ASSIGN(made, inflate_some(out, size));
    }
    return made;
  }

 private:
  Status start_member() {
    const std::string_view bytes = raw().buffered();
    // Tapes and some tools pad the file with zeros; gzip itself skips them too. Then nothing else
    // may follow.
    padded_ = padded_ || bytes.front() == '\0';
    if (padded_) {
      raw().take(std::min(bytes.find_first_not_of('\0'), bytes.size()));
      return raw().buffered().empty() ? Status() : Status(junk());
    }
    if (bytes.front() != '\x1f') {
      return junk();
    }
    in_member_ = true;
    MACAW_CHECK(inflateReset(&stream_) == Z_OK);
    return {};
  }

  Error junk() { return damaged(raw(), "gzip", "other bytes follow after its end"); }

  Result<size_t> inflate_some(char* out, size_t size) {
    const std::string_view bytes = raw().buffered();
    const auto in_size = static_cast<uInt>(std::min<size_t>(bytes.size(), UINT32_MAX / 2));
    const auto out_size = static_cast<uInt>(std::min<size_t>(size, UINT32_MAX / 2));
    // zlib never writes to its input; its interface is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = in_size;
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = out_size;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    raw().take(in_size - stream_.avail_in);
    if (result == Z_STREAM_END) {
      in_member_ = false;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return damaged(raw(), "gzip", stream_.msg != nullptr ? stream_.msg : "it cannot be inflated");
    }
    return size_t{out_size - stream_.avail_out};
  }

  z_stream stream_{};
  bool in_member_ = false;
  bool padded_ = false;
};

class ZstdSource final : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<RawFile> file)
      : ByteSource(std::move(file)), stream_(ZSTD_createDStream()) {
    MACAW_CHECK(stream_ != nullptr);
  }

  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  Result<size_t> read(char* out, size_t size) override {
    ZSTD_outBuffer output{out, size, 0};
    while (output.pos == 0) {
      MACAW_TRY(raw().fill(1));
      const std::string_view bytes = raw().buffered();
      if (bytes.empty() && !in_frame_) {
        return size_t{0};
      }
      // With no input left, what the decoder still holds may come out.
      ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
      const size_t wanted = ZSTD_decompressStream(stream_, &output, &input);
      raw().take(input.pos);
      if (ZSTD_isError(wanted) != 0) {
        return damaged(raw(), "zstd", ZSTD_getErrorName(wanted));
      }
      in_frame_ = wanted != 0;
      if (bytes.empty() && output.pos == 0 && in_frame_) {
        return cut_off(raw(), "zstd");
      }
    }
    return output.pos;
  }

 private:
  ZSTD_DStream* stream_;
  bool in_frame_ = false;
};

bool is_zstd(std::string_view start) {
  constexpr std::string_view kFrame = "\x28\xb5\x2f\xfd";
  constexpr std::string_view kSkippableEnd = "\x2a\x4d\x18";
  return start == kFrame ||
         (start.size() == 4 && (start[0] & 0xf0) == 0x50 && start.substr(1) == kSkippableEnd);
}

}  // namespace

std::string display_name(const std::string& path) {
  return path == "-" ? "stdin" : path;
}

RawFile::RawFile(std::string name, int fd)
    : name_(std::move(name)),
      fd_(fd),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {}

RawFile::~RawFile() {
  if (fd_ != STDIN_FILENO) {
    close(fd_);
  }
}

Result<std::unique_ptr<RawFile>> RawFile::open(const std::string& path) {
  const std::string name = display_name(path);
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Error::at(name, 0, 0, fmt::format("cannot open it: {}", errno_text(errno)));
  }
  std::unique_ptr<RawFile> file(new RawFile(name, fd));

  struct stat info {};

  if (fstat(fd, &info) != 0) {
    return Error::at(name, 0, 0, fmt::format("cannot open it: {}", errno_text(errno)));
  }
  if (S_ISDIR(info.st_mode)) {
    return Error::at(name, 0, 0, "found a directory, expected a file");
  }
  if (S_ISREG(info.st_mode)) {
    file->bytes_total_ = static_cast<uint64_t>(info.st_size);
    // Advice only: nothing depends on its success.
    static_cast<void>(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  }
  return file;
}

Result<size_t> RawFile::read_some(char* out, size_t size) {
  for (;;) {
    const ssize_t count = ::read(fd_, out, size);
    if (count >= 0) {
      bytes_read_ += static_cast<uint64_t>(count);
      return static_cast<size_t>(count);
    }
    if (errno != EINTR) {
      return Error::at(name_, 0, 0, fmt::format("cannot read it: {}", errno_text(errno)));
    }
  }
}

Status RawFile::fill(size_t count) {
  MACAW_CHECK(count <= kBufferBytes);
  if (begin_ == end_) {
    begin_ = end_ = 0;
  }
  while (end_ - begin_ < count) {
    if (begin_ > 0) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    MACAW_TRY_ASSIGN(const size_t more, read_some(buffer_.get() + end_, kBufferBytes - end_));
    if (more == 0) {
      break;
    }
    end_ += more;
  }
  return {};
}

Result<size_t> RawFile::read(char* out, size_t size) {
  if (begin_ == end_) {
    return read_some(out, size);
  }
  const size_t count = std::min(size, end_ - begin_);
  std::memcpy(out, buffer_.get() + begin_, count);
  begin_ += count;
  return count;
}

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path) {
  MACAW_TRY_ASSIGN(std::unique_ptr<RawFile> file, RawFile::open(path));
  constexpr size_t kMagicBytes = 4;
  MACAW_TRY(file->fill(kMagicBytes));
  const std::string_view start = file->buffered().substr(0, kMagicBytes);
  std::unique_ptr<ByteSource> source;
  if (start.starts_with("\x1f\x8b")) {
    source = std::make_unique<GzipSource>(std::move(file));
  } else if (is_zstd(start)) {
    source = std::make_unique<ZstdSource>(std::move(file));
  } else {
    source = std::make_unique<PlainSource>(std::move(file));
  }
  return source;
}

}  // namespace macaw::io
