// SPDX-License-Identifier: MIT
#include "macaw/generators/export.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "macaw/datasets/web_requests.h"
#include "macaw/generators/import.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using generators::Export;
using generators::ExportFormat;
using test::TempDir;

struct Exported {
  std::vector<replay::Record> records;
  std::vector<std::string> unusable;
  std::vector<std::string> remarks;
};

/// "2x reason at 3" a row.
std::vector<std::string> rows_of(const generators::Tally& tally) {
  std::vector<std::string> rows;
  for (const auto& row : tally.rows()) {
    rows.push_back(fmt::format("{}x {} at {}", row.count, row.reason, row.line));
  }
  return rows;
}

Exported export_file(const std::string& path, ExportFormat format, const std::string& host = {}) {
  auto reader = replay::Reader::open(path);
  BOOST_REQUIRE_MESSAGE(reader.ok(), (reader.ok() ? "" : reader.error().message()));
  Exported exported;
  Export work({.format = format,
               .host = host,
               .read_body = [](const std::string& name) -> Result<std::string> {
                 if (name == "image.bin") {
                   return std::string("\0\xff", 2);
                 }
                 return errorf("{}: not there", name);
               }});
  const Status status = work.run(*reader,
                                 [&](const replay::Record& record) {
                                   exported.records.push_back(record);
                                   return Status();
                                 },
                                 {});
  BOOST_REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
  exported.unusable = rows_of(work.report().unusable);
  exported.remarks = rows_of(work.report().remarks);
  return exported;
}

std::vector<std::string> urls_of(const Exported& exported) {
  std::vector<std::string> urls;
  for (const auto& record : exported.records) {
    urls.push_back(record.url);
  }
  return urls;
}

void check_rows(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(export_test)

BOOST_AUTO_TEST_CASE(vegeta_gets_absolute_urls_and_whole_bodies) {
  const TempDir folder;
  const std::string path = folder.write(
      "in.jsonl", R"({"url":"/a","t":0,"user":"7","name":"n","expect":{"status":200}})"
                  "\n"
                  R"({"url":"http://h/b","t":1,"method":"PUT","body_file":"image.bin",)"
                  R"("header":{"A":["1","2"]}})"
                  "\n"
                  R"({"url":"http://h/c","t":2,"body_file":"other.bin"})"
                  "\n"
                  R"({"call":"p.S/M","t":3,"message":{}})"
                  "\n");
  const auto named = export_file(path, ExportFormat::kVegetaJson, "127.0.0.1:8080");
  check_rows(urls_of(named), {"http://127.0.0.1:8080/a", "http://h/b"});
  BOOST_TEST(named.records[1].body == std::string("\0\xff", 2));
  BOOST_TEST(named.records[1].body_file == "");
  BOOST_TEST(named.records[1].headers.size() == 2U);
  check_rows(named.unusable, {"1x a body file that cannot be read: other.bin: not there at 3",
                              "1x a gRPC call, which vegeta does not make at 4"});
  check_rows(named.remarks,
             {"2x t left out, vegeta has a rate only at 1",
              "1x user left out, vegeta has none at 1", "1x name left out, vegeta has none at 1",
              "1x expect left out, vegeta checks nothing but the status at 1"});
  const auto unnamed = export_file(path, ExportFormat::kVegetaJson);
  check_rows(urls_of(unnamed), {"http://h/b"});
  BOOST_TEST(unnamed.unusable.front() ==
             "1x a path without a host, which vegeta needs (--host names one) at 1");
}

BOOST_AUTO_TEST_CASE(vegeta_json_imports_as_the_same_records) {
  const TempDir folder;
  const std::string path = folder.write(
      "in.jsonl",
      R"({"url":"http://h/a?b=%20#f"})"
      "\n"
      R"({"method":"POST","url":"http://h/b","text":"\u00e4\"","header":{"B":["2","1"],"A":"x"}})"
      "\n"
      R"({"method":"PATCH","url":"http://h/c","body":"AP8="})"
      "\n");
  std::vector<replay::Record> original;
  auto reader = replay::Reader::open(path);
  BOOST_REQUIRE(reader.ok());
  for (replay::Record record; *reader->next(record);) {
    original.push_back(record);
  }
  const auto exported = export_file(path, ExportFormat::kVegetaJson);
  check_rows(exported.unusable, {});
  check_rows(exported.remarks, {});
  const std::string targets = folder / "targets.json";
  auto writer = replay::Writer::create(targets, replay::Format::kJsonLines, {});
  BOOST_REQUIRE(writer.ok());
  for (const auto& record : exported.records) {
    BOOST_REQUIRE(writer->write(record).ok());
  }
  BOOST_REQUIRE(writer->commit().ok());
  std::vector<replay::Record> back;
  auto source = datasets::open_web_requests(datasets::WebFormat::kVegetaJson, targets);
  BOOST_REQUIRE(source.ok());
  generators::ImportSettings settings;
  settings.source = datasets::WebFormat::kVegetaJson;
  generators::Import importing(settings);
  BOOST_REQUIRE(importing
                    .run(**source,
                         [&](const replay::Record& record) {
                           back.push_back(record);
                           return Status();
                         },
                         {})
                    .ok());
  BOOST_TEST((back == original));
  BOOST_TEST(importing.report().remarks.total() == 0U);
}

BOOST_AUTO_TEST_CASE(iago_gets_what_java_takes) {
  const TempDir folder;
  const std::string path = folder.write("in.txt",
                                        "http://h/a?b=[1]#f\n"
                                        "/b%20c\n"
                                        "http://h\n"
                                        "http://h?x=1\n"
                                        "/d|e\n"
                                        "/f%2\n"
                                        "/[g]\n"
                                        "/h?x=\"y\"\n"
                                        "/ok~!$&'()*+,;=:@/-._\n");
  const auto exported = export_file(path, ExportFormat::kIago, "h:81");
  check_rows(urls_of(exported),
             {"http://h/a?b=[1]#f", "http://h:81/b%20c", "http://h:81/ok~!$&'()*+,;=:@/-._"});
  check_rows(exported.unusable, {"2x a URL without a path, which Iago skips at 3",
                                 "4x a URL that is none to java.net.URI, a bad line to Iago at 5"});
  check_rows(exported.remarks, {"1x escapes in the path: Iago sends them decoded at 2"});
  const std::string json =
      folder.write("in.jsonl", R"({"url":"/a","t":0,"user":"u","header":{"A":"b"}})"
                               "\n"
                               R"({"url":"/b","t":1,"method":"POST"})"
                               "\n"
                               R"({"url":"/c","t":1,"text":"x"})"
                               "\n");
  const auto cut = export_file(json, ExportFormat::kIago);
  check_rows(urls_of(cut), {"/a"});
  check_rows(cut.unusable, {"1x method POST, a URL list holds GETs only at 2",
                            "1x a body, which a URL list cannot hold at 3"});
  check_rows(cut.remarks, {"1x headers left out, a URL list has none at 1",
                           "1x the time left out, a URL list has none at 1",
                           "1x the user left out, a URL list has none at 1"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
