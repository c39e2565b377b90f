// SPDX-License-Identifier: MIT
//
// What servers of language models answer when the whole text comes at once: the backends of the GKE
// benchmark behind /generate, Triton, and OpenAI's completions. A token is a word here. The text
// follows from the body. Streams are not served.
// Thread: any.
#pragma once

#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"
#include "routes.h"

namespace macaw::stub {

/// The backend shows in the prompt's name: "inputs" (TGI: generated_text), "text_input" (Triton:
/// text_output), "query" or a prompt with a "model" (Saxml: pairs of text and score), "prompt"
/// (vLLM: text, with the prompt before it).
server::Response answer_generate(const http::Request& request, const Route& route);
server::Response answer_completions(const http::Request& request, int64_t now_ms);
server::Response answer_chat(const http::Request& request, int64_t now_ms);

}  // namespace macaw::stub
