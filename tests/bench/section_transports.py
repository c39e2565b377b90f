# SPDX-License-Identifier: MIT
"""TLS and HTTP/2, flat out: the replayer, with every request stored, beside h2load, interleaved,
against nginx.
"""

import contextlib
import socket
import subprocess
import time

import harness
import results
import tools

STREAMS = 10
EXPECTED_RPS = 90_000

CONFIGURATION = """\
daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  ssl_certificate cert.pem; ssl_certificate_key key.pem; ssl_protocols TLSv1.3;
  server {{ listen 127.0.0.1:{https} ssl; location / {{ return 200 {answer}; }} }}
  server {{ listen 127.0.0.1:{h2} ssl http2; location / {{ return 200 {answer}; }} }}
  server {{ listen 127.0.0.1:{h2c} http2; location / {{ return 200 {answer}; }} }}
}}
"""

# name: (port of the configuration, scheme, h2load's options, replay's options, goal over h2load)
TRANSPORTS = {
    "HTTP/1.1 over TLS 1.3": ("https", "https", ["--h1"], ["--http1.1"], 1.5),
    "HTTP/2 over TLS 1.3": ("h2", "https", ["-m", STREAMS], ["--http2", "--streams", STREAMS], 2.0),
    "HTTP/2 without TLS": ("h2c", "http", ["-m", STREAMS], ["--http2", "--streams", STREAMS], 2.0),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise harness.BenchError(f"nobody listens on port {port}")


@contextlib.contextmanager
def nginx(bench):
    """Ports by name, of an nginx on the server's core."""
    folder = bench.work / "nginx"
    folder.mkdir(exist_ok=True)
    ports = {name: free_port() for name in ("https", "h2", "h2c")}
    (folder / "nginx.conf").write_text(
        CONFIGURATION.format(answer="x" * 40, **ports), encoding="ascii")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
                    "-days", "2", "-subj", "/CN=localhost"], cwd=folder, check=True,
                   capture_output=True)
    server = subprocess.Popen(["taskset", "-c", str(bench.server_core), "nginx", "-p",
                               f"{folder}/", "-c", "nginx.conf"])
    try:
        for port in ports.values():
            wait_for(port)
        yield ports
    finally:
        server.terminate()
        server.wait()


def h2load(bench, url, requests, options):
    outcome = harness.run(["h2load", "-t1", f"-c{tools.CONNECTIONS}", f"-n{requests}", *options,
                           url], {bench.generator_core})
    done = tools.number(r"(\d+) succeeded", outcome, "h2load")
    return tools.measured(outcome, done, tools.number(r"([\d.]+) req/s", outcome, "h2load"))


def transports(bench):
    section = results.Section(results.TRANSPORTS)
    missing = [program for program in ("nginx", "h2load", "openssl")
               if not tools.installed(program)]
    if missing:
        section.say(f"Not measured: no {', '.join(missing)} here.")
        return section
    section.say(
        "`replay` plays 100,000 different URLs at `--rps max` and stores every request in SQLite; "
        f"h2load sends one URL and stores nothing. {tools.CONNECTIONS} connections, over HTTP/2 "
        f"{STREAMS} streams on each; nginx answers 40 bytes. CPU: user and system time of the "
        "whole process, start and end included.")
    requests = EXPECTED_RPS * (2 if bench.quick else 5)
    rows, goals = [], []
    with nginx(bench) as ports:
        for name, (port, scheme, theirs, ours, bound) in TRANSPORTS.items():
            place = f"{scheme}://127.0.0.1:{ports[port]}"
            found = {"replay": [], "h2load": []}
            for _ in range(bench.repetitions):
                found["h2load"].append(h2load(bench, place + bench.path(), requests, theirs))
                found["replay"].append(bench.tools.replay(
                    ports[port], bench.replay_file(), "--rps", "max", "-n", requests, "-k", *ours,
                    target=place))
            for client, runs in found.items():
                rows.append((name, client, results.spread(results.column(runs, "rps")),
                             results.spread(results.column(runs, "cpu_us"))))
            over = [mine["cpu_us"] - other["cpu_us"]
                    for mine, other in zip(found["replay"], found["h2load"])]
            failed = sum(run["totals"]["requests"] - run["totals"]["ok"] + run["rows_lost"]
                         for run in found["replay"])
            goals.append((name, over, bound, failed))
    section.table(("transport", "client", "requests/s", "CPU us/request"), rows)
    for name, over, bound, failed in goals:
        section.say(f"{name}: replay - h2load {results.spread(over)} us of CPU per request.")
        section.goal(f"{name}: CPU per request, replay - h2load", results.arrivals.median(over),
                     bound, unit=" us")
        section.claim(f"{name}: every request of replay is a stored row, and ok", failed == 0,
                      f"{failed} lost or not ok")
    return section
