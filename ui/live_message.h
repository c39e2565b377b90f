// SPDX-License-Identifier: MIT
//
// What a page that follows a run is told next: a pure function of what is stored and of what this
// page has been told. No sockets, no timer.
// Thread: the loop's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "database.h"
#include "macaw/base/result.h"
#include "query.h"

namespace macaw::ui {

/// A stream of messages to one page. An event is `second` (columns as of /api/series, from the
/// first second that is new or has changed), `run` (another run is what is followed now: ask for
/// everything), `end` (it is over: ask again, all is final) or `waiting`.
class LiveMessages {
 public:
  /// Of the query: `run` (to be followed; without it the newest) and `endpoint`; `of` (the run that
  /// the page shows) and `next` (the first second of it that the page does not have), for which the
  /// Last-Event-ID of a page that has lost its stream, "RUN:SECOND", may stand.
  static Result<LiveMessages> begin(const Query& query, std::string_view last_event_id);

  /// The next message as it goes out, or nothing as long as there is nothing new.
  std::optional<std::string> next(Database& database);

 private:
  /// What tells one state of a second from another: requests, completed, errors.
  using Fingerprint = std::array<uint64_t, 3>;

  std::optional<std::string> first_of_run(const struct RunChoice& choice);
  std::optional<std::string> seconds(const struct RunChoice& choice, uint64_t complete_s);
  uint64_t first_changed(const struct RunChoice& choice, uint64_t complete_s);

  int64_t asked_run_ = 0;  // 0: the newest
  uint64_t endpoint_ = 0;
  int64_t run_ = 0;      // that is being followed; 0: none yet
  std::string uuid_;     // of it
  uint64_t next_s_ = 0;  // the first second that the page has not been told
  int64_t newest_told_ = 0;
  bool was_running_ = false;
  bool told_waiting_ = false;
  std::map<uint64_t, Fingerprint> told_;
};

}  // namespace macaw::ui
