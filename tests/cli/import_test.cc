// SPDX-License-Identifier: MIT
//
// `create-replay import` and `create-replay export` as people run them, and what comes out played
// against the built-in stub.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "macaw/base/hash.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using test::ProcessResult;
using test::TempDir;

/// Runs in the folder.
ProcessResult run_in(const TempDir& folder, std::string program, std::vector<std::string> args,
                     std::string input = {}) {
  test::ProcessOptions options;
  options.args = std::move(args);
  options.cwd = folder.path();
  options.stdin_text = std::move(input);
  return test::run_process(std::move(program), options, std::chrono::seconds(120));
}

ProcessResult run_import(const TempDir& folder, std::vector<std::string> args,
                         std::string input = {}) {
  args.insert(args.begin(), "import");
  return run_in(folder, "create-replay", std::move(args), std::move(input));
}

void check_code(const ProcessResult& result, int code) {
  BOOST_TEST(result.code == code, result.out + result.err);
}

/// The text without its last line, which has the time it took; that line must begin so.
std::string without_last_line(const std::string& text, const std::string& begins) {
  const size_t last = text.size() < 2 ? 0 : text.rfind('\n', text.size() - 2) + 1;
  BOOST_TEST(text.substr(last).starts_with(begins), text);
  return text.substr(0, last);
}

/// Plays a file against the stub as fast as it goes: all requests went out.
void check_plays(const TempDir& folder, const std::string& file, const std::string& requests) {
  const ProcessResult played =
      run_in(folder, "replay",
             {file, "--rps", "max", "--target", "stub", "--no-ui", "--db", file + ".sqlite"});
  // On a machine that others use, too, the program may find itself late and say so.
  const bool invalid = played.out.find("INVALID") != std::string::npos;
  check_code(played, invalid ? 4 : 0);
  BOOST_TEST(played.out.find("scheduled " + requests + " =") != std::string::npos, played.out);
  BOOST_TEST(played.out.find("+ 0 unsent") != std::string::npos, played.out);
}

const std::string kLog =
    "10.0.0.1 - - [17/May/2015:10:05:04 +0000] \"GET /js/recommendations?consumer_key=k&user=1&"
    "limit=10&jsonpCallback=j HTTP/1.1\" 200 12 \"-\" \"Agent\"\n"
    "10.0.0.2 - - [17/May/2015:10:05:03 +0000] \"GET /js/recommendations?consumer_key=k&user=2&"
    "limit=10&jsonpCallback=j HTTP/1.1\" 200 12 \"-\" \"Agent\"\n"
    "10.0.0.3 - - [17/May/2015:10:05:03 +0000] \"-\" 408 0 \"-\" \"-\"\n"
    "10.0.0.1 - - [17/May/2015:10:05:05 +0000] \"GET /missing HTTP/1.1\" 404 0 \"-\" \"Agent\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(import_test)

BOOST_AUTO_TEST_CASE(an_access_log_becomes_a_file_that_plays) {
  const TempDir folder;
  folder.write("access.log", kLog);
  const ProcessResult result = run_import(
      folder, {"access-log", "access.log", "out.jsonl", "--user", "client", "--status", "200"});
  check_code(result, 0);
  BOOST_TEST(result.out == "");
  BOOST_TEST(
      without_last_line(result.err, "create-replay: the recorded times are whole seconds, ")
              .find("create-replay: not used: 1 request, no HTTP request in the line (first: "
                    "access.log:3:44: found '-', expected METHOD target PROTOCOL)\n"
                    "create-replay: left out: 1 request, by --status (first: access.log:4:1)\n"
                    "create-replay: 1 request stood after a later one, up to 1 s of recorded "
                    "time: sorted by time\n"
                    "create-replay: wrote out.jsonl: 2 of 4 requests, over 1 s, ") == 0U,
      result.err);
  BOOST_TEST(folder.read("out.jsonl") ==
             "{\"t\":0,\"method\":\"GET\",\"url\":\"/js/recommendations?consumer_key=k&user=2&"
             "limit=10&jsonpCallback=j\",\"user\":\"10.0.0.2\",\"x-macaw\":{\"version\":1,"
             "\"generator\":\"import\",\"source\":\"access-log\",\"dataset\":\"" +
                 sha256_hex(kLog) +
                 "\"}}\n"
                 "{\"t\":1,\"method\":\"GET\",\"url\":\"/js/recommendations?consumer_key=k&user=1&"
                 "limit=10&jsonpCallback=j\",\"user\":\"10.0.0.1\"}\n");
  check_plays(folder, "out.jsonl", "2");
}

BOOST_AUTO_TEST_CASE(compressed_and_stdin_give_the_same_requests) {
  const TempDir folder;
  folder.write("access.log", kLog);
  check_code(run_in(folder, "gzip", {"-k", "access.log"}), 0);
  for (const char* input : {"access.log", "access.log.gz"}) {
    const ProcessResult result = run_import(folder, {"access-log", input, "-"});
    check_code(result, 0);
    folder.write(std::string(input) + ".out", result.out);
  }
  BOOST_TEST(folder.read("access.log.out") == folder.read("access.log.gz.out"));
  const ProcessResult piped = run_import(folder, {"access-log", "-", "-", "--format", "txt"}, kLog);
  check_code(piped, 0);
  BOOST_TEST(piped.out ==
             "#macaw/1;generator=import;source=access-log;dataset=stdin\n"
             "/js/recommendations?consumer_key=k&user=2&limit=10&jsonpCallback=j\n"
             "/js/recommendations?consumer_key=k&user=1&limit=10&jsonpCallback=j\n"
             "/missing\n");
  BOOST_TEST(piped.err.find("create-replay: not used: 1 request, no HTTP request in the line "
                            "(first: stdin:3:44: ") == 0U,
             piped.err);
  // A URL list has no times that could come in bursts.
  BOOST_TEST(piped.err.find("--spread") == std::string::npos, piped.err);
}

BOOST_AUTO_TEST_CASE(nothing_usable_or_strict_writes_nothing) {
  const TempDir folder;
  folder.write("access.log", kLog);
  folder.write("bad.log", "hello\n\nworld\n");
  folder.write("empty.log", "\n");
  folder.write("out.jsonl", "old\n");
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"access-log", "bad.log", "out.jsonl"},
       "create-replay: bad.log: none of 2 requests is left, nothing was written\n"},
      {{"access-log", "access.log", "out.jsonl", "--path", "/none"},
       "create-replay: access.log: none of 4 requests is left, nothing was written\n"},
      {{"access-log", "empty.log", "out.jsonl"}, "create-replay: empty.log: found no requests\n"},
      {{"access-log", "access.log", "out.jsonl", "--strict"},
       "create-replay: access.log: 1 of 4 requests cannot be used, nothing was written "
       "(--strict)\n"},
      {{"access-log", "no.log", "out.jsonl"},
       "create-replay: no.log: cannot open it: No such file or directory\n"},
      {{"har", "bad.log", "out.jsonl"},
       "create-replay: bad.log:1:1: found no valid JSON (Invalid value.), expected an HTTP "
       "Archive\n"}};
  for (const auto& [args, last] : cases) {
    const ProcessResult result = run_import(folder, args);
    check_code(result, 1);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err.ends_with(last), result.err);
    BOOST_TEST(folder.read("out.jsonl") == "old\n");
  }
  BOOST_TEST(folder.names().size() == 4U);
}

BOOST_AUTO_TEST_CASE(mistakes_are_one_line) {
  const TempDir folder;
  folder.write("in", "x");
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{}, "create-replay: A subcommand is required (try 'create-replay import --help')\n"},
      {{"pcap", "in", "out"},
       "create-replay: found 'pcap', expected one of access-log, har, vegeta-http, vegeta-json, "
       "curl (try 'create-replay import --help')\n"},
      {{"har", "in"},
       "create-replay: output is required (try 'create-replay import har --help')\n"},
      {{"access-log", "in", "out", "--status", "ok"},
       "create-replay: --status: found 'ok', expected statuses such as 200,3xx,400-499\n"},
      {{"access-log", "in", "out", "--method", "GET,,HEAD"},
       "create-replay: --method: found 'GET,,HEAD', expected methods such as GET,HEAD\n"},
      {{"access-log", "in", "out", "--host", "a b"},
       "create-replay: --host: found 'a b', expected host, host:port, [v6]:port, "
       "http://host:port or https://host:port\n"},
      {{"access-log", "in", "out", "--host", "https://a"},
       "create-replay: --host: found 'https://a', expected a host that is asked over plain "
       "HTTP\n"}};
  for (const auto& [args, says] : cases) {
    const ProcessResult result = run_import(folder, args);
    check_code(result, 1);
    BOOST_TEST(result.err == says);
  }
  BOOST_TEST(folder.names() == std::vector<std::string>{"in"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(help_names_what_a_format_has) {
  const TempDir folder;
  const std::pair<std::string, std::vector<std::string>> cases[] = {
      {"access-log", {"--status", "--user", "--log-headers", "--spread", "--window", "--max-gap"}},
      {"har", {"--status", "--cookies", "--with-cached", "--only-host"}},
      {"vegeta-http", {"--host", "--path", "--strict"}},
      {"vegeta-json", {"--host", "--method"}},
      {"curl", {"--host", "--limit"}}};
  for (const auto& [format, options] : cases) {
    const ProcessResult help = run_import(folder, {format, "--help"});
    check_code(help, 0);
    BOOST_TEST(help.err == "");
    BOOST_TEST(help.out.find("create-replay import " + format + " ") != std::string::npos);
    for (const std::string& option : options) {
      BOOST_TEST(help.out.find(option) != std::string::npos, format + " " + option);
    }
  }
}

BOOST_AUTO_TEST_CASE(archives_targets_and_command_lines_play) {
  const TempDir folder;
  folder.write(
      "in.har",
      R"({"log":{"entries":[{"startedDateTime":"2023-03-30T00:00:01.500Z","request":)"
      R"({"method":"GET","url":"https://a.example/js/action/new?consumer_key=k&user=1&)"
      R"(item=2&type=1&jsonpCallback=j","headers":[{"name":"Accept","value":"*/*"}]}}]}})");
  folder.write("body.json", "{\"a\":1}");
  folder.write("targets.txt",
               "POST http://a.example/predict\nContent-Type: application/json\n@body.json\n");
  folder.write("copied.sh", "curl 'https://a.example/items' \\\n  -H 'accept: */*' --compressed\n");
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"har", "in.har", "har.jsonl"},
       "{\"t\":0,\"method\":\"GET\",\"url\":\"/js/action/new?consumer_key=k&user=1&item=2&type=1&"
       "jsonpCallback=j\",\"header\":{\"Host\":[\"a.example\"],\"Accept\":[\"*/*\"]},"},
      {{"vegeta-http", "targets.txt", "http.jsonl"},
       "{\"method\":\"POST\",\"url\":\"http://a.example/predict\",\"header\":{\"Content-Type\":["
       "\"application/json\"]},\"body\":\"eyJhIjoxfQ==\","},
      {{"curl", "copied.sh", "curl.jsonl", "--host", "127.0.0.1:1"},
       "{\"method\":\"GET\",\"url\":\"http://127.0.0.1:1/items\",\"header\":{\"accept\":[\"*/"
       "*\"]},"}};
  for (const auto& [args, begins] : cases) {
    const ProcessResult result = run_import(folder, args);
    check_code(result, 0);
    BOOST_TEST(folder.read(args[2]).starts_with(begins), folder.read(args[2]));
    check_plays(folder, args[2], "1");
  }
}

BOOST_AUTO_TEST_CASE(an_export_to_vegeta_and_back_is_the_same_file) {
  const TempDir folder;
  folder.write("image.bin", std::string("\0\xff", 2));
  folder.write("in.jsonl",
               "{\"t\":1,\"method\":\"POST\",\"url\":\"/a\",\"header\":{\"A\":[\"1\",\"2\"]},"
               "\"body_file\":\"image.bin\"}\n"
               "{\"t\":2,\"method\":\"GET\",\"url\":\"http://h/b?c=d\"}\n");
  const ProcessResult exported =
      run_in(folder, "create-replay",
             {"export", "vegeta-json", "in.jsonl", "targets.json", "--host", "127.0.0.1:8080"});
  check_code(exported, 0);
  BOOST_TEST(
      without_last_line(exported.err, "create-replay: wrote targets.json: 2 of 2 requests, ") ==
      "create-replay: note: 2 requests, t left out, vegeta has a rate only (first: "
      "in.jsonl:1)\n");
  const std::string text = folder.read("targets.json");
  BOOST_TEST(text.starts_with("{\"method\":\"POST\",\"url\":\"http://127.0.0.1:8080/a\",\"header\":"
                              "{\"A\":[\"1\",\"2\"]},\"body\":\"AP8=\",\"x-macaw\":{"),
             text);
  BOOST_TEST(text.ends_with("}\n{\"method\":\"GET\",\"url\":\"http://h/b?c=d\"}\n"), text);
  const ProcessResult back = run_import(folder, {"vegeta-json", "targets.json", "back.jsonl"});
  check_code(back, 0);
  const std::string again = folder.read("back.jsonl");
  BOOST_TEST(again.substr(0, again.find("\"x-macaw\"")) ==
             text.substr(0, text.find("\"x-macaw\"")));
  BOOST_TEST(again.substr(again.find('\n')) == text.substr(text.find('\n')));
  check_plays(folder, "back.jsonl", "2");
}

BOOST_AUTO_TEST_CASE(an_export_to_iago_names_what_it_cannot_say) {
  const TempDir folder;
  folder.write("in.jsonl",
               "{\"t\":1,\"url\":\"/a?b=c\"}\n{\"t\":2,\"url\":\"/d\",\"method\":\"POST\"}\n");
  const ProcessResult exported =
      run_in(folder, "create-replay", {"export", "iago", "in.jsonl", "out.txt"});
  check_code(exported, 0);
  BOOST_TEST(without_last_line(exported.err, "create-replay: wrote out.txt: 1 of 2 requests, ") ==
             "create-replay: not exported: 1 request, method POST, a URL list holds GETs only "
             "(first: in.jsonl:2)\n"
             "create-replay: note: 1 request, the time left out, a URL list has none (first: "
             "in.jsonl:1)\n");
  BOOST_TEST(folder.read("out.txt").ends_with("\n/a?b=c\n"));
  BOOST_TEST(folder.read("out.txt").starts_with("#macaw/1;generator=export;dataset="));
  const ProcessResult bad =
      run_in(folder, "create-replay", {"export", "iago", "in.jsonl", "none.txt", "--strict"});
  check_code(bad, 1);
  folder.write("bad.jsonl", "{\"url\":\"/a\"}\n{\"url\":5}\n");
  const ProcessResult wrong =
      run_in(folder, "create-replay", {"export", "iago", "bad.jsonl", "none.txt"});
  check_code(wrong, 1);
  BOOST_TEST(wrong.err ==
             "create-replay: bad.jsonl:2:8: found number '5' for 'url', expected a "
             "string\n");
  BOOST_TEST(!std::filesystem::exists(folder / "none.txt"));
}

BOOST_AUTO_TEST_CASE(a_real_log_plays) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment from one thread
  const char* data = std::getenv("MACAW_TEST_DATA");
  const std::string real =
      std::string(data == nullptr ? "" : data) + "/weblogs/elastic_apache_combined_10k.log";
  if (!std::filesystem::exists(real)) {
    BOOST_TEST_MESSAGE("SKIPPED: no weblogs in $MACAW_TEST_DATA");
    return;
  }
  const TempDir folder;
  const ProcessResult result =
      run_import(folder, {"access-log", real, "out.jsonl.zst", "--user", "client", "--spread"});
  check_code(result, 0);
  BOOST_TEST(
      result.err.find("wrote out.jsonl.zst: 10,000 of 10,000 requests, over ") != std::string::npos,
      result.err);
  check_plays(folder, "out.jsonl.zst", "10,000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
