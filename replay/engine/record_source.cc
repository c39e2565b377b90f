// SPDX-License-Identifier: MIT
//
// See record_source.h.

#include "record_source.h"

#include <algorithm>
#include <utility>

#include "macaw/http/url.h"

namespace macaw::replay {

Match match(const Selection& selection, const Record& record) {
  if ((selection.from || selection.to) && record.time) {
    if (selection.to && *record.time >= *selection.to) {
      return Match::kEnd;  // they come in order
    }
    if (selection.from && *record.time < *selection.from) {
      return Match::kNo;
    }
  }
  if (selection.only_path.empty()) {
    return Match::kYes;
  }
  if (!record.grpc_call.empty()) {
    const bool matches = ("/" + record.grpc_call).starts_with(selection.only_path);
    return matches ? Match::kYes : Match::kNo;
  }
  const http::UrlResult parsed = http::parse_url(record.url);
  return parsed.url && parsed.url->path.starts_with(selection.only_path) ? Match::kYes : Match::kNo;
}

Result<RecordSource> RecordSource::open(const Selection& selection) {
  RecordSource source(selection);
  if (selection.sort) {
    MACAW_TRY(source.read_all());
  }
  MACAW_TRY(source.start_pass());
  uint64_t skipped = 0;
  while (skipped < selection.skip) {
    MACAW_TRY_ASSIGN(const bool found, source.read(source.first_));
    if (!found) {
      return errorf("{}: has {} requests, so --skip {} leaves none", selection.file, skipped,
                    selection.skip);
    }
    ++skipped;
  }
  MACAW_TRY_ASSIGN(const bool found, source.read_matching(source.first_));
  if (!found) {
    return source.nothing_to_play();
  }
  if ((selection.from || selection.to) && !source.first_.time) {
    return Error::at(selection.file, source.first_.line, 0,
                     "found a request without a time (t), expected one: --from and --to are times");
  }
  return source;
}

Error RecordSource::nothing_to_play() const {
  if (selection_.from || selection_.to) {
    return errorf("{}: no request lies within --from and --to{}", selection_.file,
                  selection_.only_path.empty() ? "" : " and has the path of --only");
  }
  if (selection_.only_path.empty()) {
    return errorf("{}: found no request, expected at least one", selection_.file);
  }
  return errorf("{}: no request has a path that begins with '{}' (--only)", selection_.file,
                selection_.only_path);
}

Status RecordSource::start_pass() {
  if (selection_.sort) {
    next_sorted_ = 0;
    return {};
  }
  MACAW_TRY_ASSIGN(reader_, Reader::open(selection_.file));
  return {};
}

Status RecordSource::read_all() {
  MACAW_TRY_ASSIGN(Reader reader, Reader::open(selection_.file, {.any_order = true}));
  Record record;
  while (true) {
    MACAW_TRY_ASSIGN(const bool found, reader.next(record));
    if (!found) {
      break;
    }
    if (!record.time) {
      return Error::at(selection_.file, record.line, 0,
                       "found a request without a time (t), expected one: --sort orders by time");
    }
    sorted_.push_back(record);
  }
  std::stable_sort(sorted_.begin(), sorted_.end(),
                   [](const Record& a, const Record& b) { return *a.time < *b.time; });
  return {};
}

Result<bool> RecordSource::read(Record& record) {
  if (!selection_.sort) {
    return reader_->next(record);
  }
  if (next_sorted_ == sorted_.size()) {
    return false;
  }
  record = sorted_[next_sorted_++];
  return true;
}

Result<bool> RecordSource::read_matching(Record& record) {
  while (true) {
    MACAW_TRY_ASSIGN(const bool found, read(record));
    if (!found) {
      return false;
    }
    const Match matched = match(selection_, record);
    if (matched != Match::kNo) {
      return matched == Match::kYes;
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
    MACAW_TRY(start_pass());
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
