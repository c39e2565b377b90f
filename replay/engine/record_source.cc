// SPDX-License-Identifier: MIT
//
// See record_source.h.

#include "record_source.h"

#include <utility>

#include "macaw/http/url.h"

namespace macaw::replay {

Result<RecordSource> RecordSource::open(const Selection& selection) {
  RecordSource source(selection);
  MACAW_TRY_ASSIGN(source.reader_, Reader::open(selection.file));
  uint64_t skipped = 0;
  while (skipped < selection.skip) {
    MACAW_TRY_ASSIGN(const bool found, source.reader_->next(source.first_));
    if (!found) {
      return errorf("{}: has {} requests, so --skip {} leaves none", selection.file, skipped,
                    selection.skip);
    }
    ++skipped;
  }
  MACAW_TRY_ASSIGN(const bool found, source.read_matching(source.first_));
  if (!found) {
    return selection.only_path.empty()
               ? errorf("{}: found no request, expected at least one", selection.file)
               : errorf("{}: no request has a path that begins with '{}' (--only)", selection.file,
                        selection.only_path);
  }
  return source;
}

bool RecordSource::matches(const Record& record) const {
  if (selection_.only_path.empty()) {
    return true;
  }
  const http::UrlResult parsed = http::parse_url(record.url);
  return parsed.url && parsed.url->path.starts_with(selection_.only_path);
}

Result<bool> RecordSource::read_matching(Record& record) {
  while (true) {
    MACAW_TRY_ASSIGN(const bool found, reader_->next(record));
    if (found && !record.grpc_call.empty()) {
      return Error::at(selection_.file, record.line, 0,
                       "found a gRPC call, expected an HTTP request: gRPC cannot be played yet");
    }
    if (!found || matches(record)) {
      return found;
    }
  }
}

Result<bool> RecordSource::next(Record& record) {
  if (first_is_pending_) {
    first_is_pending_ = false;
    record = first_;
    stamp(record);
    return true;
  }
  MACAW_TRY_ASSIGN(bool found, read_matching(record));
  if (!found && loop_) {
    const Nanos span = pass_last_time_ - pass_first_time_.value_or(Nanos(0));
    const auto gaps = static_cast<int64_t>(pass_records_ > 1 ? pass_records_ - 1 : 1);
    pass_offset_ += span + span / gaps;
    pass_first_time_.reset();
    pass_records_ = 0;
    MACAW_TRY_ASSIGN(reader_, Reader::open(selection_.file));
    MACAW_TRY_ASSIGN(found, read_matching(record));
    if (!found) {
      return errorf("{}: has become empty while it was played", selection_.file);
    }
  }
  if (found) {
    stamp(record);
  }
  return found;
}

void RecordSource::stamp(const Record& record) {
  if (!record.time) {
    return;
  }
  if (!pass_first_time_) {
    pass_first_time_ = *record.time;
  }
  pass_last_time_ = *record.time;
  ++pass_records_;
  recorded_time_ = pass_offset_ + (pass_last_time_ - *pass_first_time_);
}

}  // namespace macaw::replay
