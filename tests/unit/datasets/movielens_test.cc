// SPDX-License-Identifier: MIT
//
// Every published shape of MovieLens, and what is odd about it, in files of a few lines.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "dataset_text.h"
#include "macaw/base/hash.h"
#include "macaw/datasets/ratings.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using test::history_text;
using test::TempDir;

std::unique_ptr<datasets::RatingsDataset> open(const TempDir& folder) {
  auto dataset = datasets::open_movielens(folder.path(), nullptr);
  BOOST_REQUIRE_MESSAGE(dataset.ok(), (dataset.ok() ? "" : dataset.error().message()));
  return std::move(dataset).value();
}

std::string items_text(const datasets::RatingsDataset& dataset) {
  return fmt::format("{}", fmt::join(dataset.items(), " "));
}

/// A u.item line: what is given, then genre flags up to 24 fields.
std::string item_line(std::string_view head) {
  std::string line(head);
  for (auto fields = std::count(head.begin(), head.end(), '|') + 1; fields < 24; ++fields) {
    line += "|0";
  }
  return line + "\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(movielens_test)

BOOST_AUTO_TEST_CASE(reads_10m_sorted_by_user_and_movie_not_by_time) {
  const TempDir folder;
  const std::string ratings =
      "1::10::5::838985046\n"
      "1::20::4.5::838983525\n"
      "1::122::0.5::838985046\n"
      "3::10::3::1231131736\n";
  folder.write("ratings.dat", ratings);
  folder.write("movies.dat",
               "10::Cit\xc3\xa9: A \"B\" (1995)::Adventure|Drama\n"
               "20::Toy, The (1982)::(no genres listed)\n"
               "122::Never Rated (1992)::Comedy\n"
               "65133::Sparse, Id (2008)::IMAX\n");
  const auto dataset = open(folder);
  BOOST_TEST(dataset->users() == 2U);
  BOOST_TEST(dataset->ratings() == 4U);
  BOOST_TEST(dataset->user_id(1) == 3U);
  BOOST_TEST(dataset->ratings_of(0) == 3U);
  // By time, and equal times in the order of the file.
  BOOST_TEST(history_text(*dataset) ==
             "1: 20@838983525 10@838985046 122@838985046\n3: 10@1231131736\n");
  BOOST_TEST(items_text(*dataset) == "10 20 122 65133");
  BOOST_TEST(dataset->identity() == sha256_hex(ratings));
  BOOST_TEST(dataset->describe() ==
             "MovieLens ratings.dat, 4 ratings by 2 users (" + folder.path() + ")");
}

BOOST_AUTO_TEST_CASE(reads_1m_in_latin_1_with_items_in_no_order) {
  const TempDir folder;
  folder.write("ratings.dat",
               "1::1193::5::978300760\n"
               "1::661::3::978302109\n"
               "1::914::3::978300760\n"
               "2::661::4::978298413\n");
  folder.write("movies.dat",
               "661::Cit\xe9 des enfants perdus, La (1995)::Children's\n"
               "914::My Fair Lady (1964)::Musical\n"
               "1193::One Flew (1975)::Drama\n");
  const auto dataset = open(folder);
  BOOST_TEST(history_text(*dataset) ==
             "1: 1193@978300760 914@978300760 661@978302109\n2: 661@978298413\n");
}

BOOST_AUTO_TEST_CASE(reads_latest_with_crlf_quotes_and_zero_padding) {
  const TempDir folder;
  folder.write("ratings.csv",
               "userId,movieId,rating,timestamp\r\n"
               "1,1,4.0,964982703\r\n"
               "1,7789,0.5,964981247\r\n"
               "2,1,5.0,1445714835\r\n");
  folder.write("movies.csv",
               "movieId,title,genres\r\n"
               "1,\"American President, The (1995)\",Comedy|Drama\r\n"
               "7789,\"11'09\"\"01 - September 11 (2002)\",Drama\r\n"
               "40697,Babylon 5,Sci-Fi\r\n"
               "169034,Lemonade (2016) ,(no genres listed)\r\n");
  const auto dataset = open(folder);
  BOOST_TEST(history_text(*dataset) == "1: 7789@964981247 1@964982703\n2: 1@1445714835\n");
  BOOST_TEST(items_text(*dataset) == "1 7789 40697 169034");
}

BOOST_AUTO_TEST_CASE(reads_edited_csv_copies) {
  const TempDir folder;
  // A byte order mark, other capitals, other columns' order, no header for the movies, blank lines
  // and no newline at the end.
  folder.write("ratings.csv",
               "\xef\xbb\xbfMOVIEID,userid,Timestamp,rating\n"
               "5,9,964982703,4\n"
               "6,8,964982704,3.5\n\n\n");
  folder.write("movies.csv", "5,A,B\n6,C,D");
  BOOST_TEST(history_text(*open(folder)) == "8: 6@964982704\n9: 5@964982703\n");
  folder.write("ratings.csv", "\"userId\",\"movieId\",\"rating\",\"timestamp\"\n9,5,4,964982703\n");
  BOOST_TEST(history_text(*open(folder)) == "9: 5@964982703\n");
  folder.write("ratings.csv", "9,5,4,964982703");
  BOOST_TEST(history_text(*open(folder)) == "9: 5@964982703\n");
}

BOOST_AUTO_TEST_CASE(reads_100k_in_random_order) {
  const TempDir folder;
  folder.write("u.data",
               "196\t242\t3\t881250949\n"
               "186\t302\t3\t891717742\n"
               "196\t302\t5\t881250000\n"
               "22\t242\t1\t878887116\n"
               "186\t242\t3\t891717742\n"
               "196\t267\t5\t881250949\n");
  folder.write("u.item", item_line("242|Kolya (1996)|24-Jan-1997||http://x/?Kolya%20(1996)") +
                             item_line("267|unknown|||") +
                             item_line("302|Caf\xe9 (1996)|01-Jan-1996||") + "\n");
  const auto dataset = open(folder);
  BOOST_TEST(history_text(*dataset) ==
             "22: 242@878887116\n"
             "186: 302@891717742 242@891717742\n"
             "196: 302@881250000 242@881250949 267@881250949\n");
  BOOST_TEST(items_text(*dataset) == "242 267 302");
}

BOOST_AUTO_TEST_CASE(prefers_the_shapes_in_their_order) {
  const TempDir folder;
  folder.write("ratings.csv", "1,1,4.0,964982703\n");
  folder.write("movies.csv", "1,A,B\n");
  BOOST_TEST(datasets::is_movielens_folder(folder.path()));
  folder.write("ratings.dat", "7::1::4::964982703\n");
  folder.write("movies.dat", "1::A::B\n");
  BOOST_TEST(history_text(*open(folder)) == "7: 1@964982703\n");
  BOOST_TEST(!datasets::is_movielens_folder((folder / "missing")));
}

BOOST_AUTO_TEST_CASE(looks_up_large_movie_ids) {
  const TempDir folder;
  folder.write("ratings.dat", "4294967295::4294967295::4::4294967295\n");
  folder.write("movies.dat", "3::A::B\n4294967295::A::B\n");
  BOOST_TEST(history_text(*open(folder)) == "4294967295: 4294967295@4294967295\n");
}

BOOST_AUTO_TEST_CASE(reports_progress) {
  const TempDir folder;
  std::string ratings;
  for (int user = 1; user <= 100'000; ++user) {
    ratings += fmt::format("{}::1::4::964982703\n", user);
  }
  folder.write("ratings.dat", ratings);
  folder.write("movies.dat", "1::A::B\n");
  uint64_t calls = 0;
  const auto dataset = datasets::open_movielens(folder.path(), [&](uint64_t done, uint64_t total) {
    ++calls;
    BOOST_TEST(done > 0U);
    BOOST_TEST(done <= total);
    BOOST_TEST(total == ratings.size());
  });
  BOOST_REQUIRE(dataset.ok());
  BOOST_TEST(calls > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
