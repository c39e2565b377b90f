// SPDX-License-Identifier: MIT
//
// gzip with zlib's default level and no time stamp in the header, zstd with its default level and a
// checksum: the same bytes in give the same bytes out for one version of the library.
#include "byte_sink.h"

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "errno_text.h"

namespace macaw::io {

namespace {

constexpr size_t kChunkBytes = size_t{64} << 10;

class PlainSink final : public ByteSink {
 public:
  explicit PlainSink(int fd) : fd_(fd) {}

  Status write(std::string_view bytes) override { return write_all(fd_, bytes); }

  Status finish() override { return {}; }

 private:
  int fd_;
};

class GzipSink final : public ByteSink {
 public:
  explicit GzipSink(int fd) : fd_(fd) {
    constexpr int kGzip = 16;
    constexpr int kMemoryLevel = 9;
    MACAW_CHECK(deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip,
                             kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK);
  }

  ~GzipSink() override { deflateEnd(&stream_); }

  GzipSink(const GzipSink&) = delete;
  GzipSink& operator=(const GzipSink&) = delete;

  Status write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const size_t part = std::min(bytes.size(), size_t{1} << 30);
      MACAW_TRY(deflate_part(bytes.substr(0, part), Z_NO_FLUSH));
      bytes.remove_prefix(part);
    }
    return {};
  }

  Status finish() override { return deflate_part({}, Z_FINISH); }

 private:
  Status deflate_part(std::string_view bytes, int flush) {
    // zlib never writes to its input; its interface is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      const int result = deflate(&stream_, flush);
      MACAW_CHECK(result != Z_STREAM_ERROR);
      MACAW_TRY(write_all(fd_, {out_.data(), out_.size() - stream_.avail_out}));
    } while (stream_.avail_out == 0);
    return {};
  }

  int fd_;
  z_stream stream_{};
  std::array<char, kChunkBytes> out_{};
};

class ZstdSink final : public ByteSink {
 public:
  explicit ZstdSink(int fd) : fd_(fd), stream_(ZSTD_createCCtx()) {
    MACAW_CHECK(stream_ != nullptr);
    const size_t result = ZSTD_CCtx_setParameter(stream_, ZSTD_c_checksumFlag, 1);
    MACAW_CHECK(ZSTD_isError(result) == 0, "{}", ZSTD_getErrorName(result));
  }

  ~ZstdSink() override { ZSTD_freeCCtx(stream_); }

  ZstdSink(const ZstdSink&) = delete;
  ZstdSink& operator=(const ZstdSink&) = delete;

  Status write(std::string_view bytes) override {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    while (input.pos < input.size) {
      MACAW_TRY(compress(input, ZSTD_e_continue));
    }
    return {};
  }

  Status finish() override {
    ZSTD_inBuffer input{nullptr, 0, 0};
    for (;;) {
      MACAW_TRY_ASSIGN(const size_t left, compress(input, ZSTD_e_end));
      if (left == 0) {
        return {};
      }
    }
  }

 private:
  Result<size_t> compress(ZSTD_inBuffer& input, ZSTD_EndDirective directive) {
    ZSTD_outBuffer output{out_.data(), out_.size(), 0};
    const size_t left = ZSTD_compressStream2(stream_, &output, &input, directive);
    if (ZSTD_isError(left) != 0) {
      return errorf("cannot compress: {}", ZSTD_getErrorName(left));
    }
    MACAW_TRY(write_all(fd_, {out_.data(), output.pos}));
    return left;
  }

  int fd_;
  ZSTD_CCtx* stream_;
  std::array<char, kChunkBytes> out_{};
};

}  // namespace

Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return errorf("cannot write: {}", errno_text(errno));
    }
  }
  return {};
}

std::unique_ptr<ByteSink> ByteSink::make(std::string_view path, int fd) {
  if (path.ends_with(".gz")) {
    return std::make_unique<GzipSink>(fd);
  }
  if (path.ends_with(".zst")) {
    return std::make_unique<ZstdSink>(fd);
  }
  return std::make_unique<PlainSink>(fd);
}

}  // namespace macaw::io
