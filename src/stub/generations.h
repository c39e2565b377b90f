// SPDX-License-Identifier: MIT
//
// What servers of language models answer when the whole text comes at once: the backends of the GKE
// benchmark behind /generate, Triton, and OpenAI's completions. A token is a word here. The text
// follows from the body. Streams are served over gRPC only (grpc_answers.h).
// Thread: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "macaw/http/request_parser.h"
#include "macaw/server/http_server.h"
#include "routes.h"

namespace macaw::stub {

/// A client cannot order more memory than this.
inline constexpr uint64_t kWordsMax = 16'384;
inline constexpr uint64_t kWordsUnasked = 16;

inline constexpr std::array<std::string_view, 16> kGeneratedWords = {
    "the",  "river", "was",   "wide",  "and", "nobody", "knew", "how",
    "many", "boats", "could", "cross", "it",  "before", "the",  "rain"};

/// Which of them is word `k` of the text that follows from `draw`.
size_t generated_word_index(uint64_t draw, uint64_t k);

/// The backend shows in the prompt's name: "inputs" (TGI: generated_text), "text_input" (Triton:
/// text_output), "query" or a prompt with a "model" (Saxml: pairs of text and score), "prompt"
/// (vLLM: text, with the prompt before it).
server::Response answer_generate(const http::Request& request, const Route& route);
server::Response answer_completions(const http::Request& request, int64_t now_ms);
server::Response answer_chat(const http::Request& request, int64_t now_ms);

}  // namespace macaw::stub
