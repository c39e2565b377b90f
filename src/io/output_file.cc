// SPDX-License-Identifier: MIT
//
// The temporary file is a hidden neighbour of the target, so that the rename stays inside one file
// system. Devices and pipes have no half-written state to hide: they are written directly.
#include "macaw/io/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "buffer_size.h"
#include "byte_sink.h"
#include "errno_text.h"
#include "partial_files.h"

namespace macaw::io {

namespace {

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string temporary_name(const std::string& target, int attempt) {
  const size_t slash = target.rfind('/');
  const size_t base = slash == std::string::npos ? 0 : slash + 1;
  // Room for the decoration within the 255 bytes of a file name.
  constexpr size_t kBaseBytesMax = 200;
  return fmt::format("{}.{}.{}{}.partial", target.substr(0, base),
                     target.substr(base, kBaseBytesMax), getpid(),
                     attempt == 0 ? std::string() : fmt::format("-{}", attempt));
}

}  // namespace

struct OutputFile::Impl {
  std::string path;       // as given
  std::string target;     // with symbolic links followed
  std::string temporary;  // empty: written directly
  std::optional<PartialFileEntry> entry;
  int fd = -1;
  std::unique_ptr<ByteSink> sink;
  std::string buffer;
  uint64_t bytes_written = 0;
  bool committed = false;
  std::optional<Error> failed;

  Impl() = default;
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Error error(std::string_view what) const {
    return Error::at(path == "-" ? "stdout" : path, 0, 0, what);
  }

  Error system_error(std::string_view what) const {
    return error(fmt::format("{}: {}", what, errno_text(errno)));
  }

  Status open();
  Status open_directly();
  Status open_temporary(std::optional<mode_t> mode);
  Status put(std::string_view bytes);
  Status commit();
  Status publish();
};

OutputFile::Impl::~Impl() {
  if (fd >= 0 && fd != STDOUT_FILENO) {
    close(fd);
  }
  if (!temporary.empty() && !committed) {
    unlink(temporary.c_str());
  }
}

Status OutputFile::Impl::open() {
  if (path.empty()) {
    return Error("found an empty file name, expected the file to write");
  }
  if (path == "-") {
    fd = STDOUT_FILENO;
    return {};
  }
  target = path;
  std::error_code code;
  const std::filesystem::path real = std::filesystem::canonical(path, code);
  if (!code) {
    target = real.string();
  }

  struct stat info {};

  if (stat(target.c_str(), &info) != 0) {
    if (errno != ENOENT) {
      return system_error("cannot write it");
    }
    if (target.ends_with('/')) {
      return error("found the name of a folder, expected a file name");
    }
    return open_temporary(std::nullopt);
  }
  if (S_ISDIR(info.st_mode)) {
    return error("found a directory, expected a file name");
  }
  if (!S_ISREG(info.st_mode)) {
    return open_directly();
  }
  // A rename could replace a read-only file; whoever made it read-only would be surprised.
  if (access(target.c_str(), W_OK) != 0) {
    return system_error("cannot write it");
  }
  return open_temporary(info.st_mode & 07777);
}

Status OutputFile::Impl::open_directly() {
  fd = ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
  return fd >= 0 ? Status() : Status(system_error("cannot write it"));
}

Status OutputFile::Impl::open_temporary(std::optional<mode_t> mode) {
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string name = temporary_name(target, attempt);
    // In the table before it exists, so that no signal falls between.
    entry.emplace(name);
    fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ? *mode & 0777 : 0666);
    if (fd >= 0) {
      temporary = std::move(name);
      break;
    }
    entry.reset();
    if (errno != EEXIST) {
      return system_error("cannot create a file beside it");
    }
  }
  if (fd < 0) {
    return error("cannot create a file beside it: too many old partial files");
  }
  if (mode && fchmod(fd, *mode) != 0) {
    return system_error("cannot set its permissions");
  }
  return {};
}

Status OutputFile::Impl::put(std::string_view bytes) {
  if (failed) {
    return *failed;
  }
  Status status = sink->write(bytes);
  if (!status.ok()) {
    failed = error(status.error().message());
    return *failed;
  }
  return {};
}

Status OutputFile::Impl::commit() {
  MACAW_TRY(put(buffer));
  buffer.clear();
  if (Status status = sink->finish(); !status.ok()) {
    failed = error(status.error().message());
    return *failed;
  }
  if (!temporary.empty() && fsync(fd) != 0) {
    return system_error("cannot write");
  }
  if (fd != STDOUT_FILENO && close(std::exchange(fd, -1)) != 0) {
    return system_error("cannot write");
  }
  return temporary.empty() ? Status() : publish();
}

Status OutputFile::Impl::publish() {
  if (rename(temporary.c_str(), target.c_str()) != 0) {
    return system_error("cannot rename the finished file");
  }
  committed = true;
  entry.reset();
  // The name itself must survive a power cut too. Some file systems cannot sync a folder; the file
  // is there then all the same.
  const int folder = ::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    static_cast<void>(fsync(folder));
    close(folder);
  }
  return {};
}

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OutputFile::~OutputFile() = default;
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;

Result<OutputFile> OutputFile::create(std::string path) {
  auto impl = std::make_unique<Impl>();
  impl->path = std::move(path);
  MACAW_TRY(impl->open());
  impl->sink = ByteSink::make(impl->path, impl->fd);
  impl->buffer.reserve(kBufferBytes);
  return OutputFile(std::move(impl));
}

Status OutputFile::write(std::string_view bytes) {
  Impl& impl = *impl_;
  MACAW_DCHECK(!impl.committed);
  impl.bytes_written += bytes.size();
  if (impl.buffer.size() + bytes.size() <= kBufferBytes) {
    impl.buffer.append(bytes);
    return {};
  }
  MACAW_TRY(impl.put(impl.buffer));
  impl.buffer.clear();
  if (bytes.size() >= kBufferBytes) {
    return impl.put(bytes);
  }
  impl.buffer.append(bytes);
  return {};
}

Status OutputFile::commit() {
  return impl_->commit();
}

const std::string& OutputFile::path() const {
  return impl_->path;
}

uint64_t OutputFile::bytes_written() const {
  return impl_->bytes_written;
}

}  // namespace macaw::io
