// SPDX-License-Identifier: MIT
//
// See recommendations.h.
// Thread: any.

#include "recommendations.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "macaw/base/hash.h"
#include "macaw/base/random.h"

namespace macaw::stub {
namespace {

/// When the catalogue was imported, which is all that is known of an item's first and last action.
constexpr int64_t kImportedMs = 1465689600000;

void append_item(std::string& out, uint64_t id) {
  // The list's number is per user on a real server; a client that names it in a click (rlabs)
  // says 1, so every list is the first one here.
  fmt::format_to(std::back_inserter(out),
                 R"j({{"id":"{0}","name":"","type":1,"first_action":{1},"last_action":{1},)j"
                 R"j("popular":false,"demographics":[],"attributes":{{}},"attributesName":)j"
                 R"j({{"title":"Movie {0} ({2})","recommendationUuid":"1"}}}})j",
                 id, kImportedMs, 1930 + mix64(id) % 79);
}

}  // namespace

std::string make_recommendations(const std::string& user, const std::optional<std::string>& item,
                                 int32_t limit, bool cohort) {
  const uint64_t key = hash64(user) ^ mix64(item ? hash64(*item) : 0);
  // Steps of a length that shares no factor with the catalogue's size meet every item once.
  const uint64_t start = mix64(key) % kCatalogueItems;
  uint64_t step = 1 + mix64(key + 1) % (kCatalogueItems - 1);
  while (std::gcd(step, kCatalogueItems) != 1) {
    ++step;
  }
  const uint64_t count =
      std::min<uint64_t>(static_cast<uint64_t>(std::max(limit, 0)), kCatalogueItems - 1);
  std::string list;
  uint64_t position = start;
  for (uint64_t found = 0; found < count; position = (position + step) % kCatalogueItems) {
    const uint64_t id = position + 1;
    if (item && *item == fmt::to_string(id)) {
      continue;
    }
    list.append(found == 0 ? "" : ",");
    append_item(list, id);
    ++found;
  }
  if (cohort) {
    return fmt::format(R"({{"recommendedItems":[{}],"cohort":"-"}})", list);
  }
  return fmt::format(R"({{"size":{},"requested":{},"list":[{}]}})", count, limit, list);
}

}  // namespace macaw::stub
