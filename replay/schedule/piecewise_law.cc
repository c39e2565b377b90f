// SPDX-License-Identifier: MIT
//
// Ramps, steps and their sequences: L is a quadratic or linear function of the time on each
// segment. With wide fixed point the coefficients lose 2^-256 each, which 30 days (2^52 ns,
// squared) make 2^-152 of a request.

#include <algorithm>
#include <cmath>

#include "macaw/base/check.h"
#include "rate_law.h"

namespace macaw::replay {
namespace {

struct Segment {
  int64_t begin_ns = 0;
  int64_t end_ns = 0;     // kTimeMax for the last
  WideFixed begin_count;  // L(begin)
  WideFixed end_count;    // L(end)
  WideFixed rate;         // at the begin, per ns
  WideFixed half_slope;   // half the change of the rate per ns, without its sign
  bool falls = false;
  double rate_double = 0.0;
  double half_slope_double = 0.0;  // with its sign
};

uint64_t per_ns(Rate rate) {
  return static_cast<uint64_t>(rate.per.count());
}

/// |rise - fall| / (2 change_span): (e1 p0 - e0 p1) / (p0 p1 2 span), with e events per p
/// nanoseconds.
void set_slope(const RateSegment& from, Segment& segment) {
  const uint128 rises = uint128{from.rise.events} * per_ns(from.fall);
  const uint128 falls = uint128{from.fall.events} * per_ns(from.rise);
  segment.falls = rises < falls;
  const uint128 change = segment.falls ? falls - rises : rises - falls;
  segment.half_slope = WideFixed::from_parts(change) / per_ns(from.rise) / per_ns(from.fall) /
                       (2 * static_cast<uint64_t>(from.change_span.count()));
  segment.half_slope_double =
      segment.falls ? -segment.half_slope.to_double() : segment.half_slope.to_double();
}

WideFixed count_at(const Segment& segment, int64_t t_ns) {
  const auto elapsed = static_cast<uint64_t>(t_ns - segment.begin_ns);
  const WideFixed linear = segment.begin_count + segment.rate * elapsed;
  if (segment.half_slope.is_zero()) {
    return linear;
  }
  const WideFixed square = segment.half_slope * elapsed * elapsed;
  return segment.falls ? linear - square : linear + square;
}

class PiecewiseLaw final : public RateLaw {
 public:
  PiecewiseLaw(std::string description, const std::vector<RateSegment>& segments);

  Nanos inverse(RequestCount x) const override;

  WideFixed cumulative(int64_t t_ns) const override { return count_at(segment_at(t_ns), t_ns); }

  double rate_at(int64_t t_ns) const override {
    const Segment& segment = segment_at(t_ns);
    return segment.rate_double +
           2.0 * segment.half_slope_double * static_cast<double>(t_ns - segment.begin_ns);
  }

 private:
  const Segment& segment_at(int64_t t_ns) const {
    const auto after =
        std::upper_bound(segments_.begin(), segments_.end(), t_ns,
                         [](int64_t t, const Segment& segment) { return t < segment.begin_ns; });
    return *(after - 1);
  }

  std::vector<Segment> segments_;
};

PiecewiseLaw::PiecewiseLaw(std::string description, const std::vector<RateSegment>& segments)
    : RateLaw(std::move(description)) {
  MACAW_CHECK(!segments.empty());
  Segment made;
  for (size_t k = 0; k < segments.size(); ++k) {
    const RateSegment& from = segments[k];
    MACAW_CHECK(from.endless || (from.span > Nanos::zero() && from.span.count() <= kTimeMax / 2));
    MACAW_CHECK(from.change_span > Nanos::zero());
    MACAW_CHECK(from.endless == (k + 1 == segments.size()));
    made.begin_ns = made.end_ns;
    made.begin_count = made.end_count;
    MACAW_CHECK(made.begin_ns <= kTimeMax / 2, "segments are longer than 73 years");
    made.end_ns = from.endless ? kTimeMax : made.begin_ns + from.span.count();
    made.rate = WideFixed::from_parts(from.from.events) / per_ns(from.from);
    made.rate_double = made.rate.to_double();
    set_slope(from, made);
    MACAW_CHECK(!from.endless || !made.falls, "an endless fall");
    made.end_count = count_at(made, made.end_ns);
    segments_.push_back(made);
  }
}

Nanos PiecewiseLaw::inverse(RequestCount x) const {
  if (x == RequestCount{}) {
    return Nanos::zero();
  }
  const WideFixed exact = WideFixed::from_parts(x.whole, uint128{x.fraction} << 64);
  const WideFixed wanted = exact + kTie;
  // The first segment that reaches x. A flat one never does: the segment before it ends as high.
  const auto found = std::lower_bound(segments_.begin(), segments_.end(), exact,
                                      [](const Segment& segment, const WideFixed& sought) {
                                        return segment.end_count + kTie < sought;
                                      });
  if (found == segments_.end()) {
    return Nanos::max();
  }
  const Segment& segment = *found;
  if (segment.end_count <= wanted) {
    return segment.end_ns == kTimeMax ? Nanos::max() : Nanos(segment.end_ns);
  }
  const double missing = difference(wanted, segment.begin_count);
  const double root = std::sqrt(std::max(
      0.0, segment.rate_double * segment.rate_double + 4.0 * segment.half_slope_double * missing));
  const double elapsed = 2.0 * missing / (segment.rate_double + root);
  const double guess = std::floor(static_cast<double>(segment.begin_ns) + elapsed);
  return Nanos(search(wanted, segment.begin_ns, segment.end_ns, guess));
}

}  // namespace

std::unique_ptr<RateLaw> make_piecewise_law(std::string description,
                                            const std::vector<RateSegment>& segments) {
  return std::make_unique<PiecewiseLaw>(std::move(description), segments);
}

}  // namespace macaw::replay
