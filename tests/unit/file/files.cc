// SPDX-License-Identifier: MIT
#include "files.h"

#include "support/temp_dir.h"

namespace macaw::replay {

std::ostream& operator<<(std::ostream& out, const Record& record) {
  out << record.line << ": " << record.method << " " << record.url;
  for (const Header& header : record.headers) {
    out << " [" << header.name << ": " << header.value << "]";
  }
  out << " body=" << record.body.size() << " '" << record.body_file << "'";
  if (record.time) {
    out << " t=" << record.time->count();
  }
  return out << " name='" << record.name << "' user='" << record.user
             << "' expect=" << record.expect << " call=" << record.grpc_call
             << " message=" << record.grpc_message;
}

namespace {

std::string without_path(std::string message, const std::string& path) {
  if (const size_t at = message.find(path); at != std::string::npos) {
    message.replace(at, path.size(), "FILE");
  }
  return message;
}

}  // namespace

Loaded load(const std::string& path) {
  Loaded loaded;
  auto reader = Reader::open(path, {.hash = true});
  if (!reader.ok()) {
    loaded.error = without_path(reader.error().message(), path);
    return loaded;
  }
  loaded.format = reader->format();
  // One record for all lines, as the replayer does it: nothing may stay behind in it.
  Record record;
  for (;;) {
    const auto more = reader->next(record);
    if (!more.ok()) {
      loaded.error = without_path(more.error().message(), path);
      break;
    }
    if (!*more) {
      loaded.sha256 = reader->sha256();
      break;
    }
    loaded.records.push_back(record);
  }
  loaded.provenance = reader->provenance();
  return loaded;
}

Loaded load_text(std::string_view text) {
  const test::TempDir dir;
  return load(dir.write("file", text));
}

Record get(std::string url, uint64_t line) {
  Record record;
  record.url = std::move(url);
  record.line = line;
  return record;
}

}  // namespace macaw::replay
