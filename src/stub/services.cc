// SPDX-License-Identifier: MIT
//
// See services.h.
// Thread: the TokenDesk's.

#include "services.h"

#include <fmt/format.h>

#include "admission.h"
#include "answers.h"
#include "generations.h"
#include "predictions.h"

namespace macaw::stub {

server::Response answer_service(const http::Request& request, const Route& route,
                                const Requirements& requirements, TokenDesk& tokens,
                                int64_t now_ms) {
  if (request.method != "POST" &&
      !(request.method == "GET" && route.kind == ServiceKind::kConsumerToken)) {
    server::Response response =
        json_error(405, fmt::format("found {}, expected POST", request.method));
    response.extra_headers =
        route.kind == ServiceKind::kConsumerToken ? "Allow: GET, POST\r\n" : "Allow: POST\r\n";
    return response;
  }
  switch (route.kind) {
    case ServiceKind::kTensorflow:
      return answer_tensorflow(request, requirements.instances);
    case ServiceKind::kSeldonCore:
      return answer_seldon_core(request);
    case ServiceKind::kSeldonFeedback:
      return answer_seldon_feedback(request);
    case ServiceKind::kInfer:
      return answer_infer(request, route);
    case ServiceKind::kInferGenerate:
    case ServiceKind::kGenerate:
      return answer_generate(request, route);
    case ServiceKind::kCompletions:
      return answer_completions(request, now_ms);
    case ServiceKind::kChat:
      return answer_chat(request, now_ms);
    case ServiceKind::kConsumerToken:
      return answer_consumer_token(request, requirements, tokens, now_ms);
    case ServiceKind::kOauthToken:
      return answer_oauth_token(request, requirements, tokens, now_ms);
    case ServiceKind::kNone:
      break;
  }
  return answer_error_page(404, "Not Found");
}

}  // namespace macaw::stub
