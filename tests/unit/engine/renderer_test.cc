// SPDX-License-Identifier: MIT
//
// Record to wire bytes.

#include "replay/engine/renderer.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "support/temp_dir.h"

using macaw::replay::Record;
using macaw::replay::Renderer;
using macaw::replay::Transmission;

namespace {

std::string wire_of(const Transmission& transmission, const Record& record,
                    std::string_view sequence = "0") {
  Renderer renderer(transmission, "file.txt");
  auto rendered = renderer.render(record, sequence);
  BOOST_REQUIRE_MESSAGE(rendered.ok(), (rendered.ok() ? "" : rendered.error().message()));
  BOOST_TEST(rendered->wire.substr(rendered->target_offset, rendered->target_size).front() == '/');
  return std::string(rendered->wire);
}

Record get(std::string url) {
  Record record;
  record.url = std::move(url);
  record.line = 3;
  return record;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(renderer_test)

BOOST_AUTO_TEST_CASE(path_and_query_go_out_exactly_as_written) {
  const std::string wire =
      wire_of({}, get("http://seldon-server/a%20b/../c|d?q={\"x\":1}&&=#frag"));
  BOOST_TEST(
      wire.starts_with("GET /a%20b/../c|d?q={\"x\":1}&&= HTTP/1.1\r\nHost: seldon-server\r\n"));
}

BOOST_AUTO_TEST_CASE(a_query_without_a_path_gets_its_slash) {
  const Transmission transmission;
  Renderer renderer(transmission, "file.txt");
  const auto rendered = renderer.render(get("http://h?q=1"), "0");
  BOOST_REQUIRE(rendered.ok());
  BOOST_TEST(rendered->wire.substr(rendered->target_offset, rendered->target_size) == "/?q=1");
}

BOOST_AUTO_TEST_CASE(the_target_replaces_the_host_header) {
  Transmission transmission;
  transmission.target = macaw::http::HostPort{"127.0.0.1", 8080};
  BOOST_TEST(contains(wire_of(transmission, get("http://seldon-server/x")),
                      "\r\nHost: 127.0.0.1:8080\r\n"));
  BOOST_TEST(contains(wire_of(transmission, get("/x")), "\r\nHost: 127.0.0.1:8080\r\n"));
}

BOOST_AUTO_TEST_CASE(a_path_without_a_target_is_an_error_with_its_line) {
  const Transmission transmission;
  Renderer renderer(transmission, "file.txt");
  const auto rendered = renderer.render(get("/x"), "0");
  BOOST_REQUIRE(!rendered.ok());
  BOOST_TEST(rendered.error().message().starts_with("file.txt:3:1: found a path without a host"));
}

BOOST_AUTO_TEST_CASE(added_headers_replace_the_records) {
  Transmission transmission;
  transmission.headers = {{"X-One", "new"}, {"Host", "other"}};
  Record record = get("http://h/x");
  record.headers = {{"x-one", "old"}, {"X-Two", "kept"}};
  const std::string wire = wire_of(transmission, record);
  BOOST_TEST(contains(wire, "X-One: new\r\n"));
  BOOST_TEST(contains(wire, "X-Two: kept\r\n"));
  BOOST_TEST(contains(wire, "Host: other\r\n"));
  BOOST_TEST(!contains(wire, "old"));
  BOOST_TEST(!contains(wire, "Host: h\r\n"));
}

BOOST_AUTO_TEST_CASE(query_parameters_are_set_in_place) {
  Transmission transmission;
  transmission.set_query = {{"consumer_key", "K"}, {"new", "1"}};
  BOOST_TEST(wire_of(transmission, get("http://h/x?consumer_key=old&user=1"))
                 .starts_with("GET /x?consumer_key=K&user=1&new=1 HTTP/1.1\r\n"));
}

size_t count_of(const std::string& text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

BOOST_AUTO_TEST_CASE(a_host_of_its_own_goes_out_once_and_as_it_is) {
  Transmission transmission;
  transmission.target = macaw::http::HostPort{"127.0.0.1", 8080};
  Record record = get("http://model.example.com/x");
  record.headers = {{"HOST", "iris.serving.example.com"}};
  const std::string of_record = wire_of(transmission, record);
  BOOST_TEST(contains(of_record, "\r\nHOST: iris.serving.example.com\r\n"));
  BOOST_TEST(!contains(of_record, "\r\nHost: "));
  transmission.headers = {{"host", "added"}};
  const std::string of_option = wire_of(transmission, record);
  BOOST_TEST(contains(of_option, "\r\nhost: added\r\n"));
  BOOST_TEST(count_of(of_option, "\r\nHost: ") + count_of(of_option, "\r\nHOST: ") == 0U);
}

BOOST_AUTO_TEST_CASE(a_method_for_all) {
  Transmission transmission;
  transmission.overrides.method = "HEAD";
  Renderer renderer(transmission, "file.txt");
  Record record = get("http://h/x?y");
  record.method = "DELETE";
  const auto rendered = renderer.render(record, "0");
  BOOST_REQUIRE(rendered.ok());
  BOOST_TEST(rendered->wire.starts_with("HEAD /x?y HTTP/1.1\r\n"));
  BOOST_TEST(rendered->wire.substr(rendered->target_offset, rendered->target_size) == "/x?y");
  BOOST_TEST(rendered->method == "HEAD");
  BOOST_TEST(rendered->head);
}

BOOST_AUTO_TEST_CASE(a_body_for_all_replaces_what_describes_the_old_one) {
  Transmission transmission;
  transmission.overrides = {.method = "POST", .body = "a=1", .content_type = "a/form"};
  Record record = get("http://h/x");
  record.method = "PUT";
  record.body_file = "never read";
  record.headers = {{"Content-Type", "image/jpeg"},
                    {"Content-Length", "99"},
                    {"transfer-encoding", "chunked"},
                    {"Content-Encoding", "gzip"},
                    {"X-Kept", "1"}};
  BOOST_TEST(wire_of(transmission, record) ==
             "POST /x HTTP/1.1\r\nHost: h\r\nX-Kept: 1\r\nContent-Type: a/form\r\n"
             "User-Agent: macaw\r\nAccept: */*\r\nContent-Length: 3\r\n\r\na=1");
  transmission.headers = {{"content-type", "mine"}};
  const std::string wire = wire_of(transmission, record);
  BOOST_TEST(contains(wire, "\r\ncontent-type: mine\r\n"));
  BOOST_TEST(!contains(wire, "a/form"));
}

BOOST_AUTO_TEST_CASE(the_sequence_header_carries_the_index) {
  Transmission transmission;
  transmission.sequence_header = "X-Seq";
  BOOST_TEST(contains(wire_of(transmission, get("http://h/x"), "4711"), "X-Seq: 4711\r\n"));
}

BOOST_AUTO_TEST_CASE(without_keep_alive_each_request_says_so) {
  Transmission transmission;
  transmission.keep_alive = false;
  BOOST_TEST(contains(wire_of(transmission, get("http://h/x")), "Connection: close\r\n"));
}

BOOST_AUTO_TEST_CASE(bodies_inline_and_from_files) {
  const macaw::test::TempDir folder;
  folder.write("body.bin", "from file");
  Record record = get("http://h/x");
  record.method = "POST";
  record.body = "inline";
  BOOST_TEST(wire_of({}, record).ends_with("Content-Length: 6\r\n\r\ninline"));
  record.body.clear();
  record.body_file = "body.bin";
  const Transmission transmission;
  Renderer renderer(transmission, folder / "file.jsonl");
  BOOST_TEST(std::string(renderer.render(record, "0")->wire).ends_with("\r\n\r\nfrom file"));
  record.body_file = "missing.bin";
  BOOST_TEST(!renderer.render(record, "0").ok());
}

namespace {

Record call() {
  Record record;
  record.grpc_call = "seldon.protos.Seldon/Predict";
  record.grpc_message = R"({"strData":"x"})";
  record.line = 3;
  return record;
}

/// Why a call to h cannot be rendered.
std::string call_error(Transmission transmission) {
  transmission.target = macaw::http::HostPort{"h", 80};
  Renderer renderer(transmission, "file.jsonl");
  const auto rendered = renderer.render(call(), "0");
  return rendered.ok() ? "" : rendered.error().message();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_call_is_a_post_with_its_message) {
  Transmission transmission;
  transmission.target = macaw::http::HostPort{"h", 80};
  const std::string wire = wire_of(transmission, call());
  BOOST_TEST(wire.starts_with("POST /seldon.protos.Seldon/Predict HTTP/1.1\r\nHost: h"));
  BOOST_TEST(contains(wire,
                      "\r\ncontent-type: application/grpc\r\nte: trailers\r\n"
                      "grpc-timeout: 30000000u\r\n"));
  BOOST_TEST(wire.ends_with(std::string("\r\n\r\n\0\0\0\0\x03\x2a\x01x", 12)));
}

BOOST_AUTO_TEST_CASE(what_is_given_of_a_calls_own_fields_goes_out_once) {
  Transmission transmission;
  transmission.target = macaw::http::HostPort{"h", 80};
  transmission.headers = {{"Grpc-Timeout", "5S"}};
  Record record = call();
  record.headers = {{"Content-Type", "application/grpc+proto"}, {"seldon", "iris"}};
  const std::string wire = wire_of(transmission, record);
  BOOST_TEST(contains(wire, "\r\nContent-Type: application/grpc+proto\r\n"));
  BOOST_TEST(contains(wire, "\r\nGrpc-Timeout: 5S\r\n"));
  BOOST_TEST(contains(wire, "\r\nseldon: iris\r\n"));
  BOOST_TEST(!contains(wire, "\r\ncontent-type: "));
  BOOST_TEST(!contains(wire, "\r\ngrpc-timeout: "));
}

BOOST_AUTO_TEST_CASE(options_that_a_call_cannot_obey_are_refused) {
  const std::string found = "file.jsonl:3: found a gRPC call, expected HTTP requests only with ";
  BOOST_TEST(call_error({}) == "");
  Transmission with_query;
  with_query.set_query = {{"a", "1"}};
  BOOST_TEST(call_error(with_query) == found + "--set-query");
  Transmission with_method;
  with_method.overrides.method = "PUT";
  BOOST_TEST(call_error(with_method) == found + "--method, --data and --json");
  Transmission with_token;
  with_token.token.emplace().query = "oauth_token";
  BOOST_TEST(call_error(with_token) ==
             found + "--token-query (--token-header NAME puts the token into the metadata)");
}

BOOST_AUTO_TEST_SUITE_END()
