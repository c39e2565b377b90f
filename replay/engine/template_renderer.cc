// SPDX-License-Identifier: MIT
//
// See template_renderer.h.

#include "template_renderer.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "macaw/base/ascii.h"
#include "macaw/base/check.h"
#include "macaw/http/request_encoder.h"

namespace macaw::replay {
namespace {

/// Draws must not depend on those of Poisson arrivals, which have the same seed.
constexpr uint64_t kSeedOfTemplates = 0x74656d706c617465;  // "template"

/// What stands between the quotes of a JSON string; false for bytes that are not UTF-8.
bool escape_for_json(std::string_view value, std::string& out) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                    rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>
      writer(buffer);
  if (!writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()))) {
    return false;
  }
  out.assign(buffer.GetString() + 1, buffer.GetSize() - 2);
  return true;
}

bool fits_into_url(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#';
  });
}

}  // namespace

TemplateRenderer::TemplateRenderer(uint64_t seed, std::string file)
    : seed_(mix64(seed ^ kSeedOfTemplates)), file_(std::move(file)) {}

Error TemplateRenderer::error(const std::string& message) const {
  return Error::at(file_, line_, 0, message);
}

Result<const Record*> TemplateRenderer::fill(const Record& record, uint64_t index) {
  filled_ = record;
  index_ = index;
  line_ = record.line;
  random_ = Random(seed_, index);
  MACAW_TRY(fill_text(record.url, Place::kUrl, filled_.url));
  std::erase_if(filled_.headers, [](const Header& header) {
    return http::equals_ignoring_case(header.name, "content-length");  // of the template
  });
  for (Header& header : filled_.headers) {
    const std::string value = std::exchange(header.value, std::string());
    MACAW_TRY(fill_text(value, Place::kHeader, header.value));
  }
  MACAW_TRY(fill_text(record.body, Place::kBody, filled_.body));
  return static_cast<const Record*>(&filled_);
}

Status TemplateRenderer::fill_text(std::string_view text, Place place, std::string& out) {
  out.clear();
  size_t at = 0;
  while (const auto found = next_reference(text, at)) {
    out.append(text.substr(at, found->begin - at));
    at = found->end;
    const TemplateReference& reference = found->reference;
    MACAW_CHECK(found->fault.empty(), "checked by the reader: {}", found->fault);
    switch (reference.kind) {
      case TemplateReference::Kind::kDollar:
        out.append("${");
        break;
      case TemplateReference::Kind::kSequence:
        fmt::format_to(std::back_inserter(out), "{}", index_);
        break;
      case TemplateReference::Kind::kRandom: {
        const uint64_t span =
            static_cast<uint64_t>(reference.high) - static_cast<uint64_t>(reference.low);
        const uint64_t drawn = span == UINT64_MAX ? random_.next() : random_.below(span + 1);
        fmt::format_to(std::back_inserter(out), "{}",
                       static_cast<int64_t>(static_cast<uint64_t>(reference.low) + drawn));
        break;
      }
      case TemplateReference::Kind::kUuid:
        append_uuid(out);
        break;
      case TemplateReference::Kind::kCsv:
        MACAW_TRY(append_csv(reference, place, out));
        break;
    }
  }
  out.append(text.substr(at));
  return {};
}

/// RFC 9562, version 4.
void TemplateRenderer::append_uuid(std::string& out) {
  const uint64_t high = (random_.next() & 0xffffffffffff0fff) | 0x4000;
  const uint64_t low = (random_.next() & 0x3fffffffffffffff) | 0x8000000000000000;
  fmt::format_to(std::back_inserter(out), "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32,
                 (high >> 16) & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffff);
}

Result<const CsvTable*> TemplateRenderer::table_of(std::string_view file) {
  auto known = tables_.find(file);
  if (known == tables_.end()) {
    const auto path = (std::filesystem::path(file_).parent_path() / file).string();
    auto table = CsvTable::read(path);
    if (!table.ok()) {
      return error("csv: " + table.error().message());
    }
    known = tables_.emplace(std::string(file), std::move(table).value()).first;
  }
  return static_cast<const CsvTable*>(&known->second);
}

Result<TemplateRenderer::Column> TemplateRenderer::find_column(std::string_view file,
                                                               std::string_view column) {
  MACAW_TRY_ASSIGN(const CsvTable* const table, table_of(file));
  const auto number = table->column(column);
  if (!number) {
    return error(fmt::format("found column '{}' of {}, expected one of {}", column, file,
                             fmt::join(table->names(), ", ")));
  }
  return Column{table, *number};
}

Status TemplateRenderer::check_column(std::string_view file, std::string_view column,
                                      uint64_t line) {
  line_ = line;
  MACAW_TRY_ASSIGN([[maybe_unused]] const Column found, find_column(file, column));
  return {};
}

Status TemplateRenderer::append_csv(const TemplateReference& reference, Place place,
                                    std::string& out) {
  MACAW_TRY_ASSIGN(const Column column, find_column(reference.file, reference.column));
  const size_t row = index_ % column.table->rows();
  using Form = TemplateReference::Form;
  std::string_view value = column.table->at(row, column.number);
  if (reference.form == Form::kJson) {
    if (!escape_for_json(value, json_)) {
      return error(fmt::format(
          "found a value in row {} of column '{}' of {} that is not UTF-8, expected text that JSON "
          "can hold",
          row + 1, reference.column, reference.file));
    }
    value = json_;
  }
  if (place == Place::kUrl && reference.form != Form::kRaw) {
    append_percent_encoded(value, kUnreserved, out);  // whatever it is, it stays one value
    return {};
  }
  const bool fits = place == Place::kBody ||
                    (place == Place::kUrl ? fits_into_url(value) : http::is_header_value(value));
  if (!fits) {
    return error(fmt::format(
        "found a value in row {} of column '{}' of {} that cannot stand in a "
        "{}, expected none with {}",
        row + 1, reference.column, reference.file, place == Place::kUrl ? "URL" : "header",
        place == Place::kUrl ? "blanks, control characters or '#'" : "line breaks"));
  }
  out.append(value);
  return {};
}

}  // namespace macaw::replay
