// SPDX-License-Identifier: MIT

#include "src/stub/routes.h"

#include <boost/test/unit_test.hpp>

namespace macaw::stub {
namespace {

BOOST_AUTO_TEST_SUITE(routes_test)

void check_route(std::string_view path, ServiceKind kind, std::string_view model = "",
                 std::string_view version = "") {
  const Route route = route_of(path);
  BOOST_TEST((route.kind == kind), path);
  BOOST_TEST(route.model == model, path);
  BOOST_TEST(route.version == version, path);
}

BOOST_AUTO_TEST_CASE(both_spellings_of_predict) {
  check_route("/v1/models/flowers:predict", ServiceKind::kTensorflow, "flowers");
  check_route("/v1/models/flowers/:predict", ServiceKind::kTensorflow, "flowers");
  check_route("/v1/models/m/versions/12:predict", ServiceKind::kTensorflow, "m", "12");
  check_route("/v1/models/m/versions/12/:predict", ServiceKind::kTensorflow, "m", "12");
  check_route("/v1/project/deployment:predict", ServiceKind::kTensorflow, "deployment");
}

BOOST_AUTO_TEST_CASE(seldon_core_with_and_without_the_ingress) {
  check_route("/api/v0.1/predictions", ServiceKind::kSeldonCore);
  check_route("/api/v1.0/predictions", ServiceKind::kSeldonCore);
  check_route("/seldon/ns/deployment/api/v1.0/predictions", ServiceKind::kSeldonCore);
  check_route("/seldon/ns/deployment/api/v0.1/feedback", ServiceKind::kSeldonFeedback);
  check_route("/seldon/ns/d/v1/models/flowers/:predict", ServiceKind::kTensorflow, "flowers");
  check_route("/seldon/ns/d/v2/models/m/infer", ServiceKind::kInfer, "m");
}

BOOST_AUTO_TEST_CASE(the_second_protocol_and_language_models) {
  check_route("/v2/models/iris/infer", ServiceKind::kInfer, "iris");
  check_route("/v2/models/iris/versions/3/infer", ServiceKind::kInfer, "iris", "3");
  check_route("/v2/models/ensemble/generate", ServiceKind::kInferGenerate, "ensemble");
  check_route("/generate", ServiceKind::kGenerate);
  check_route("/v1/completions", ServiceKind::kCompletions);
  check_route("/v1/chat/completions", ServiceKind::kChat);
  check_route("/token", ServiceKind::kConsumerToken);
  check_route("/oauth/token", ServiceKind::kOauthToken);
}

BOOST_AUTO_TEST_CASE(other_paths) {
  for (const std::string_view path : {"",
                                      "/",
                                      "/v1",
                                      "/v1/",
                                      "/v1/models",
                                      "/v1/models/",
                                      "/v1/models/:predict",
                                      "/v1/models/m",
                                      "/v1/models/m:predict/",
                                      "/v1/models/m//:predict",
                                      "/v1//m:predict",
                                      "/v1/models/m:classify",
                                      "/v1/models/m/versions/:",
                                      "/v2/models/infer",
                                      "/v2/models//infer",
                                      "/v2/modelsm/infer",
                                      "/v2/models/m/generate_stream",
                                      "/generate/",
                                      "/token/",
                                      "/seldon/ns/api/v1.0/predictions",
                                      "/seldon//d/api/v1.0/predictions",
                                      "/seldon/ns/d",
                                      "/api/v2.0/predictions",
                                      "/js/predict",
                                      "/js/recommendations"}) {
    BOOST_TEST((route_of(path).kind == ServiceKind::kNone), path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace macaw::stub
