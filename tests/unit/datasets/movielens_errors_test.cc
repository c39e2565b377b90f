// SPDX-License-Identifier: MIT
//
// Each kind of bad file, and the one line that it must give.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "dataset_text.h"
#include "macaw/datasets/ratings.h"
#include "support/temp_dir.h"

namespace macaw {

namespace {

using test::TempDir;

struct BadFile {
  std::string file;
  std::string text;
  std::string error;

  friend std::ostream& operator<<(std::ostream& out, const BadFile& bad) {
    return out << bad.file << " -> " << bad.error;
  }
};

const std::vector<BadFile> kBadFiles{
    {"ratings.dat", "1::10::5\n",
     "ratings.dat:1:9: found the end of the line, expected '::' and a time in Unix seconds (0 to "
     "4294967295)"},
    {"ratings.dat", "1::10::5::964982703\n1::2",
     "ratings.dat:2:5: found the end of the line, expected '::' and a rating (above 0, at most 5)"},
    {"ratings.dat", "1::10::5::96498270",
     "ratings.dat:1:19: found the end of the file inside a time, expected at least 9 digits: the "
     "file is cut off"},
    {"ratings.dat", "1::10::5::\n",
     "ratings.dat:1:11: found the end of the line, expected a time in Unix seconds (0 to "
     "4294967295)"},
    {"ratings.dat", "1::10::5::964982703::\n",
     "ratings.dat:1:20: found '::', expected the end of the line"},
    {"ratings.dat", "1::10::5::964982703\nx::10::5::964982703\n",
     "ratings.dat:2:1: found 'x', expected a user id (0 to 4294967295)"},
    {"ratings.dat", "-1::10::5::964982703\n",
     "ratings.dat:1:1: found '-1', expected a user id (0 to 4294967295)"},
    {"ratings.dat", "4294967296::10::5::964982703\n",
     "ratings.dat:1:1: found '4294967296', expected a user id (0 to 4294967295)"},
    {"ratings.dat", "1::1x::5::964982703\n",
     "ratings.dat:1:4: found '1x', expected a movie id (0 to 4294967295)"},
    {"ratings.dat", "1::11::5::964982703\n",
     "ratings.dat:1:1: found a rating of movie 11, expected a movie of the movies file beside it"},
    {"ratings.dat", "1::10::5.5::964982703\n",
     "ratings.dat:1:8: found '5.5', expected a rating (above 0, at most 5)"},
    {"ratings.dat", "1::10::0::964982703\n",
     "ratings.dat:1:8: found '0', expected a rating (above 0, at most 5)"},
    {"ratings.dat", "1::10::4.::964982703\n",
     "ratings.dat:1:8: found '4.', expected a rating (above 0, at most 5)"},
    {"ratings.dat", "1::10::5::1000000000000\n",
     "ratings.dat:1:11: found '1000000000000', expected a time in Unix seconds (0 to 4294967295)"},
    {"ratings.dat", "1::10::5::964982703 \n",
     "ratings.dat:1:11: found '964982703 ', expected a time in Unix seconds (0 to 4294967295)"},
    {"ratings.dat", "1:10:5:964982703\n",
     "ratings.dat:1:1: found '1:10:5:964982703', expected a user id (0 to 4294967295)"},
    {"ratings.dat", "1::10::5::964982703\n2::10::5::964982703\n1::10::4::964982704\n",
     "ratings.dat:3:1: found a second rating of movie 10 by user 1, expected one (the first is in "
     "line 1)"},
    {"ratings.dat", "1::10::5::964982703\n\n2::10::5::964982703\n",
     "ratings.dat:2:1: found an empty line, expected a rating"},
    {"ratings.dat", "", "ratings.dat:1: found no rating, expected one a line"},
    {"ratings.dat", std::string("\0\xff::10\n", 7),
     "ratings.dat:1:1: found '\\x00\\xff', expected a user id (0 to 4294967295)"},
    {"movies.dat", "10::A (1995)\n",
     "movies.dat:1:13: found 2 fields, expected 3 (MovieID::Title::Genres)"},
    {"movies.dat", "10::A::B\n10::C::D\n",
     "movies.dat:2:1: found movie 10 a second time, expected each id once"},
    {"movies.dat", "ten::A::B\n",
     "movies.dat:1:1: found 'ten', expected a movie id (0 to 4294967295)"},
    {"movies.dat", "10::A::B\n\n11::A::B\n",
     "movies.dat:2:1: found an empty line, expected a movie"},
    {"movies.dat", "", "movies.dat:1: found no movie, expected one a line"},
    {"ratings.csv", "user,movie,rating,timestamp\n",
     "ratings.csv:1:1: found 'user,movie,rating,timestamp', expected the header "
     "userId,movieId,rating,timestamp or a rating"},
    {"ratings.csv", "userId,movieId,rating,timestamp\n1,10,3.5\n",
     "ratings.csv:2:9: found the end of the line, expected ',' and a time in Unix seconds (0 to "
     "4294967295)"},
    {"movies.csv", "movieId,title,genres\n10,\"A (1995),B\n",
     "movies.csv:2:4: found a quote that is never closed, expected '\"'"},
    {"movies.csv", "10,\"A\" (1995),B\n",
     "movies.csv:1:7: found ' ' behind a closing quote, expected ','"},
    {"movies.csv", "10,A, The (1995),B\n",
     "movies.csv:1:19: found 4 fields, expected 3 (movieId,title,genres)"},
    {"u.data", "1\t10\t3 881250949\n",
     "u.data:1:6: found '3 881250949', expected a rating (above 0, at most 5)"},
    {"u.item", "10|Kolya (1996)|24-Jan-1997\n",
     "u.item:1:28: found 3 fields, expected 24 (a line of u.item)"},
};

void write_good_partner(const TempDir& folder, const std::string& file) {
  if (file.ends_with(".dat")) {
    folder.write("ratings.dat", "1::10::5::964982703\n");
    folder.write("movies.dat", "10::A::B\n");
  } else if (file.ends_with(".csv")) {
    folder.write("ratings.csv", "1,10,5,964982703\n");
    folder.write("movies.csv", "10,A,B\n");
  } else {
    folder.write("u.data", "1\t10\t5\t964982703\n");
    folder.write("u.item", "10|A|||" + std::string(20, '|') + "\n");
  }
}

std::string error_of(const TempDir& folder) {
  const auto dataset = datasets::open_movielens(folder.path(), nullptr);
  return dataset.ok() ? "no error" : test::without_folder(dataset.error().message(), folder);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(movielens_errors_test)

BOOST_DATA_TEST_CASE(names_place_found_and_expected, boost::unit_test::data::make(kBadFiles), bad) {
  const TempDir folder;
  write_good_partner(folder, bad.file);
  BOOST_TEST(error_of(folder) == "no error");
  folder.write(bad.file, bad.text);
  BOOST_TEST(error_of(folder) == "DIR/" + bad.error);
}

BOOST_AUTO_TEST_CASE(says_what_it_looked_for) {
  const TempDir folder;
  BOOST_TEST(error_of(folder) ==
             "DIR: not a MovieLens folder, looked for ratings.dat and movies.dat (10M, 1M), "
             "ratings.csv and movies.csv (latest), u.data and u.item (100k)");
  folder.write("ratings.csv", "");
  BOOST_TEST(error_of(folder) == "DIR: found ratings.csv without movies.csv, expected both");
  const auto missing = datasets::open_movielens("/no/such/folder", nullptr);
  BOOST_TEST(missing.error().message() ==
             "/no/such/folder: does not exist, expected a MovieLens folder");
  const auto file = datasets::open_movielens((folder / "ratings.csv"), nullptr);
  BOOST_TEST(file.error().message() ==
             (folder / "ratings.csv") + ": is not a folder, expected a MovieLens folder");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw
