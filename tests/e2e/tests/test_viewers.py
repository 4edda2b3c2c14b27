"""What vlagg export gives opens in the programs that it is for: speedscope in a browser, and OpenTelemetry's collector."""
import base64
import datetime
import json
import re
import socket
import subprocess
import time
import unittest

from browser import Browser, missing
from test_export import Exported
from vl import BUILD, vlagg

SPEEDSCOPE = BUILD / "node" / "node_modules" / "speedscope" / "dist" / "release" / "index.html"
COLLECTOR = BUILD / "otlp-to-file"


def nanoseconds(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return int(datetime.datetime.fromisoformat(whole + "+00:00").timestamp()) * 10**9 + int(fraction)


def seconds(shown):
    """8.01s, 827.52ms, 3.10µs, 1:05 (a minute and five seconds)"""
    if ":" in shown:
        return sum(float(part) * 60**i for i, part in enumerate(reversed(shown.split(":"))))
    value, unit = re.fullmatch(r"([\d.]+)(\D+)", shown).groups()
    return float(value) * {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]


def lives(events):
    """pid: how many seconds it lived at least, from its first word to its last, and at most: from when its parent began to
    start it until its parent had waited for it."""
    first, last = {}, {}
    for event in events:
        pid, end = event["pid"], nanoseconds(event["t"])
        first[pid] = min(first.get(pid, end), end - event["took_ns"])
        last[pid] = max(last.get(pid, end), end)
    begin, over = dict(first), dict(last)
    for event in events:
        child, end = event.get("child"), nanoseconds(event["t"])
        if event["kind"] == "process_spawn" and child in first:
            begin[child] = min(begin[child], end - event["took_ns"])
        elif event["kind"] == "process_reap":
            over[child] = max(over[child], end)
    return {pid: ((last[pid] - first[pid]) / 1e9, (over[pid] - begin[pid]) / 1e9) for pid in first}


@unittest.skipUnless(SPEEDSCOPE.exists(), "speedscope: not installed, see scripts/setup-clients")
@unittest.skipIf(missing(), missing())
class Speedscope(Exported):
    def open_trace(self, browser):
        script = self.folder / "trace.js"
        text = base64.b64encode(self.export("chrome")).decode()
        script.write_text(f"speedscope.loadFileFromBase64('trace.json', '{text}')")
        browser.driver.get(f"{SPEEDSCOPE.as_uri()}#localProfilePath={script}")
        for _ in range(600):
            rows = browser.run("return [...document.querySelectorAll('tbody tr')].map(row => [row.title, row.lastChild.innerText])")
            if rows:
                return rows
            time.sleep(.1)
        self.fail(f"speedscope shows nothing: {browser.complaints()}")

    def test_each_process_is_a_row_as_long_as_cat_says(self):
        with Browser() as browser:
            browser.driver.get("about:blank")
            rows = self.open_trace(browser)
            said = [line for line in browser.complaints() if "Tried to end" in line or "still open" in line]
        self.assertEqual(said, [])
        shown = {}
        for title, length in rows:
            video, program, pid = re.fullmatch(r"(.*) \(pid \d+\), (.*) \(tid (\d+)\)", title).groups()
            if program not in ("attempts", "Claude calls"):
                shown[int(pid)] = video, program, seconds(length)
        told = lives(self.cat(self.spool))
        self.assertEqual(set(shown), set(told))
        videos = {event["pid"]: event["video"] for event in self.cat(self.spool) if event["video"]}
        for pid, (video, program, length) in shown.items():
            least, most = told[pid]
            most += 1 if video == "run" else 0  # nobody recorded who started the first one
            self.assertTrue(least * .99 <= length <= most * 1.01, (video, program, pid, least, length, most))
            if program == "manim":
                self.assertEqual(video, videos[pid])


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def plain(value):
    """OTLP/JSON without what may be left out: empty lists, objects and texts, and zeros of enums and flags."""
    if isinstance(value, dict):
        kept = {key: plain(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in ({}, [], "", None, False) and not (key == "code" and one == 0)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Otlp(Exported):
    def lines(self):
        return [json.loads(line) for line in self.export("otlp").splitlines()]

    def spans(self):
        return [span for line in self.lines() for one in line.get("resourceSpans", []) for scope in one["scopeSpans"] for span in scope["spans"]]

    @unittest.skipUnless(COLLECTOR.exists(), "otlp-to-file: not built, see scripts/setup-clients")
    def test_a_collector_takes_it_and_passes_it_on_unchanged(self):
        port, out = free_port(), self.folder / "collected.json"
        collector = subprocess.Popen([COLLECTOR, f"127.0.0.1:{port}", out], stderr=subprocess.PIPE)
        self.addCleanup(collector.stderr.close)
        self.addCleanup(collector.kill)
        self.assertIn(b"ready", collector.stderr.readline())
        self.assertEqual(self.export("otlp", to=f"http://127.0.0.1:{port}"), b"")
        collector.terminate()
        self.assertEqual(collector.wait(60), 0)
        collected = [json.loads(line) for line in out.read_text().splitlines()]
        self.assertGreater(len(collected), 4)
        self.assertEqual(plain(collected), plain(self.lines()))

    def test_spans_are_one_tree_a_video_and_say_what_the_logs_say(self):
        spans, ids = self.spans(), {}
        for span in spans:
            self.assertRegex(span["traceId"], "^[0-9a-f]{32}$")
            self.assertNotIn(span["spanId"], ids)
            ids[span["spanId"]] = span
        roots = [span for span in spans if "parentSpanId" not in span]
        self.assertEqual(len(roots), len(self.logs))
        for span in spans:
            if "parentSpanId" in span:
                self.assertEqual(ids[span["parentSpanId"]]["traceId"], span["traceId"])
            self.assertLessEqual(int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"]))
        attempts = [span for span in spans if span["name"].startswith("attempt ")]
        self.assertEqual(len(attempts), len(self.attempts()))
        self.assertEqual(sum("code" in span.get("status", {}) and span["status"]["code"] == 2 for span in attempts),
                         sum(row["status"] in ("failed", "timeout") for _, _, row in self.attempts()))
        calls = [span for span in spans if span["kind"] == 3]
        self.assertEqual(len(calls), sum(len(log["claude_api_usage"]) for log in self.logs.values()))

    def test_who_does_not_take_it_is_named(self):
        for address, said in [(f"http://127.0.0.1:{free_port()}", "/v1/traces did not take it"), ("http://", "did not take it")]:
            done = vlagg("export", self.spool, "--format", "otlp", "-o", address)
            self.assertEqual(done.returncode, 3)
            self.assertIn(said, done.stderr.decode())
            self.assertEqual(done.stderr.count(b"\n"), 1)


if __name__ == "__main__":
    unittest.main()
