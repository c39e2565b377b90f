// SPDX-License-Identifier: MIT
#include "macaw/io/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <iostream>
#include <string>

#include "compress.h"
#include "macaw/base/random.h"
#include "macaw/io/line_reader.h"
#include "support/temp_dir.h"

namespace macaw::io {

namespace data = boost::unit_test::data;
using test::TempDir;
using Names = std::vector<std::string>;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat info {};

  BOOST_REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

OutputFile open_output(const std::string& path) {
  auto file = OutputFile::create(path);
  BOOST_REQUIRE_MESSAGE(file.ok(), (file.ok() ? std::string() : file.error().message()));
  return std::move(file).value();
}

std::string decompressed(const std::string& path) {
  auto reader = LineReader::open(path);
  BOOST_REQUIRE(reader.ok());
  std::string text;
  for (;;) {
    const auto line = reader->next();
    BOOST_REQUIRE(line.ok());
    if (!*line) {
      return text;
    }
    text += **line;
    text += '\n';
  }
}

/// Runs `body` in a child that then waits for the signal; returns how the child ended.
template <typename Body>
int signal_of_child(int signal, Body body) {
  int ready[2];
  BOOST_REQUIRE(pipe(ready) == 0);
  std::cout.flush();
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    close(ready[0]);
    body(ready[1]);
    _exit(0);
  }
  close(ready[1]);
  char byte = 0;
  BOOST_REQUIRE(read(ready[0], &byte, 1) == 1);
  close(ready[0]);
  BOOST_REQUIRE(kill(child, signal) == 0);
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(output_file_test)

BOOST_AUTO_TEST_CASE(the_file_appears_with_commit) {
  const TempDir dir;
  OutputFile file = open_output(dir / "out.txt");
  BOOST_TEST(file.write("hello\n").ok());
  const Names while_writing = dir.names();
  BOOST_REQUIRE(while_writing.size() == 1U);
  BOOST_TEST(while_writing[0] == ".out.txt." + std::to_string(getpid()) + ".partial");
  BOOST_TEST(file.commit().ok());
  BOOST_TEST(dir.names() == Names{"out.txt"}, boost::test_tools::per_element());
  BOOST_TEST(dir.read("out.txt") == "hello\n");
  BOOST_TEST(file.bytes_written() == 6U);
}

BOOST_AUTO_TEST_CASE(without_commit_nothing_is_left_and_the_old_file_stays) {
  const TempDir dir;
  dir.write("out.txt", "old");
  {
    OutputFile file = open_output(dir / "out.txt");
    BOOST_TEST(file.write(std::string(1'000'000, 'x')).ok());
    BOOST_TEST(dir.names().size() == 2U);
    const OutputFile moved = std::move(file);
  }
  BOOST_TEST(dir.names() == Names{"out.txt"}, boost::test_tools::per_element());
  BOOST_TEST(dir.read("out.txt") == "old");
}

BOOST_AUTO_TEST_CASE(two_writers_of_one_target_do_not_meet) {
  const TempDir dir;
  OutputFile first = open_output(dir / "out");
  OutputFile second = open_output(dir / "out");
  BOOST_TEST(first.write("first").ok());
  BOOST_TEST(second.write("second").ok());
  BOOST_TEST(second.commit().ok());
  BOOST_TEST(first.commit().ok());
  BOOST_TEST(dir.names() == Names{"out"}, boost::test_tools::per_element());
  BOOST_TEST(dir.read("out") == "first");
}

BOOST_AUTO_TEST_CASE(permissions) {
  const TempDir dir;
  const mode_t old_umask = umask(027);
  OutputFile fresh = open_output(dir / "fresh");
  BOOST_TEST(fresh.commit().ok());
  BOOST_TEST(mode_of(dir / "fresh") == 0640U);
  const std::string existing = dir.write("existing", "old");
  BOOST_REQUIRE(chmod(existing.c_str(), 0606) == 0);
  OutputFile replaced = open_output(existing);
  BOOST_TEST(replaced.commit().ok());
  BOOST_TEST(mode_of(existing) == 0606U);
  umask(old_umask);
}

BOOST_AUTO_TEST_CASE(symbolic_links_are_followed) {
  const TempDir dir;
  dir.write("real", "old");
  BOOST_REQUIRE(symlink("real", (dir / "link").c_str()) == 0);
  OutputFile file = open_output(dir / "link");
  BOOST_TEST(file.write("new").ok());
  BOOST_TEST(file.commit().ok());
  BOOST_TEST(dir.read("real") == "new");
  BOOST_TEST(std::filesystem::is_symlink(dir / "link"));
}

BOOST_AUTO_TEST_CASE(targets_that_cannot_be) {
  const TempDir dir;
  const auto message = [](const std::string& path) {
    return OutputFile::create(path).error().message();
  };
  BOOST_TEST(message(dir.path()) == dir.path() + ": found a directory, expected a file name");
  BOOST_TEST(message(dir / "none/out") ==
             dir / "none/out" + ": cannot create a file beside it: No such file or directory");
  BOOST_TEST(message(dir / "none/") ==
             dir / "none/" + ": found the name of a folder, expected a file name");
  BOOST_TEST(message("") == "found an empty file name, expected the file to write");
  dir.write("file", "");
  BOOST_TEST(message(dir / "file/out") == dir / "file/out" + ": cannot write it: Not a directory");
  BOOST_TEST(dir.names() == Names{"file"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(long_names_have_room_for_the_temporary_one) {
  const TempDir dir;
  const std::string name(255, 'n');
  OutputFile file = open_output(dir / name);
  BOOST_TEST(file.commit().ok());
  BOOST_TEST(dir.names() == Names{name}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(devices_are_written_directly) {
  OutputFile null = open_output("/dev/null");
  BOOST_TEST(null.write(std::string(1'000'000, 'x')).ok());
  BOOST_TEST(null.commit().ok());
  BOOST_TEST(std::filesystem::is_character_file("/dev/null"));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_now_and_at_commit) {
  OutputFile full = open_output("/dev/full");
  BOOST_TEST(full.write("x").ok());  // buffered
  BOOST_TEST(full.commit().error().message() == "/dev/full: cannot write: No space left on device");
  OutputFile again = open_output("/dev/full");
  BOOST_TEST(!again.write(std::string(1'000'000, 'x')).ok());
  BOOST_TEST(!again.commit().ok());
}

BOOST_DATA_TEST_CASE(what_is_written_is_what_is_read,
                     data::make({"out.txt", "out.txt.gz", "out.txt.zst"}), name) {
  const TempDir dir;
  OutputFile file = open_output(dir / name);
  Random random(9);
  std::string text;
  while (text.size() < 2'000'000) {
    // From single bytes to more than the buffer at once.
    const uint64_t digits = random.below(100) == 0 ? 300'000 : random.below(100);
    std::string piece(digits, static_cast<char>('a' + random.below(26)));
    piece += '\n';
    text += piece;
    BOOST_REQUIRE(file.write(piece).ok());
  }
  BOOST_TEST(file.bytes_written() == text.size());
  BOOST_TEST(file.commit().ok());
  BOOST_TEST((decompressed(dir / name) == text));
  const std::string bytes = dir.read(name);
  const bool plain = std::string_view(name).ends_with(".txt");
  BOOST_TEST((bytes == text) == plain);
}

BOOST_DATA_TEST_CASE(an_empty_file_is_a_whole_file, data::make({"out", "out.gz", "out.zst"}),
                     name) {
  const TempDir dir;
  OutputFile file = open_output(dir / name);
  BOOST_TEST(file.commit().ok());
  BOOST_TEST(decompressed(dir / name).empty());
}

BOOST_AUTO_TEST_CASE(compressed_bytes_do_not_depend_on_the_time_or_the_name) {
  const TempDir dir;
  for (const char* name : {"a.gz", "b.gz"}) {
    OutputFile file = open_output(dir / name);
    BOOST_TEST(file.write("hello\n").ok());
    BOOST_TEST(file.commit().ok());
  }
  BOOST_TEST((dir.read("a.gz") == dir.read("b.gz")));
}

BOOST_DATA_TEST_CASE(a_signal_removes_partial_files, data::make({SIGINT, SIGTERM, SIGHUP}),
                     signal) {
  const TempDir dir;
  const int ended_by = signal_of_child(signal, [&dir](int ready) {
    for (const int each : {SIGINT, SIGTERM, SIGHUP}) {
      std::signal(each, SIG_DFL);  // what the test's runner had set
    }
    remove_partial_files_on_signals();
    const auto first = OutputFile::create(dir / "first");
    const auto second = OutputFile::create(dir / "second");
    { const auto done = OutputFile::create(dir / "third"); }
    if (first.ok() && second.ok() && dir.names().size() == 2 && write(ready, "r", 1) == 1) {
      pause();
    }
  });
  BOOST_TEST(ended_by == signal);
  BOOST_TEST(dir.names().empty());
}

BOOST_AUTO_TEST_CASE(ignored_signals_stay_ignored) {
  const TempDir dir;
  const int ended_by = signal_of_child(SIGINT, [&dir](int ready) {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_DFL);
    remove_partial_files_on_signals();
    auto file = OutputFile::create(dir / "out");
    if (file.ok() && write(ready, "r", 1) == 1) {
      // SIGINT is ignored whenever it comes; the test goes on when the file is complete.
      static_cast<void>(file->commit());
    }
  });
  BOOST_TEST(ended_by == 0);
  BOOST_TEST(dir.names() == Names{"out"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::io
