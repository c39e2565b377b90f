// SPDX-License-Identifier: MIT
//
// A pair of calls as Seldon's benchmark makes them: a recommendation for a user who looks at an
// item, then the action that this user takes on it. Here are their URLs and their order in a file;
// who and what is a PairSource's. Thread: one object belongs to one thread.
#pragma once

#include <cstdint>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_text.h"
#include "macaw/base/random.h"
#include "macaw/base/result.h"
#include "macaw/generators/generator.h"
#include "macaw/replay/file/record.h"

namespace macaw::generators {

/// Streams of the generator's seed, one per use: a draw more in one place moves no other.
enum class Stream : uint64_t { kUsers = 1, kStarts, kClicks, kDelays, kUniform };

inline Random random_of(uint64_t seed, Stream stream) {
  return Random(seed, static_cast<uint64_t>(stream));
}

struct Pair {
  uint64_t time_ms = 0;  ///< of the recommendation, since the start of the recording
  uint64_t user = 0;
  uint32_t item = 0;  ///< known to the source: see PairSource::append_item
};

/// Pairs one after another, times not descending.
class PairSource {
 public:
  virtual ~PairSource() = default;
  virtual uint64_t pairs() const = 0;
  /// False after the last.
  virtual bool next(Pair& pair) = 0;
  virtual void append_item(uint32_t item, std::string& url) const = 0;

  virtual void append_user(uint64_t user, std::string& url) const { append_number(user, url); }
};

/// A URL with holes for {user} and {item}.
class UrlTemplate {
 public:
  /// REQUIRES: what is around the holes may stand in a URL as it is.
  explicit UrlTemplate(std::string_view text);

  /// Whether every brace of the text belongs to a hole.
  static bool is_whole(std::string_view text);

  /// Replaces `url`.
  void build(const PairSource& source, const Pair& pair, std::string& url) const;

 private:
  enum class Hole : uint8_t { kNone, kUser, kItem };

  struct Piece {
    std::string text;
    Hole hole = Hole::kNone;  ///< behind the text
  };

  std::vector<Piece> pieces_;
};

/// The URLs of the calls; the default ones are those of Seldon's script, byte for byte.
class SeldonUrls {
 public:
  /// REQUIRES: all three may stand in a URL as they are.
  SeldonUrls(std::string_view endpoint, std::string_view key, uint64_t limit);

  SeldonUrls(UrlTemplate recommendation, UrlTemplate action, UrlTemplate click)
      : recommendation_(std::move(recommendation)),
        action_(std::move(action)),
        click_(std::move(click)) {}

  void recommendation(const PairSource& source, const Pair& pair, std::string& url) const {
    recommendation_.build(source, pair, url);
  }

  void action(const PairSource& source, const Pair& pair, bool click, std::string& url) const {
    (click ? click_ : action_).build(source, pair, url);
  }

 private:
  UrlTemplate recommendation_;
  UrlTemplate action_;
  UrlTemplate click_;
};

/// Writes the calls of all pairs. URL list: the two calls of a pair are neighbours. JSON lines:
/// each call has its time, the action 1 to 10 s after its recommendation, and the file is sorted by
/// it (equal times: earlier pair first).
class PairWriter {
 public:
  struct Options {
    uint64_t seed = 1;
    double click_percent = 10;
    replay::Format format = replay::Format::kUrlList;
  };

  PairWriter(PairSource& source, const SeldonUrls& urls, Options options)
      : source_(source),
        urls_(urls),
        options_(options),
        clicks_(random_of(options.seed, Stream::kClicks)),
        delays_(random_of(options.seed, Stream::kDelays)) {}

  Status run(const RecordSink& sink, const Reporter& reporter);

 private:
  struct PendingAction {
    uint64_t time_ms = 0;
    uint64_t number = 0;  ///< of its pair
    Pair pair;

    /// For a heap with the earliest on top.
    bool operator<(const PendingAction& other) const {
      return time_ms != other.time_ms ? time_ms > other.time_ms : number > other.number;
    }
  };

  Status write_recommendation(const Pair& pair, const RecordSink& sink);
  Status write_action(uint64_t number, const Pair& pair, const RecordSink& sink);
  /// Actions that are due before the recommendation at `time_ms`.
  Status write_pending(uint64_t time_ms, const RecordSink& sink);
  bool is_click(uint64_t number) const;
  void set_time(uint64_t time_ms, const Pair& pair);

  PairSource& source_;
  const SeldonUrls& urls_;
  Options options_;
  Random clicks_;
  Random delays_;
  replay::Record record_;
  /// Holds what lies within the last 10 s of recorded time.
  std::priority_queue<PendingAction> pending_;
};

}  // namespace macaw::generators
