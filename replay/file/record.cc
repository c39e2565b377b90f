// SPDX-License-Identifier: MIT
#include "macaw/replay/file/record.h"

namespace macaw::replay {

std::string_view Provenance::get(std::string_view key) const {
  for (const auto& [name, value] : fields) {
    if (name == key) {
      return value;
    }
  }
  return {};
}

}  // namespace macaw::replay
