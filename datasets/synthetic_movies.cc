// SPDX-License-Identifier: MIT
#include "synthetic_movies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "macaw/base/check.h"
#include "synthetic_tables.h"

namespace macaw::datasets::synthetic {

namespace {

// 104 x 104 pairs, more than there are movies: every title is another pair.
constexpr std::array<std::string_view, 104> kFirstWords{
    "Amber",    "Ancient", "Autumn",   "Bitter",   "Blazing", "Blind",   "Blue",     "Bold",
    "Borrowed", "Brave",   "Bright",   "Broken",   "Burning", "Calm",    "Careless", "Celestial",
    "Clever",   "Cold",    "Copper",   "Crimson",  "Crooked", "Curious", "Damp",     "Dancing",
    "Dark",     "Daring",  "Deep",     "Desert",   "Distant", "Divided", "Double",   "Dusty",
    "Eager",    "Early",   "Eastern",  "Electric", "Empty",   "Endless", "Fading",   "Faithful",
    "Fallen",   "False",   "Fearless", "Final",    "First",   "Flying",  "Foreign",  "Forgotten",
    "Frozen",   "Gentle",  "Gilded",   "Glass",    "Golden",  "Grand",   "Green",    "Grey",
    "Hidden",   "High",    "Hollow",   "Honest",   "Humble",  "Hungry",  "Idle",     "Iron",
    "Ivory",    "Jealous", "Last",     "Late",     "Lonely",  "Long",    "Lost",     "Loud",
    "Lucky",    "Lunar",   "Marble",   "Midnight", "Modest",  "Narrow",  "Nervous",  "Noble",
    "Northern", "Odd",     "Old",      "Open",     "Painted", "Pale",    "Paper",    "Patient",
    "Perfect",  "Private", "Proud",    "Quiet",    "Rapid",   "Red",     "Restless", "Rusty",
    "Sacred",   "Salt",    "Second",   "Secret",   "Silent",  "Silver",  "Slow",     "Stolen"};

constexpr std::array<std::string_view, 104> kSecondWords{
    "Acrobat",   "Admiral",    "Alibi",      "Anchor",    "Apartment", "Apprentice", "Archive",
    "Avenue",    "Balcony",    "Bargain",    "Beacon",    "Bicycle",   "Blizzard",   "Boulevard",
    "Bridge",    "Caravan",    "Carnival",   "Cathedral", "Cellar",    "Champion",   "Choir",
    "Circus",    "Clockwork",  "Coast",      "Companion", "Compass",   "Concert",    "Corridor",
    "Courier",   "Crossing",   "Daughter",   "Detective", "Diary",     "Dinner",     "Doctor",
    "Dragonfly", "Echo",       "Eclipse",    "Elevator",  "Embassy",   "Empire",     "Envelope",
    "Evening",   "Exile",      "Expedition", "Factory",   "Falcon",    "Farewell",   "Ferry",
    "Festival",  "Fiddler",    "Forest",     "Fortune",   "Fountain",  "Frontier",   "Gambler",
    "Garden",    "Gardener",   "Ghost",      "Glacier",   "Guitar",    "Harbour",    "Harvest",
    "Heiress",   "Highway",    "Holiday",    "Horizon",   "Hotel",     "Inspector",  "Island",
    "Journey",   "Judge",      "Kingdom",    "Ladder",    "Lagoon",    "Lantern",    "Letter",
    "Library",   "Lighthouse", "Locksmith",  "Magician",  "Market",    "Masquerade", "Meadow",
    "Melody",    "Messenger",  "Mirror",     "Monument",  "Mountain",  "Neighbour",  "Nightingale",
    "Oasis",     "Orchard",    "Orchestra",  "Outlaw",    "Painter",   "Passenger",  "Pilgrim",
    "Promise",   "Railway",    "Reunion",    "River",     "Station",   "Waltz"};

constexpr std::array<std::string_view, 12> kAccented{
    "Caf\xc3\xa9",    "Se\xc3\xb1or",   "Fr\xc3\xa4ulein", "\xc3\x89t\xc3\xa9",
    "Gar\xc3\xa7on",  "M\xc3\xbcnchen", "Malm\xc3\xb6",    "Le\xc3\xb3n",
    "Ch\xc3\xa2teau", "\xc3\x98resund", "Na\xc3\xafve",    "Bogot\xc3\xa1"};

constexpr std::array<std::string_view, 6> kParts{
    "The Return", "Part Two", "A Love Story", "The Long Winter", "Resurgence", "A Family Affair"};

/// How many movies have it, in the real set.
struct Genre {
  std::string_view name;
  uint32_t movies;
};

constexpr std::array<Genre, 19> kGenres{{
    {"Action", 1473},   {"Adventure", 1025}, {"Animation", 286},   {"Children", 528},
    {"Comedy", 3703},   {"Crime", 1118},     {"Documentary", 482}, {"Drama", 5339},
    {"Fantasy", 543},   {"Film-Noir", 148},  {"Horror", 1013},     {"IMAX", 29},
    {"Musical", 436},   {"Mystery", 509},    {"Romance", 1685},    {"Sci-Fi", 754},
    {"Thriller", 1706}, {"War", 511},        {"Western", 275},
}};

/// Movies with 1, 2, ... genres, and movies of the 1910s, 1920s, ...
constexpr std::array<uint32_t, 8> kGenreCounts{4006, 3702, 2005, 744, 186, 34, 3, 1};
constexpr std::array<uint32_t, 10> kDecades{11, 83, 230, 379, 521, 690, 784, 1712, 3022, 3249};

constexpr uint32_t kAccentedTitles = 386;
constexpr uint32_t kColonTitles = 537;

std::vector<uint32_t> shuffled(uint32_t count, Random& random) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (uint32_t k = count - 1; k > 0; --k) {
    std::swap(order[k], order[random.below(k + 1)]);
  }
  return order;
}

/// Which of the groups, laid end to end, holds this place.
template <size_t kCount>
uint32_t group_of(const std::array<uint32_t, kCount>& sizes, uint32_t place) {
  uint32_t group = 0;
  while (place >= sizes[group]) {
    place -= sizes[group++];
  }
  return group;
}

uint32_t draw_year(uint32_t decade, Random& random) {
  if (decade == 0) {
    return 1915 + static_cast<uint32_t>(random.below(5));
  }
  const uint32_t years = decade + 1 == kDecades.size() ? 9 : 10;
  return 1910 + decade * 10 + static_cast<uint32_t>(random.below(years));
}

/// `place` decides what is odd about the title: places are shuffled over the movies.
std::string make_title(uint32_t place) {
  constexpr uint32_t kStep = 4'801;  // prime, so that the pairs of neighbours share no word
  const uint32_t pair =
      static_cast<uint32_t>(uint64_t{place} * kStep % (kFirstWords.size() * kSecondWords.size()));
  const std::string_view first = kFirstWords[pair / kSecondWords.size()];
  const std::string_view second = kSecondWords[pair % kSecondWords.size()];
  if (place < kAccentedTitles) {
    return fmt::format("{} {} of {}", first, second, kAccented[place % kAccented.size()]);
  }
  if (place < kAccentedTitles + kColonTitles) {
    return fmt::format("{} {}: {}", first, second, kParts[place % kParts.size()]);
  }
  return fmt::format("{} {}{}", first, second, place % 4 == 0 ? ", The" : "");
}

std::string make_genres(uint32_t count, Random& random) {
  std::array<bool, kGenres.size()> chosen{};
  const uint32_t total =
      std::accumulate(kGenres.begin(), kGenres.end(), 0U,
                      [](uint32_t sum, const Genre& genre) { return sum + genre.movies; });
  for (uint32_t done = 0; done < count;) {
    auto left = static_cast<uint32_t>(random.below(total));
    size_t index = 0;
    while (left >= kGenres[index].movies) {
      left -= kGenres[index++].movies;
    }
    done += chosen[index] ? 0U : 1U;
    chosen[index] = true;
  }
  std::string text;
  for (size_t index = 0; index < kGenres.size(); ++index) {
    if (chosen[index]) {
      text += text.empty() ? "" : "|";
      text += kGenres[index].name;
    }
  }
  return text;
}

}  // namespace

std::string make_movies_file(std::span<const uint32_t> movie_ids) {
  MACAW_CHECK(movie_ids.size() == kMovies);
  // Two movies of one name and year, as in the real set.
  constexpr uint32_t kTwinPlace = kAccentedTitles + kColonTitles;
  constexpr uint32_t kSecondQuotesPlace = kTwinPlace + 2;
  Random random = random_of(Stream::kTitles);
  std::vector<uint32_t> places = shuffled(kMovies, random);
  const std::vector<uint32_t> decades = shuffled(kMovies, random);
  const std::vector<uint32_t> genre_places = shuffled(kMovies, random);
  // The movie with quotes takes a place without other oddities: the last one.
  const auto quotes = static_cast<size_t>(
      std::find(movie_ids.begin(), movie_ids.end(), kMovieWithQuotes) - movie_ids.begin());
  std::swap(places[quotes], *std::max_element(places.begin(), places.end()));
  std::string file;
  for (size_t k = 0; k < movie_ids.size(); ++k) {
    const uint32_t id = movie_ids[k];
    std::string title = fmt::format("{} ({})", make_title(places[k]),
                                    draw_year(group_of(kDecades, decades[k]), random));
    std::string genres = make_genres(group_of(kGenreCounts, genre_places[k]) + 1, random);
    if (id == kMovieWithQuotes) {
      title = "7'30\" to Daybreak (2002)";
    } else if (places[k] == kSecondQuotesPlace) {
      title = "\"Evening Theatre\" Cats and Larks (1998)";
    } else if (places[k] == kTwinPlace || places[k] == kTwinPlace + 1) {
      title = "Quarrel of the Planets (2005)";
    }
    if (id == kMovieWithoutGenres) {
      genres = "(no genres listed)";
    }
    file += fmt::format("{}::{}::{}\n", id, title, genres);
  }
  return file;
}

}  // namespace macaw::datasets::synthetic
