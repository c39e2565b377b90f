// SPDX-License-Identifier: MIT
//
// Record -> wire bytes: applies --target, -X, -H, --data, --set-query and --seq-header, reads body
// files once; leaves room for what is known only when a request goes out (splices.h).
// Thread: the reader thread's (and main's, for the probe, before the start).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grpc_calls.h"
#include "macaw/base/result.h"
#include "macaw/http/request_encoder.h"
#include "macaw/http/url.h"
#include "macaw/replay/engine/options.h"
#include "macaw/replay/file/record.h"
#include "splices.h"
#include "template_renderer.h"

namespace macaw::replay {

/// Views into the renderer's buffers, valid until its next render().
struct RenderedRequest {
  std::string_view wire;
  /// Path and query within `wire`.
  uint32_t target_offset = 0;
  uint32_t target_size = 0;
  std::string_view method;
  std::string_view path;       ///< without query; of a template, as it stands in the file
  std::string_view authority;  ///< the record's origin (http::UrlView); empty for "/path"
  bool head = false;
  /// A gRPC call: `wire` is a POST with the length-prefixed message for a body.
  bool is_grpc = false;
  bool is_streamed = false;      ///< with any number of messages in its answer
  std::string_view expectation;  ///< the record's own
  Splices splices;
};

class Renderer {
 public:
  /// `transmission` outlives the renderer. `seed` is that of templates.
  Renderer(const Transmission& transmission, std::string file, uint64_t seed = 1);
  Renderer(Transmission&& transmission, std::string file, uint64_t seed = 1) = delete;

  /// `sequence` is the value of the sequence header, `index` what templates are filled with. Error:
  /// a body file or CSV file that cannot be read; a record without a host and no --target.
  Result<RenderedRequest> render(const Record& record, std::string_view sequence,
                                 uint64_t index = 0);

 private:
  Result<RenderedRequest> render_as_it_is(const Record& record, std::string_view sequence);
  Result<RenderedRequest> render_call(const Record& record, std::string_view sequence);
  Status check_options_of_calls(const Record& record) const;
  void add_unless_given(std::string_view name, std::string_view value);
  Result<std::string_view> host_of(const Record& record, const http::UrlView& url) const;
  Result<std::string_view> body_of(const Record& record);
  void collect_headers(const Record& record, std::string_view sequence);
  std::string_view target_of(const http::UrlView& url);
  Splices find_splices(const RenderedRequest& rendered, size_t head_size) const;

  const Transmission& transmission_;
  std::string file_;
  std::string target_host_header_;
  std::string target_;
  std::string wire_;
  std::vector<http::HeaderView> headers_;
  std::map<std::string, std::string> body_files_;
  TemplateRenderer templates_;
  GrpcCalls calls_;
};

}  // namespace macaw::replay
