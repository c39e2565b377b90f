// SPDX-License-Identifier: MIT
//
// https and HTTP/2 as a person uses them: against our stub, and against servers that others made
// (nginx, nghttpd; skipped, with a word, where they are not installed).
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "replay_fixture.h"
#include "support/scripted_server.h"

namespace macaw::test {

BOOST_AUTO_TEST_SUITE(tls_test)

namespace {

constexpr std::string_view kPath =
    "/js/action/new?consumer_key=k&user=1&item=7&type=1&jsonpCallback=j";

/// `replay stub --tls`, and whom to trust.
struct TlsStub {
  explicit TlsStub(const ReplayFolder& folder, std::vector<std::string> args = {})
      : process("replay", folder.options(all(std::move(args)))) {
    BOOST_REQUIRE_MESSAGE(process.wait_for_out("\n"), process.err());
    const std::string line = lines_of(process.out()).front();
    const std::string_view ready = "listening on https://";
    BOOST_REQUIRE_MESSAGE(line.starts_with(ready), line);
    url = line.substr(std::string_view("listening on ").size());
  }

  static std::vector<std::string> all(std::vector<std::string> args) {
    args.insert(args.begin(), {"stub", "--port", "0", "--tls", "--cert-out", "stub.pem"});
    return args;
  }

  Process process;
  std::string url;
};

std::string paths(size_t count) {
  std::string text;
  for (size_t k = 0; k < count; ++k) {
    text += std::string(kPath) + "\n";
  }
  return text;
}

/// A free port, for programs that cannot tell which one they took.
std::string free_port() {
  const ScriptedServer server([](ScriptedConnection&) {});
  return std::to_string(server.port());
}

bool is_installed(const std::string& program) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"}) {
    if (std::filesystem::exists(folder + program)) {
      return true;
    }
  }
  BOOST_TEST_MESSAGE("skipped: " << program << " is not installed");
  return false;
}

/// Plays until somebody listens there, at most for ten seconds.
ProcessResult play_when_ready(const ReplayFolder& folder, const std::vector<std::string>& args) {
  ProcessResult result;
  for (int tries = 0; tries < 100; ++tries) {
    result = folder.play(args);
    if (!contains(result.err, "connection refused")) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_run_over_https) {
  const ReplayFolder folder;
  const TlsStub stub(folder);
  folder.dir().write("run.txt", paths(40));
  const auto result = folder.play(
      {"run.txt", "--target", stub.url, "--cacert", "stub.pem", "--rps", "200", "-c", "4"});
  check_ended_well(result);
  BOOST_TEST(contains(result.out, "HTTP/2 over TLS 1.3"), result.out);
  Sql sql(folder.db());
  folder.check_stored(sql);
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == 40U);
  BOOST_TEST(sql.one("select distinct tls from connections") == "TLS 1.3");
  BOOST_TEST(sql.count("select count(*) from connections where handshake_ms > 0") > 0U);
  BOOST_TEST(sql.one("select target from runs") == stub.url);
}

BOOST_AUTO_TEST_CASE(https_stands_in_the_file_too) {
  const ReplayFolder folder;
  const TlsStub stub(folder);
  folder.dir().write("run.txt", stub.url + std::string(kPath) + "\n");
  check_ended_well(folder.play({"run.txt", "--insecure", "--rps", "50", "-n", "10"}));
  Sql sql(folder.db());
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == 10U);
}

BOOST_AUTO_TEST_CASE(a_bad_certificate_is_one_line_before_the_run) {
  const ReplayFolder folder;
  const TlsStub stub(folder);
  folder.dir().write("run.txt", paths(1000));
  const auto result = folder.play({"run.txt", "--target", stub.url, "--rps", "1000"});
  BOOST_TEST(result.code == 2);
  BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
  BOOST_TEST(contains(result.err,
                      "certificate verify failed: self-signed certificate; --cacert "
                      "FILE says whom else to trust, --insecure takes any"),
             result.err);
  BOOST_TEST(!std::filesystem::exists(folder.db()));
}

BOOST_AUTO_TEST_CASE(sessions_are_resumed_unless_told_not_to) {
  const ReplayFolder folder;
  const TlsStub stub(folder);
  folder.dir().write("run.txt", paths(30));
  for (const bool resume : {true, false}) {
    std::vector<std::string> args{"run.txt", "--target",       stub.url, "-k", "--rps",
                                  "100",     "--no-keepalive", "-c",     "1"};
    if (!resume) {
      args.emplace_back("--no-tls-resume");
    }
    check_ended_well(folder.play(args));
    Sql sql(folder.db());
    const auto resumed = sql.count("select count(*) from connections where resumed");
    BOOST_TEST(sql.count("select count(*) from connections") == 30U);
    BOOST_TEST((resume ? resumed > 20U : resumed == 0U), resumed);
  }
}

BOOST_AUTO_TEST_CASE(wrong_options_are_one_line) {
  const ReplayFolder folder;
  folder.dir().write("run.txt", paths(1));
  folder.dir().write("text.pem", "no certificate\n");
  const auto complaint = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"run.txt", "--target", "https://127.0.0.1:1", "--rps", "1"});
    const auto result = folder.play(args);
    BOOST_TEST(result.code == 1, result.err);
    BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
    return result.err;
  };
  BOOST_TEST(complaint({"--cacert", "missing.pem"}) ==
             "replay: missing.pem: No such file or directory\n");
  BOOST_TEST(contains(complaint({"--cacert", "text.pem"}), "text.pem: found no certificates"));
  BOOST_TEST(contains(complaint({"--cert", "text.pem"}), "text.pem: found no certificate in PEM"));
  BOOST_TEST(complaint({"--key", "text.pem"}) == "replay: --key needs --cert\n");
  BOOST_TEST(complaint({"-k", "--cacert", "text.pem"}) ==
             "replay: --insecure and --cacert: found both, expected one of them\n");
  BOOST_TEST(complaint({"--tls-min", "1.1"}) ==
             "replay: --tls-min: found '1.1', expected 1.2 or 1.3\n");
  BOOST_TEST(complaint({"--tls-min", "1.3", "--tls-max", "1.2"}) ==
             "replay: --tls-max is older than --tls-min\n");
  BOOST_TEST(complaint({"--http2", "--http1.1"}) ==
             "replay: --http1.1 and --http2: found both, expected one of them\n");
  BOOST_TEST(complaint({"--streams", "0"}) ==
             "replay: --streams: found 0, expected 1 to 1000000\n");
}

BOOST_AUTO_TEST_CASE(nobody_speaks_what_was_asked_for) {
  const ReplayFolder folder;
  const ScriptedServer http1([](ScriptedConnection& client) {
    client.take_some();
    client.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    client.hold();
  });
  folder.dir().write("run.txt", paths(1));
  const auto refusal = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"run.txt", "--rps", "1", "--target"});
    const auto result = folder.play(args);
    BOOST_TEST(result.code == 2, result.err);
    BOOST_TEST(lines_of(result.err).size() == 1U, result.err);
    return result.err;
  };
  BOOST_TEST(
      contains(refusal({http1.host_port(), "--http2"}), "the server speaks HTTP/1, not HTTP/2"));
  BOOST_TEST(
      contains(refusal({"https://" + http1.host_port(), "-k"}), "the peer does not speak TLS"));
}

/// What our stub answers over HTTP/2 is what it answers over HTTP/1.1.
BOOST_AUTO_TEST_CASE(the_stub_speaks_http2_too) {
  const ReplayFolder folder;
  const StubTarget stub;
  folder.dir().write("run.txt", paths(200));
  check_ended_well(folder.play({"run.txt", "--target", stub.host_port(), "--http2", "--rps", "500",
                                "-c", "2", "--streams", "10"}));
  Sql sql(folder.db());
  folder.check_stored(sql);
  BOOST_TEST(sql.count("select count(*) from requests where outcome = 'ok'") == 200U);
  BOOST_TEST(sql.one("select distinct protocol from connections") == "HTTP/2");
}

BOOST_AUTO_TEST_CASE(a_token_is_fetched_over_https) {
  const ReplayFolder folder;
  const TlsStub stub(folder, {"--client", "shop:s"});
  folder.dir().write("run.txt", paths(10));
  const auto result =
      folder.play({"run.txt", "--target", stub.url, "--cacert", "stub.pem", "--rps", "50",
                   "--token-url", "/oauth/token", "--token-client", "shop:s"});
  check_ended_well(result);
  const auto distrusted = folder.play({"run.txt", "--target", stub.url, "--rps", "50",
                                       "--token-url", "/oauth/token", "--token-client", "shop:s"});
  BOOST_TEST(distrusted.code == 2);
  BOOST_TEST(contains(distrusted.err, "certificate verify failed"), distrusted.err);
}

BOOST_AUTO_TEST_CASE(nginx_chooses_http2_and_nghttpd_has_nothing_else) {
  const ReplayFolder folder;
  const TlsStub stub(folder);  // for its certificate, and a key of our own below
  if (is_installed("nginx") && is_installed("openssl")) {
    const auto made = run_process(
        "openssl",
        folder.options({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"}));
    BOOST_REQUIRE_MESSAGE(made.code == 0, made.err);
    const std::string port = free_port();
    folder.dir().write(
        "nginx.conf",
        "daemon off; master_process off; pid nginx.pid; error_log stderr crit;\n"
        "events { worker_connections 512; }\n"
        "http { access_log off; client_body_temp_path b; proxy_temp_path p;\n"
        "fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s; keepalive_requests 1000000;\n"
        "server { listen 127.0.0.1:" +
            port +
            " ssl http2; ssl_certificate cert.pem;\n"
            "ssl_certificate_key key.pem; ssl_protocols TLSv1.2 TLSv1.3;\n"
            "location / { return 200 hello; } } }\n");
    Process nginx("nginx", folder.options({"-p", folder.dir().path(), "-c", "nginx.conf"}));
    folder.dir().write("run.txt", "/a\n/b\n");
    for (const auto& [flag, expected] :
         {std::pair<std::string, std::string>{"--streams", "HTTP/2"},
          std::pair<std::string, std::string>{"--http1.1", "HTTP/1.1"}}) {
      std::vector<std::string> args{"run.txt",  "--target", "https://127.0.0.1:" + port,
                                    "--cacert", "cert.pem", "--rps",
                                    "200",      "-n",       "100",
                                    flag};
      if (flag == "--streams") {
        args.emplace_back("10");
      }
      check_ended_well(play_when_ready(folder, args));
      Sql sql(folder.db());
      folder.check_stored(sql, static_cast<int64_t>(sql.count("select max(run) from runs")));
      BOOST_TEST(sql.one("select distinct protocol from connections") == expected);
      BOOST_TEST(sql.count("select count(*) from requests where status = 200") == 100U);
    }
    end_with(nginx, SIGQUIT);
  }
  if (is_installed("nghttpd")) {
    const std::string port = free_port();
    folder.dir().write("hello", "hello\n");
    const Process nghttpd("nghttpd", folder.options({"--no-tls", "--address=127.0.0.1", "-d",
                                                     folder.dir().path(), port}));
    folder.dir().write("run.txt", "/hello\n/not-there\n");
    check_ended_well(play_when_ready(folder, {"run.txt", "--target", "127.0.0.1:" + port, "--http2",
                                              "--rps", "500", "-n", "400", "-c", "2"}));
    Sql sql(folder.db());
    BOOST_TEST(sql.one("select group_concat(status || ' ' || count, ', ') from statuses "
                       "where endpoint = 'all'") == "200 200, 404 200");
    BOOST_TEST(sql.one("select distinct protocol from connections") == "HTTP/2");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace macaw::test
