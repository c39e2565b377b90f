// SPDX-License-Identifier: MIT
//
// "-": the standard streams are exchanged for files or pipes while a test runs.
#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <iostream>
#include <string>

#include "compress.h"
#include "macaw/io/line_reader.h"
#include "macaw/io/output_file.h"
#include "support/temp_dir.h"

namespace macaw::io {

using test::TempDir;

namespace {

/// Points a standard descriptor at another file and puts it back.
class Redirected {
 public:
  Redirected(int standard, const std::string& path, int flags)
      : standard_(standard), saved_(dup(standard)) {
    std::cout.flush();
    const int fd = open(path.c_str(), flags, 0600);
    BOOST_REQUIRE(fd >= 0);
    BOOST_REQUIRE(dup2(fd, standard_) >= 0);
    close(fd);
  }

  ~Redirected() {
    dup2(saved_, standard_);
    close(saved_);
  }

  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int standard_;
  int saved_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stdio_test)

BOOST_AUTO_TEST_CASE(dash_reads_stdin) {
  const TempDir dir;
  const Redirected stdin_file(STDIN_FILENO, dir.write("in", gzip("a\nb\n")), O_RDONLY);
  auto reader = LineReader::open("-");
  BOOST_REQUIRE(reader.ok());
  BOOST_TEST(**reader->next() == "a");
  BOOST_TEST(reader->error(1, "found a").message() == "stdin:1:1: found a");
  BOOST_TEST(**reader->next() == "b");
  BOOST_TEST(!reader->next()->has_value());
  BOOST_TEST(reader->path() == "-");
}

BOOST_AUTO_TEST_CASE(dash_writes_stdout_and_leaves_it_open) {
  const TempDir dir;
  {
    const Redirected stdout_file(STDOUT_FILENO, dir / "out", O_WRONLY | O_CREAT);
    for (const char* text : {"first\n", "second\n"}) {
      auto file = OutputFile::create("-");
      const bool written = file.ok() && file->write(text).ok() && file->commit().ok();
      BOOST_REQUIRE(written);
    }
  }
  BOOST_TEST(dir.read("out") == "first\nsecond\n");
}

BOOST_AUTO_TEST_CASE(a_closed_stdout_is_an_error_that_says_stdout) {
  auto file = OutputFile::create("-");
  Status status;
  {
    const Redirected stdout_file(STDOUT_FILENO, "/dev/full", O_WRONLY);
    status = file->write("x");
    BOOST_REQUIRE(status.ok());
    status = file->commit();
  }
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().message() == "stdout: cannot write: No space left on device");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::io
