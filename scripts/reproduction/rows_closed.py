# SPDX-License-Identifier: MIT
"""The guides that drive a fixed number of users: Locust's and vegeta's."""

import base64
import csv
import http.client
import io
import json

import tables

HOST = "deploymentasyncrdrs.test.hopsworks.ai"
KEY = "apikey"
MEAN_MS = 24.07  # of the guide's report; 125 users at this mean are 5193 requests per second


def reply_size(address, file):
    """Body bytes of the answer to the file's first request."""
    with open(file, encoding="utf-8") as lines:
        record = json.loads(lines.readline())
    connection = http.client.HTTPConnection(address, timeout=10)
    headers = {name: values[0] for name, values in record["header"].items()}
    body = base64.b64decode(record["body"]) if "body" in record else record["text"].encode()
    connection.request(record["method"], "/" + record["url"].split("/", 3)[3], body=body,
                       headers=headers)
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    return answer.status, size


def row_a(bench):
    """Hopsworks deployment, Locust: 125 users without think time, 5000 requests/s, p99 < 50 ms"""
    seconds = bench.seconds(3, 20, 69)
    bench.title("A", row_a.__doc__, f"{seconds} s", "69 s")
    file = bench.create("hopsworks.jsonl", "hopsworks", 1000, "--api-key", KEY)
    checks = ["--require-host", HOST, "--require-key", KEY, "--require-instances", "25"]
    with bench.stub("--preset", "hopsworks", *checks) as stub:
        to = ["--connect-to", f"istio-ingressgateway:80:{stub}"]
        status, size = reply_size(stub, file)
        bench.check("reply, bytes", "67", f"{size}", "67, as stated", (status, size) == (200, 67))
        for users, guide_rate, guide_p99 in ((125, 5165.53, 47), (110, 5106.88, 48)):
            run = bench.play(f"A {users} users", file, *to, *bench.closed_loop(users),
                             "--duration", f"{seconds}s")
            users_a_row(bench, run, users, guide_rate, guide_p99)
        for arrivals in ("constant", "poisson"):
            run = bench.play(f"A open loop, {arrivals}", file, *to, "--rps", 5000, "--arrivals",
                             arrivals, "--duration", f"{bench.seconds(2, 10, 69)}s", "-c", 2000)
            p99 = tables.quantile(run.sorted_ms("response"), 99)
            bench.show(f"open loop, {arrivals}: requests/s", "", f"{run.sent_per_second():.0f}")
            bench.check(f"open loop, {arrivals}: p99, ms", "47", f"{p99:.1f}", "47 +- 1",
                        abs(p99 - 47) <= 1)
    generator_alone(bench, file, checks)


def users_a_row(bench, run, users, guide_rate, guide_p99):
    service = run.sorted_ms("service")
    mean, p99, rate = tables.mean(service), tables.quantile(service, 99), run.sent_per_second()
    expected = users / MEAN_MS * 1e3
    bench.check(f"{users} users: requests/s", f"{guide_rate:.0f}", f"{rate:.0f}",
                f"{users} / {MEAN_MS} ms = {expected:.0f} +- 5 %",
                abs(rate / expected - 1) <= 0.05)
    bench.check(f"{users} users: p99, ms", f"{guide_p99}", f"{p99:.1f}", "47 +- 1",
                abs(p99 - 47) <= 1)
    little = rate * mean / 1e3
    bench.check(f"{users} users: rate x mean", f"{users}", f"{little:.1f}",
                "Little's law within 1 %", abs(little / users - 1) <= 0.01)
    bench.check(f"{users} users: answers that are 200", "100 %",
                f"{100 * run.statuses().get(200, 0) / len(run.rows):g} %",
                "Host, key and 25 instances pass", run.statuses() == {200: len(run.rows)})
    for percent, guide in ((50, 23), (90, 33), (95, 37)) if users == 125 else ():
        bench.show(f"{users} users: p{percent}, ms", f"{guide}",
                   f"{tables.quantile(service, percent):.1f}")
    bench.show(f"{users} users: max, ms", "269" if users == 125 else "272", f"{service[-1]:.1f}")


def generator_alone(bench, file, checks):
    """What is ours of those milliseconds: a stub that answers at once."""
    with bench.stub(*checks) as stub:
        run = bench.play("A zero delay", file, "--connect-to", f"istio-ingressgateway:80:{stub}",
                         "--rps", 5000, "--duration", f"{bench.seconds(2, 10, 60)}s")
    lag = tables.quantile(run.sorted_ms("lag"), 99)
    bench.check("zero delay, 5000/s: own lag p99, ms", "", f"{lag:.3f}", "below 1 ms", lag < 1)


# The guide's table of GET /js/predict, from 8 ms (not stated) on.
MNIST = [(0, 8), (50, 20), (66, 25), (75, 30), (80, 36), (90, 63), (95, 110), (98, 190), (99, 240),
         (99.9, 400), (100, 717)]
MNIST_COLUMNS = (50, 66, 75, 80, 90, 95, 98, 99, 100)
THINK_MS = (900, 1100)
# A hop through two kernels and two loops, at most.
TRANSPORT_MS = 2


def row_b(bench):
    """Seldon's MNIST, Locust: 50 users who think 900 to 1100 ms, table of GET /js/predict (REST)"""
    seconds = bench.seconds(15, 75, 870)
    bench.title("B", row_b.__doc__, f"{seconds} s", "14.5 min")
    file = bench.create("mnist.txt", "mnist", 2000, "--endpoint", "seldon-server")
    with open(file, encoding="utf-8") as lines:
        targets = [len(line.split("seldon-server", 1)[1]) - 1 for line in lines
                   if line.startswith("http")]
    size = sum(targets) / len(targets)
    bench.check("request target, bytes", "6270", f"{size:.0f}", "within 1 %",
                abs(size / 6270 - 1) <= 0.01)
    with bench.stub("--preset", "mnist-rest") as stub:
        run = bench.play("B 50 users", file, "--target", stub, "--duration", f"{seconds}s",
                         *bench.closed_loop(50, spawn_rate=5,
                                            think=f"{THINK_MS[0]}ms..{THINK_MS[1]}ms"))
    service = run.sorted_ms("service")
    mean = tables.mean(service)
    # All 50 are there after 10 s; before, half of them on average.
    steady = [row for row in run.rows if row[1] >= 10_000]
    last = max(row[1] for row in run.rows)
    rate = 1e3 * len(steady) / (last - 10_000) if last > 10_000 else 0
    expected = 50 / (1 + mean / 1e3)
    bench.check("requests/s, all users there", "49", f"{rate:.1f}",
                f"50 / (1 s + mean) = {expected:.1f} +- 3 %", abs(rate / expected - 1) <= 0.03)
    table = list(csv.reader(io.StringIO(
        bench.report(run, "--format", "locust-distribution", "--clock", "service",
                     "--rounding", "locust"))))
    ours = dict(zip(table[0], next(row for row in table if "/js/predict" in row[0])))
    for percent in MNIST_COLUMNS:
        low, high = tables.band(MNIST, percent, len(service))
        low, high = tables.locust_rounded(low), tables.locust_rounded(high + TRANSPORT_MS)
        value = float(ours[f"{percent}%"])
        bench.check(f"{percent}%, ms, as Locust 0.7 rounds",
                    f"{tables.table_value(MNIST, percent)}",
                    f"{value:g}", f"{low} to {high}, as chance has it for {len(service)} requests",
                    low <= value <= high)
    print("  the table in Locust's layout:")
    for line in table:
        print("   ", ",".join(line))


DELAY_MS = 8.97  # 82.639 - 73.670: the executor of the guide
RECOVERED_MS = 0.5


def row_c(bench):
    """Seldon Core's executor, vegeta: 1 worker, flowers over REST with and without it, 8.97 ms"""
    seconds = bench.seconds(4, 60, 1200)
    bench.title("C", row_c.__doc__, f"{seconds} s a run", "20 min a run, one after the other")
    direct_file = bench.create("flowers-direct.jsonl", "flowers", 1, "--route", "direct")
    hop_file = bench.create("flowers-executor.jsonl", "flowers", 1)

    def play(label, hop, file, seconds, *options):
        with bench.stub("--preset", "flowers-direct") as model:
            if not hop:
                return bench.play(label, file, "--target", model, *options, *bench.closed_loop(1),
                                  "--duration", f"{seconds}s")
            with bench.stub("--proxy", model, "--delay", f"{DELAY_MS}ms") as executor:
                return bench.play(label, file, "--target", executor, *options,
                                  *bench.closed_loop(1), "--duration", f"{seconds}s")

    direct = play("C direct", False, direct_file, seconds)
    proxied = play("C executor", True, hop_file, seconds)
    for label, run, guide in (("direct", direct, 73.670), ("executor", proxied, 82.639)):
        service = run.sorted_ms("service")
        mean = tables.mean(service)
        bench.show(f"{label}: requests/s", f"{1e3 / guide:.2f}", f"{run.per_second():.2f}")
        spread = tables.DEVIATIONS * deviation(service) / len(service) ** 0.5
        bench.check(f"{label}: mean, ms", f"{guide}", f"{mean:.3f}",
                    f"{guide} +- {spread:.2f} (chance) + {RECOVERED_MS}",
                    guide - spread <= mean <= guide + spread + RECOVERED_MS)
    recovered(bench, "the guide's way: difference, ms", bench.compare(direct, proxied))
    # The stub draws the same time for the n-th request of both runs, so pairs of requests differ
    # by the hop alone.
    for name, options in (("kept connections", []), ("a connection each", ["--no-keepalive"])):
        shorter = bench.seconds(4, 30, 1200)
        one = play(f"C direct, {name}", False, direct_file, shorter, *options)
        two = play(f"C executor, {name}", True, direct_file, shorter, *options)
        recovered(bench, f"pairs, {name}: ms", bench.compare(one, two), want_pairs=True)


def recovered(bench, what, compared, want_pairs=False):
    """Whether the difference can be the hop's delay and a little work of its own."""
    difference, low, high, paired = compared
    least, most = DELAY_MS, DELAY_MS + RECOVERED_MS
    if low is None:
        low = high = difference
        text = "too few requests for an interval; itself in"
    else:
        text = f"its 95 % interval {low:.2f} .. {high:.2f} meets"
    bench.check(what, f"{DELAY_MS}", f"{difference:.2f}", f"{text} {least:.2f} .. {most:.2f}",
                low <= most and high >= least and paired >= want_pairs)


def deviation(values):
    mean = tables.mean(values)
    return (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
