// SPDX-License-Identifier: MIT
//
// See routes.h.
// Thread: any.

#include "routes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace macaw::stub {
namespace {

/// Takes "/PART" off the beginning; empty when there is none.
std::string_view take_part(std::string_view& path) {
  if (!path.starts_with('/')) {
    return {};
  }
  const std::string_view part = path.substr(1, path.find('/', 1) - 1);
  path.remove_prefix(1 + part.size());
  return part;
}

/// "/versions/V" off the beginning, if it is there and more follows.
std::string_view take_version(std::string_view& path) {
  constexpr std::string_view kVersions = "/versions/";
  if (!path.starts_with(kVersions)) {
    return {};
  }
  std::string_view rest = path.substr(kVersions.size());
  const std::string_view version = rest.substr(0, rest.find_first_of("/:"));
  path = rest.substr(version.size());
  return version;
}

constexpr std::string_view kPredict = ":predict";

/// What follows "/v1": "/models/M:predict", "/models/M/:predict", "/models/M/versions/V:predict",
/// and Hopsworks' "/PROJECT/DEPLOYMENT:predict".
Route predict_route(std::string_view rest) {
  const std::string_view group = take_part(rest);
  if (group.empty() || !rest.starts_with('/')) {
    return {};
  }
  rest.remove_prefix(1);
  Route route{.kind = ServiceKind::kTensorflow, .model = rest.substr(0, rest.find_first_of("/:"))};
  rest.remove_prefix(route.model.size());
  route.version = take_version(rest);
  const bool ends = rest == kPredict || (rest.starts_with('/') && rest.substr(1) == kPredict);
  return !route.model.empty() && ends ? route : Route{};
}

/// What follows "/v2/models".
Route infer_route(std::string_view rest) {
  Route route;
  route.model = take_part(rest);
  route.version = take_version(rest);
  if (!route.model.empty() && rest == "/infer") {
    route.kind = ServiceKind::kInfer;
  } else if (!route.model.empty() && rest == "/generate") {
    route.kind = ServiceKind::kInferGenerate;
  } else {
    return {};
  }
  return route;
}

struct FixedRoute {
  std::string_view path;
  ServiceKind kind;
};

constexpr std::array kFixedRoutes = {
    FixedRoute{"/token", ServiceKind::kConsumerToken},
    FixedRoute{"/oauth/token", ServiceKind::kOauthToken},
    FixedRoute{"/generate", ServiceKind::kGenerate},
    FixedRoute{"/v1/completions", ServiceKind::kCompletions},
    FixedRoute{"/v1/chat/completions", ServiceKind::kChat},
    FixedRoute{"/api/v0.1/predictions", ServiceKind::kSeldonCore},
    FixedRoute{"/api/v1.0/predictions", ServiceKind::kSeldonCore},
    FixedRoute{"/api/v0.1/feedback", ServiceKind::kSeldonFeedback},
    FixedRoute{"/api/v1.0/feedback", ServiceKind::kSeldonFeedback},
};

}  // namespace

Route route_of(std::string_view path) {
  constexpr std::string_view kIngress = "/seldon/";
  if (path.starts_with(kIngress)) {
    path.remove_prefix(kIngress.size() - 1);
    if (take_part(path).empty() || take_part(path).empty()) {
      return {};
    }
  }
  const auto* const fixed =
      std::find_if(kFixedRoutes.begin(), kFixedRoutes.end(),
                   [path](const FixedRoute& route) { return route.path == path; });
  if (fixed != kFixedRoutes.end()) {
    return {.kind = fixed->kind};
  }
  constexpr std::string_view kInferPrefix = "/v2/models";
  if (path.starts_with(kInferPrefix)) {
    return infer_route(path.substr(kInferPrefix.size()));
  }
  constexpr std::string_view kPredictPrefix = "/v1";
  return path.starts_with("/v1/") ? predict_route(path.substr(kPredictPrefix.size())) : Route{};
}

}  // namespace macaw::stub
