// SPDX-License-Identifier: MIT
//
// Guards against DNS rebinding: a web page elsewhere can make a browser send requests to
// 127.0.0.1, but only under the name of that page's site. So names are answered that can only mean
// this machine.
// Thread: any.
#pragma once

#include <string>
#include <string_view>

namespace macaw::ui {

/// `header` is the Host header ("127.0.0.1:9994"), `ui_host` what the UI was told to bind to. True
/// for IP addresses (a rebinding page needs a name), localhost, `ui_host`, and, where the UI
/// listens on every address, for this machine's name.
bool host_is_ours(std::string_view header, std::string_view ui_host);

/// Listens on every address of the machine.
bool is_wildcard(std::string_view ui_host);

}  // namespace macaw::ui
