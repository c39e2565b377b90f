// SPDX-License-Identifier: MIT
//
// Which prediction service a path addresses. Paths are compared as they are on the wire: the guides
// use both "/v1/models/m:predict" and "/v1/models/m/:predict", and neither is the other's spelling
// mistake. The Seldon API's own paths (/js/...) are not here, see answers.h.
// Thread: any.
#pragma once

#include <cstdint>
#include <string_view>

namespace macaw::stub {

enum class ServiceKind : uint8_t {
  kNone,
  kTensorflow,      ///< /v1/models/M:predict and the like
  kSeldonCore,      ///< .../api/v0.1/predictions, .../api/v1.0/predictions
  kSeldonFeedback,  ///< .../api/v1.0/feedback
  kInfer,           ///< /v2/models/M/infer
  kInferGenerate,   ///< /v2/models/M/generate
  kGenerate,        ///< /generate
  kCompletions,     ///< /v1/completions
  kChat,            ///< /v1/chat/completions
  kConsumerToken,   ///< /token
  kOauthToken,      ///< /oauth/token
};

struct Route {
  ServiceKind kind = ServiceKind::kNone;
  std::string_view model = {};    ///< part of the path; empty where a path names none
  std::string_view version = {};  ///< likewise
};

/// The path without its query. An ingress prefix /seldon/NAMESPACE/DEPLOYMENT is looked through.
Route route_of(std::string_view path);

}  // namespace macaw::stub
