"""The table of docs/performance.md: every row of it, measured in one run."""

import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

import bench_build
import project

DOCUMENT = project.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- table -->", "<!-- end of the table -->"
INTEROP = project.ROOT / "tests" / "interop"
# Of a rate of frames that is asked for: below, the client could not keep up.
KEPT_UP = 0.95
# Per cent of frames that left late: above, they came in bursts, and the row says so.
LATE_MAX = 10
COLUMNS = ("what", "connector", "naive twin", "floor or next best", "connector : floor", "budget",
           "met")


def json_of(name, *arguments):
    """What a program of the benchmarks prints as JSON: a report, or its last line."""
    print(f"==> {name} {' '.join(arguments)}", flush=True)
    program = project.build_dir("bench") / "bin" / name
    done = subprocess.run([str(program), *arguments], cwd=project.ROOT, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if done.returncode != 0:
        raise project.Failed(f"{name} ended with {done.returncode}")
    text = done.stdout.strip()
    return json.loads(text if text.startswith("{\n") else text.splitlines()[-1])


class Micro:
    """The medians of one program of Google Benchmark, by name."""

    def __init__(self, name, repetitions):
        # Of one repetition the library tells no median.
        report = json_of(name, f"--benchmark_repetitions={max(repetitions, 2)}",
                         "--benchmark_report_aggregates_only=true", "--benchmark_format=json")
        self.rows = {row["run_name"]: row for row in report["benchmarks"]
                     if row.get("aggregate_name") == "median"}

    def ns(self, name):
        """Nanoseconds a run; of a name with manual time, of that time."""
        row = self.rows[name]
        kind = "real_time" if "manual_time" in name else "cpu_time"
        return row[kind] * {"ns": 1, "us": 1e3, "ms": 1e6}[row["time_unit"]]

    def counter(self, name, counter):
        """A counter of the program's own; None where it was skipped."""
        return self.rows.get(name, {}).get(counter)


def row(what, ours, unit, *, naive=None, floor=None, budget=None, digits=2):
    """One line of the table. Of numbers; None is an empty cell."""
    def cell(value):
        return "" if value is None else f"{value:,.{digits}f} {unit}".rstrip()
    ratio = f"{ours / floor:.2f}" if ours is not None and floor else ""
    met = "" if budget is None or ours is None else "yes" if ours <= budget else "**no**"
    return (what, cell(ours), cell(naive), cell(floor), ratio, cell(budget), met)


def wire_rows(rounds):
    """Frames over TLS, as processes."""
    report = json_of("throughput_bench", "--frame", "ticker,diff", "--pairs", "1,1000",
                     "--rounds", str(rounds))
    books = json_of("throughput_bench", "--frame", "book", "--pairs", "1", "--rounds", str(rounds))
    of = {(r["frame"], r["pairs"], r["client"]): r for r in report["rows"] + books["rows"]}

    def cpu(frame, pairs, client):
        return of[frame, pairs, client]["cpu_us"]
    rows = []
    for frame, text, budget in (("ticker", "best bid and ask over TLS to its event, CPU", 1.1),
                                ("diff", "20-level diff over TLS into a book, CPU", 2.8),
                                ("book", "book of 20 levels a side over TLS, CPU", None)):
        rows.append(row(text, cpu(frame, 1, "connector"), "µs", budget=budget,
                        naive=cpu(frame, 1, "naive"), floor=cpu(frame, 1, "floor")))
    for frame, text in (("ticker", "the same of 1,000 pairs : of one pair, best bid and ask"),
                        ("diff", "the same, 20-level diffs")):
        ratios = {client: cpu(frame, 1000, client) / cpu(frame, 1, client)
                  for client in ("connector", "naive", "floor")}
        rows.append(row(text, ratios["connector"], "", naive=ratios["naive"],
                        floor=ratios["floor"], budget=1.4))
    rows.append(row("memory of the process with 1,000 pairs",
                    of["diff", 1000, "connector"]["rss_mb"], "MB", budget=300, digits=0,
                    naive=of["diff", 1000, "naive"]["rss_mb"]))
    return report["machine"], rows


def paced_rows(rounds, rate=100_000):
    """How much of a core so many frames a second take."""
    rows = []
    report = json_of("throughput_bench", "--frame", "ticker", "--pairs", "100", "--rate",
                     str(rate), "--frames", str(4 * rate), "--waiting", "blocking,coalescing",
                     "--rounds", str(rounds))

    def share(waiting, client):
        found = [r for r in report["rows"] if (r["waiting"], r["client"]) == (waiting, client)]
        has_kept_up = found and found[0]["frames_per_second"] >= KEPT_UP * rate
        return found[0]["core_percent"] if has_kept_up else None
    late = max(r["late_percent"] for r in report["rows"] if r["client"] == "connector")
    bursts = f" ({late:.0f} % of them late)" if late > LATE_MAX else ""
    for waiting, budget in (("blocking", 70), ("coalescing", 35)):
        ours = share(waiting, "connector")
        if ours is None:
            raise project.Failed(f"the connector, or its sender, fell behind {rate} frames a second")
        rows.append(row(f"CPU of a core at {rate:,} ticks a second of 100 pairs, {waiting}"
                        f"{bursts}", ours, "%", naive=share(waiting, "naive"),
                        floor=share(waiting, "floor"), budget=budget, digits=0))
    return rows


def peer_rows(rounds):
    """ccxt beside the connector, and a word about it where it is not there."""
    if shutil.which("node") is None or not (INTEROP / "node_modules" / ".installed").exists():
        return [], "ccxt is not installed (tests/interop/run installs it): its rows are left out."
    words = ("env NODE_EXTRA_CA_CERTS={ca} INTEROP_URL=https://127.0.0.1:{port} node "
             f"{INTEROP}/bench_peer.mjs ")
    report = json_of("throughput_bench", "--frame", "ticker,diff", "--pairs", "1", "--frames",
                     "50000", "--client", "connector", "--rounds", str(rounds), "--peer",
                     words + "{frame} {pairs} {warmup} {frames}")
    of = {(r["frame"], r["client"]): r["cpu_us"] for r in report["rows"]}
    rows = [row(f"{text} over TLS, CPU (next best: ccxt)", of[frame, "connector"], "µs",
                floor=of[frame, "peer"])
            for frame, text in (("ticker", "best bid and ask"), ("diff", "20-level diff"))]
    report = json_of("tick_to_order_bench", "--block", "--ticks", "2000", "--rounds", str(rounds),
                     "--peer", words + "order")
    of = {r["client"]: r["p50_us"] for r in report["rows"]}
    rows.append(row("tick to order, blocking, p50 (next best: ccxt)", of["connector"], "µs",
                    naive=of["naive"], floor=of["peer"], digits=1))
    return rows, ""


def instruction_rows():
    """Instructions of one frame over TLS."""
    report = json_of("throughput_bench", "--instructions", "--pairs", "1")
    of = {(r["frame"], r["client"]): r["instructions"] for r in report["rows"]}
    return [row(text, of[frame, "connector"], "", naive=of[frame, "naive"],
                floor=of[frame, "floor"], budget=budget, digits=0)
            for frame, text, budget in (("ticker", "instructions: best bid and ask", 10_000),
                                        ("diff", "instructions: 20-level diff", 24_000),
                                        ("book", "instructions: book of 20 levels a side",
                                         25_000))]


def loop_rows():
    """A loop for each connector: what a frame costs with several of them."""
    report = json_of("throughput_bench", "--instructions", "--frame", "ticker", "--pairs", "10",
                     "--loops", "1,2,4", "--client", "connector")
    of = {r["loops"]: r["instructions"] for r in report["rows"]}
    return [row(f"instructions: best bid and ask, {loops} loops : one loop", of[loops] / of[1], "",
                budget=1.4)
            for loops in (2, 4)]


def latency_rows(rounds):
    """From a tick's leaving to its order's arrival."""
    rows = []
    for mode, text, budgets in (("--spin", "spinning", (18.5, 45)),
                                ("--block", "blocking", (55, 150))):
        report = json_of("tick_to_order_bench", mode, "--rounds", str(rounds))
        of = {r["client"]: r for r in report["rows"]}
        for quantile, budget in zip(("p50", "p99"), budgets):
            field = f"{quantile}_us"
            rows.append(row(f"tick to order over TLS and REST, {text}, {quantile}",
                            of["connector"][field], "µs", budget=budget, digits=1,
                            naive=of["naive"][field], floor=of["floor"][field]))
    return rows


def micro_rows(repetitions):
    """Parts of the path, each against its alternatives."""
    parser = Micro("binance_parser_benchmark", repetitions)
    book = Micro("order_book_benchmark", repetitions)
    path = Micro("order_path_benchmark", repetitions)
    sign = Micro("sign_benchmark", repetitions)
    throttler = Micro("throttler_benchmark", repetitions)
    decimal = Micro("decimal_benchmark", repetitions)
    bus = Micro("event_bus_benchmark", repetitions)
    risk = Micro("risk_gate_benchmark", repetitions)
    rows = [row("parse a 20-level diff (next best: simdjson)", parser.ns("BM_DiffScanner/20"),
                "ns", naive=parser.ns("BM_DiffNlohmann/20"),
                floor=parser.ns("BM_DiffGeneral/20"), budget=450, digits=0)]
    for number, market, hot in ((0, "spot", 15), (1, "USD-M", 30)):
        names = {kind: f"BM_{kind}/{number}/manual_time"
                 for kind in ("StdMap", "BtreeMap", "OrderBook", "HotOrderBook")}
        of = {kind: book.counter(name, "ns_per_change") for kind, name in names.items()}
        if of["OrderBook"] is None:
            continue  # no recording
        others = {"naive": of["StdMap"], "floor": of["BtreeMap"], "digits": 1}
        rows.append(row(f"one level change, {market} recording (next best: B-tree)",
                        of["OrderBook"], "ns", budget=60, **others))
        rows.append(row(f"the same, hot book, {market}", of["HotOrderBook"], "ns", budget=hot,
                        **others))
    for kind, text, budget in (("OrderBook", "memory of a book, 1,000 levels a side", 100),
                               ("HotBook", "memory of a hot book after a recording", 512)):
        counter = "bytes_1000_levels" if kind == "OrderBook" else "bytes"
        bytes_of = [book.counter(f"BM_Memory<{name}>/0/iterations:1", counter)
                    for name in (kind, "MapBook<StdMap>", "MapBook<BtreeMap>")]
        if None not in bytes_of:
            ours, naive, tree = (value / 1024 for value in bytes_of)
            rows.append(row(text, ours, "KiB", naive=naive, floor=tree, budget=budget, digits=0))
    to_event = [path.ns(f"BM_FrameToEvent/{kind}/manual_time") / 1000 for kind in (0, 1)]
    by_rest = path.ns("BM_PlaceToWire/rest/pairs:1/manual_time")
    rows += [
        row("bytes of a tick to bytes of an order (REST), without sockets",
            to_event[0] + by_rest / 1000, "µs", budget=1.7),
        row("bytes of a 20-level diff to bytes of an order (REST)",
            to_event[1] + by_rest / 1000, "µs", budget=3.0),
        row("bytes of a tick to bytes of an order (WebSocket, each order signed)",
            to_event[0] + path.ns("BM_PlaceToWire/socket/pairs:1/manual_time") / 1000, "µs",
            budget=1.7),
        row("bytes of a tick to bytes of an order (WebSocket, logged on)",
            to_event[0] + path.ns("BM_PlaceToWire/logged_on/pairs:1/manual_time") / 1000, "µs",
            budget=1.7),
        row("Place to the wire, of 1,000 pairs : of one pair",
            path.ns("BM_PlaceToWire/rest/pairs:1000/manual_time") / by_rest, ""),
        row("heap allocations from Place to the wire",
            path.counter("BM_PlaceToWire/rest/pairs:1/manual_time", "allocations"), "",
            budget=0, digits=0),
        row("build and sign an order, HMAC (next best: OpenSSL's HMAC alone)",
            sign.ns("BM_BuildAndSignOrder") / 1000, "µs", budget=0.45,
            floor=sign.ns("BM_HmacOneShot") / 1000),
        row("build and sign an action, EIP-712 (floor: secp256k1 alone)",
            sign.ns("BM_BuildAndSignAction") / 1000, "µs", budget=32, digits=1,
            floor=sign.ns("BM_Secp256k1Sign") / 1000),
        row("sign, Ed25519 (next best: OpenSSL)", sign.ns("BM_Ed25519Sign") / 1000, "µs",
            budget=40, digits=1, floor=sign.ns("BM_Ed25519OpenSsl") / 1000),
        row("right to send with 100,000 requests counted",
            throttler.ns("BM_Acquire/order/100000"), "ns", budget=200, digits=0,
            naive=throttler.ns("BM_NaiveList/100000")),
        row("all risk checks of an order, 1,000 open", risk.ns("CheckLimitOrder/1000"), "ns",
            budget=200, digits=0),
        row("parse a price (next best: strtod)", decimal.ns("BM_ParseScaled"), "ns", digits=1,
            naive=decimal.ns("BM_ParseNaively"), floor=decimal.ns("BM_ParseStrtod")),
        row("an event to one handler (floor: a direct call)", bus.ns("BM_EventBus/1"), "ns",
            naive=bus.ns("BM_StdFunctions/1"), floor=bus.ns("BM_DirectCalls/1"), digits=1),
    ]
    return rows


def binary_row(scratch):
    """The program, stripped."""
    stripped = pathlib.Path(scratch) / "colibri"
    project.run_quietly(["strip", "-o", stripped, project.program()], "strip")
    return row("the program, stripped", stripped.stat().st_size / 2**20, "MiB", budget=8, digits=1)


def start_row(scratch):
    """From the start to the first book, against a venue on this machine."""
    port = 18_765
    with subprocess.Popen([str(project.program()), "sim", "binance", "--port", str(port)],
                          cwd=scratch, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as venue:
        try:
            time.sleep(2)
            figures = []
            for _ in range(11):
                done = subprocess.run(
                    [str(project.program()), "book", "binance", "BTC-USDT", "--domain", "local",
                     "--json", "--rest-url", f"http://127.0.0.1:{port}",
                     "--stream-url", f"ws://127.0.0.1:{port}/stream"],
                    cwd=scratch, text=True, check=False, capture_output=True)
                found = re.search(r'"first_book_ms": ?([0-9.]+)', done.stdout)
                if found is None:
                    raise project.Failed(f"colibri book: {done.stderr.strip()[:300]}")
                figures.append(float(found.group(1)))
        finally:
            venue.terminate()
    return row("start to first book, venue on this machine", statistics.median(figures), "ms",
               budget=50, digits=0)


def build_rows():
    """A clean build, without ccache."""
    program, everything, seconds, source = bench_build.measure()
    return [row("clean build of program and libraries, 2 cores", program, "min", budget=10,
                digits=1),
            row("the same with every test", everything, "min", budget=10, digits=1),
            row(f"its slowest file (`{source}`)", seconds, "s", budget=30, digits=1)]


def print_build():
    """The rows of the clean build alone; the document stays as it is."""
    for cells in build_rows():
        print("| " + " | ".join(cells) + " |")


def text_of(machine, rows, note):
    """The table, with the machine that it is true of."""
    lines = [f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, "
             f"{machine['compiler']}, {time.strftime('%Y-%m-%d', time.gmtime())}.", "",
             "| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(cells) + " |" for cells in rows]
    if note:
        lines += ["", note]
    return "\n".join(lines)


def run(rounds, repetitions, with_build):
    """Measures everything and writes it into the document. Takes half an hour."""
    project.build("release", ["colibri"])
    project.build("bench")
    with tempfile.TemporaryDirectory(prefix="colibri-table-") as scratch:
        machine, rows = wire_rows(rounds)
        rows += paced_rows(rounds) + instruction_rows() + loop_rows() + latency_rows(rounds)
        compared, note = peer_rows(rounds)
        rows += compared + micro_rows(repetitions)
        rows += [start_row(scratch), binary_row(scratch)]
    if with_build:
        rows += build_rows()
    table = text_of(machine, rows, note)
    document = DOCUMENT.read_text()
    before, rest = document.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")
    print(table)
    missed = [cells[0] for cells in rows if cells[-1] == "**no**"]
    print(f"{len(rows)} rows, {len(missed)} beyond their budget")
