// SPDX-License-Identifier: MIT
//
// Opens and re-opens the database.
#include "database.h"

#include <sys/stat.h>

namespace macaw::ui {

Result<store::RunReader*> Database::reader() {
  struct stat info {};

  Identity now;
  if (stat(path_.c_str(), &info) == 0) {
    now = {info.st_dev, info.st_ino};
  } else if (reader_ == nullptr) {
    return errorf("{} does not exist yet", path_);
  } else {
    now = identity_;  // deleted: what is open can still be read
  }
  if (reader_ == nullptr || now != identity_) {
    reader_.reset();
    MACAW_TRY_ASSIGN(reader_, store::RunReader::open(path_));
    identity_ = now;
  }
  return reader_.get();
}

}  // namespace macaw::ui
