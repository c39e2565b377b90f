// SPDX-License-Identifier: MIT
//
// JUnit's XML for CI: a test case for the verdict, since nothing that an INVALID run shows can be
// held against anything, and one for each --fail-if. A rule that is broken is a failure, one that
// cannot be judged (no such endpoint) an error.
#include "format_files.h"
#include "macaw/base/units.h"
#include "peer_text.h"
#include "phrases.h"

namespace macaw::report {

namespace {

struct JunitCases {
  std::string text;
  size_t tests = 0;
  size_t failures = 0;
  size_t errors = 0;
};

/// `kind`: "failure", "error", or nothing for a case that passed, whose sentence goes to its
/// output.
void add_case(JunitCases& cases, std::string_view class_name, std::string_view name,
              std::string_view kind, std::string_view sentence) {
  ++cases.tests;
  cases.failures += kind == "failure" ? 1U : 0U;
  cases.errors += kind == "error" ? 1U : 0U;
  cases.text += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n",
                            xml_text(class_name), xml_text(name));
  if (kind.empty()) {
    cases.text += fmt::format("      <system-out>{}</system-out>\n", xml_text(sentence));
  } else {
    cases.text +=
        fmt::format("      <{} type=\"{}\" message=\"{}\"/>\n", kind,
                    kind == "failure" ? "breached" : "cannot be judged", xml_text(sentence));
  }
  cases.text += "    </testcase>\n";
}

void add_verdict(JunitCases& cases, std::string_view class_name, const store::RunRow& run) {
  std::string sentence(verdict_word(run));
  if (!run.verdict.reason.empty()) {
    sentence += ": " + run.verdict.reason;
  }
  const bool invalid = run.verdict.kind == stats::VerdictKind::kInvalid;
  add_case(cases, class_name, "verdict", invalid ? "failure" : "", sentence);
}

}  // namespace

Status write_junit(const FormatInput& input, const ByteSink& sink) {
  const store::RunRow& run = input.summary->run;
  const std::string class_name = fmt::format("macaw.run{}", run.run);
  JunitCases cases;
  add_verdict(cases, class_name, run);
  for (const Threshold& threshold : input.options->fail_if) {
    const Result<ThresholdResult> judged = evaluate(threshold, *input.summary);
    if (!judged) {
      add_case(cases, class_name, threshold.text, "error", judged.error().message());
    } else {
      add_case(cases, class_name, threshold.text, judged->breached ? "failure" : "",
               judged->sentence);
    }
  }
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", cases.tests,
                  cases.failures, cases.errors, to_seconds(run.spans.elapsed));
  std::string suite = fmt::format("run {} of {}", run.run, input.summary->database);
  if (!run.start.label.empty()) {
    suite += ": " + run.start.label;
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format("<testsuites name=\"macaw\" {}>\n", counts);
  text +=
      fmt::format("  <testsuite name=\"{}\" {} skipped=\"0\" timestamp=\"{}\" hostname=\"{}\">\n",
                  xml_text(suite), counts, go_time_seconds(run.start.started_at).substr(0, 19),
                  xml_text(run.start.host));
  text += "    <properties>\n";
  const std::pair<std::string_view, std::string> properties[] = {
      {"uuid", run.start.uuid},
      {"file", run.start.file},
      {"target", run.start.target},
      {"profile", run.start.profile},
      {"verdict", std::string(verdict_word(run))},
  };
  for (const auto& [name, value] : properties) {
    text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_text(value));
  }
  text += "    </properties>\n" + cases.text + "  </testsuite>\n</testsuites>\n";
  return sink(text);
}

}  // namespace macaw::report
