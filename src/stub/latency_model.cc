// SPDX-License-Identifier: MIT
//
// LatencyModel: a unit random number through the inverse of a distribution function. No clock, no
// state: the same seed and request number give the same time on every machine.
// Thread: any.

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "macaw/base/portable_math.h"
#include "macaw/base/random.h"
#include "macaw/base/units.h"
#include "macaw/stub/seldon_stub.h"
#include "streams.h"

namespace macaw::stub {

/// Not in the anonymous namespace: LatencyModel::Impl, which other files name, holds them.
namespace laws {

struct Fixed {
  Nanos value{};
};

struct Lognormal {
  Nanos median{};
  double sigma = 0;
};

struct Uniform {
  Nanos low{};
  Nanos high{};
};

struct Exponential {
  Nanos mean{};
};

struct Quantiles {
  struct Point {
    double percent = 0;
    Nanos value{};
  };

  std::vector<Point> points;  ///< by percent; the first is 0, the last 100
};

using Distribution = std::variant<Fixed, Lognormal, Uniform, Exponential, Quantiles>;

}  // namespace laws

namespace {

/// A draw from an unbounded tail ends here.
constexpr Nanos kDrawMax = std::chrono::hours(24);
constexpr double kSigmaMax = 10;

using laws::Distribution;
using laws::Exponential;
using laws::Fixed;
using laws::Lognormal;
using laws::Quantiles;
using laws::Uniform;

double as_double(Nanos span) {
  return static_cast<double>(span.count());
}

Nanos to_nanos(double count) {
  return count >= as_double(kDrawMax) ? kDrawMax : Nanos(std::llround(count));
}

/// The inverse distribution functions; 0 < u < 1.
Nanos quantile(const Fixed& fixed, double /*u*/) {
  return fixed.value;
}

Nanos quantile(const Lognormal& law, double u) {
  return to_nanos(as_double(law.median) * portable_exp(law.sigma * portable_normal_quantile(u)));
}

Nanos quantile(const Uniform& law, double u) {
  return to_nanos(as_double(law.low) + u * as_double(law.high - law.low));
}

Nanos quantile(const Exponential& law, double u) {
  return to_nanos(-as_double(law.mean) * portable_ln(1 - u));
}

Nanos quantile(const Quantiles& table, double u) {
  const double percent = 100 * u;
  const auto above = std::lower_bound(
      table.points.begin() + 1, table.points.end() - 1, percent,
      [](const Quantiles::Point& point, double wanted) { return point.percent < wanted; });
  const auto below = above - 1;
  const double share = (percent - below->percent) / (above->percent - below->percent);
  return to_nanos(as_double(below->value) + share * as_double(above->value - below->value));
}

Result<Distribution> parse_lognormal(std::string_view text) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return errorf("found 'lognormal:{}', expected lognormal:MEDIAN,SIGMA as in lognormal:10ms,0.8",
                  text);
  }
  MACAW_TRY_ASSIGN(const Nanos median, parse_duration(text.substr(0, comma)));
  MACAW_TRY_ASSIGN(const double sigma, parse_double(text.substr(comma + 1)));
  if (sigma < 0 || sigma > kSigmaMax) {
    return errorf("found sigma {}, expected 0 to {}", text.substr(comma + 1), kSigmaMax);
  }
  return Distribution(Lognormal{median, sigma});
}

Result<Distribution> parse_uniform(std::string_view text) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    return errorf("found 'uniform:{}', expected uniform:LOW..HIGH as in uniform:1ms..5ms", text);
  }
  MACAW_TRY_ASSIGN(const Nanos low, parse_duration(text.substr(0, dots)));
  MACAW_TRY_ASSIGN(const Nanos high, parse_duration(text.substr(dots + 2)));
  if (low > high) {
    return errorf("found '{}', expected the smaller time first", text);
  }
  return Distribution(Uniform{low, high});
}

Result<Distribution> parse_quantiles(std::string_view text) {
  Quantiles table;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      return errorf("found '{}', expected PERCENT=TIME as in 99=140ms", item);
    }
    MACAW_TRY_ASSIGN(const double percent, parse_double(item.substr(0, equals)));
    MACAW_TRY_ASSIGN(const Nanos value, parse_duration(item.substr(equals + 1)));
    if (percent < 0 || percent > 100) {
      return errorf("found '{}', expected a percentage from 0 to 100", item);
    }
    if (table.points.empty() && percent > 0) {
      table.points.push_back({});
    }
    if (!table.points.empty() &&
        (percent <= table.points.back().percent || value < table.points.back().value)) {
      return errorf("found '{}', expected percentages and times that grow", item);
    }
    table.points.push_back({percent, value});
  }
  if (table.points.size() < 2 || table.points.back().percent != 100) {
    return errorf("found 'quantiles:{}', expected it to end with 100=TIME, the maximum", text);
  }
  return Distribution(std::move(table));
}

Result<Distribution> parse_distribution(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon == std::string_view::npos) {
    MACAW_TRY_ASSIGN(const Nanos value, parse_duration(text));
    return Distribution(Fixed{value});
  }
  const std::string_view rest = text.substr(colon + 1);
  if (name == "lognormal") {
    return parse_lognormal(rest);
  }
  if (name == "uniform") {
    return parse_uniform(rest);
  }
  if (name == "exponential") {
    MACAW_TRY_ASSIGN(const Nanos mean, parse_duration(rest));
    return Distribution(Exponential{mean});
  }
  if (name == "quantiles") {
    return parse_quantiles(rest);
  }
  return errorf("found '{}', expected a time or lognormal, uniform, exponential or quantiles",
                name);
}

}  // namespace

struct LatencyModel::Impl {
  Distribution distribution;
};

LatencyModel::LatencyModel() : impl_(std::make_shared<Impl>()) {}

Result<LatencyModel> LatencyModel::parse(std::string_view text) {
  auto distribution = parse_distribution(text);
  if (!distribution) {
    return errorf("latency model '{}': {}", text, distribution.error().message());
  }
  LatencyModel model;
  model.impl_ = std::make_shared<Impl>(Impl{std::move(distribution).value()});
  return model;
}

Nanos LatencyModel::draw(uint64_t seed, uint64_t request) const {
  // The middle of one of 2^53 equal steps, so neither 0 nor 1.
  const uint64_t step = Random(seed, kLatencyStream).at(request) >> 11;
  const double u = (static_cast<double>(step) + 0.5) * 0x1.0p-53;
  return std::visit([u](const auto& law) { return quantile(law, u); }, impl_->distribution);
}

}  // namespace macaw::stub
