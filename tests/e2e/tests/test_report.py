"""vlagg report: one file that a real browser opens without a request or complaint, and that shows what the logs say."""
import base64
import json
import re
import shutil
import sys
import unittest

import browser
from synthetic_logs import write_logs
from vl import BUILD, PYTHON, Case, clean_environment, logs_below, recorded_demo, run, vlagg

PICTURES = BUILD / "report-pictures"
HOSTILE = "</script><script>window.hit=1</script><img src=x onerror=\"window.hit=1\">'\u2028\u2029<!--&lt;{{7*7}}"

# What a reader sees of a table: its rows as lists of texts.
ROWS = """return [...document.querySelectorAll(arguments[0] + " tbody tr:not(.spacer)")].map(
    row => [...row.querySelectorAll("td")].map(cell => cell.innerText.trim()))"""


def figures_of(page):
    """The data in a page, as rows."""
    raw = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)[1])

    def decoded(column):
        values, text = column["values"], lambda index: None if index is None else raw["strings"][index]
        return [text(v) if column["kind"] == "text" else [text(i) for i in v] if column["kind"] == "texts" else v for v in values]

    return {name: [dict(zip(table, row)) for row in zip(*map(decoded, table.values()))] for name, table in raw["tables"].items()}


class Pages(Case):
    def page(self, *inputs, name="report.html"):
        path = self.folder / name
        self.good("report", *inputs, "-o", path)
        return path

    def demo(self):
        return recorded_demo() / "spool"

    def demo_logs(self):
        return [json.loads(text) for text in logs_below(recorded_demo() / "outputs").values()]


class Figures(Pages):
    """What is in the file, without a browser."""

    def test_each_section_of_the_logs_is_in_it(self):
        figures, logs = figures_of(self.page(self.demo())), self.demo_logs()
        names = [row["name"] for row in figures["videos"]]
        self.assertEqual(names, [log["video_id"] for log in logs])
        for log in logs:
            own = {name: [row for row in rows if row.get("video") == names.index(log["video_id"])] for name, rows in figures.items()}
            self.assertEqual([(row["name"], row["status"]) for row in own["stages"]], [(n, s["status"]) for n, s in log["stages"].items()])
            tries = [(stage, one) for stage, rows in log["retry_attempts"].items() for one in rows]
            self.assertEqual([(r["stage"], r["scene"], r["number"], r["method"], r["status"], r["duration"], r["error"]) for r in own["attempts"]],
                             [(stage, t["scene"], t["attempt_number"], t["method"], t["status"], t["duration_seconds"], t["error_message"]) for stage, t in tries])
            self.assertEqual([r["id"] for r in own["calls"]], [call["call_id"] for call in log["claude_api_usage"]])
            self.assertEqual([(r["type"], r["success"], r["errors"]) for r in own["checks"]],
                             [(v["type"], v["success"], v["errors"]) for v in log["validation_history"]])
            variants = [v for error in log["errors"].values() for v in error["variants"]]
            self.assertEqual([(r["message"], r["count"], r["stack"], r["fix"]) for r in own["errors"]],
                             [(v["message"], v["occurrence_count"], v["stack_trace"], v["suggested_fix"]) for v in variants])

    def test_files_and_processes_are_those_of_io(self):
        figures, told = figures_of(self.page(self.demo())), self.io(self.demo())
        moved = {}
        for row in figures["files"]:
            one = moved.setdefault(row["path"], [row["renamed_to"], 0, 0, 0, 0])
            for i, key in enumerate(("read", "written", "reads", "writes"), 1):
                one[i] += row[key]
        self.assertEqual(moved, {f["path"]: [f["renamed_to"], f["read_bytes"], f["written_bytes"], f["read_ops"], f["write_ops"]] for f in told["files"]})
        self.assertEqual(sorted((p["pid"], p["exit_status"], p["signal"], p["read_bytes"], p["written_bytes"], p["cpu_seconds"] and round(p["cpu_seconds"] * 1e6)) for p in figures["processes"]),
                         sorted((p["pid"], p["exit_status"], p["signal"], p["read_bytes"], p["written_bytes"],
                                 round((p["user_seconds"] + p["system_seconds"]) * 1e6)) for p in told["processes"]))
        self.assertGreater(len(figures["samples"]), len(figures["processes"]))

    def test_times_are_the_logs(self):
        """The wall clock of the recording host, whatever the zone of who looks."""
        shutil.copytree(self.demo(), self.folder / "spool")
        rows = [figures_of(self.page(source, name=f"{n}.html")) for n, source in enumerate((self.demo(), recorded_demo() / "outputs"))]
        self.assertEqual([(s["start"], s["end"]) for s in rows[0]["stages"]], [(s["start"], s["end"]) for s in rows[1]["stages"]])
        first = min(s["start"] for s in rows[0]["stages"])
        self.assertTrue(all(abs(p["start_time"] - first) < 600e6 for p in rows[0]["processes"]))

    def test_the_same_input_gives_the_same_bytes(self):
        pages = [self.page(self.demo(), name=f"{n}.html").read_bytes() for n in range(2)]
        self.assertEqual(*pages)
        self.assertEqual(pages[0], self.good("report", self.demo(), "-o", "-"))

    def test_bad_input_is_named_and_leaves_nothing(self):
        for arguments, status, said in [(["-o", "x.html"], 2, "name a spool"), ([self.demo()], 2, "-o"), (["missing", "-o", "x.html"], 3, "No such file"),
                                        ([self.demo(), "-o", "no/such/x.html"], 3, "no/such/x.html")]:
            done = vlagg("report", *arguments, cwd=self.folder)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(said, done.stderr.decode())
        self.assertEqual(list(self.folder.iterdir()), [])


@unittest.skipIf(browser.missing(), browser.missing())
class Shown(Pages):
    """In a browser."""

    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser().__enter__()
        cls.addClassCleanup(cls.browser.__exit__)

    def open(self, page):
        self.browser.emulate(prefers_color_scheme="light")
        self.browser.complaints()
        self.browser.open(page)
        self.assertEqual([url for url in self.browser.requests() if not url.startswith("data:")], [page.as_uri()])

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.requests(), [])

    def rows(self, part):
        return self.browser.run(ROWS, part)

    def click(self, css=None, text=None):
        by = ("css selector", css) if css else ("xpath", f"//button[normalize-space(text())='{text}']")
        node = self.browser.driver.find_element(*by)
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", node)  # not below the tabs
        node.click()

    def type(self, css, *keys):
        from selenium.webdriver.common.action_chains import ActionChains
        if css:
            self.browser.run("document.querySelector(arguments[0]).focus({preventScroll: true})", css)
        ActionChains(self.browser.driver).send_keys(*keys).perform()

    def view(self):
        return self.browser.run("return [timeView.from, timeView.to]")

    def picture(self, name, clip=None):
        self.browser.picture(PICTURES / f"{name}.png", clip)

    def test_the_overview_says_what_the_logs_say(self):
        self.open(self.page(self.demo()))
        logs = self.demo_logs()
        rows = self.rows("[data-table=Videos]")
        self.assertEqual([row[0] for row in rows], [log["video_id"] for log in logs])
        for row, log in zip(rows, logs):
            summary = log["summary"]
            self.assertEqual(row[2], f"{summary['successful_stages']}/{summary['total_stages']}")
            self.assertEqual(list(map(int, row[3:6])), [sum(map(len, log["retry_attempts"].values())), summary["error_occurrences"], summary["total_claude_calls"]])
        cards = self.browser.run("return Object.fromEntries([...document.querySelectorAll('#overview .card')].map(c => [c.children[0].innerText, c.children[1].innerText.split('\\n')[0]]))")
        self.assertEqual(cards["Stages"], f"{sum(g['summary']['successful_stages'] for g in logs)} / {sum(g['summary']['total_stages'] for g in logs)}")
        self.assertEqual(cards["Errors"], str(sum(g["summary"]["error_occurrences"] for g in logs)))
        self.assertEqual(cards["Claude calls"], str(sum(len(g["claude_api_usage"]) for g in logs)))
        self.picture("demo")

    def test_tables_sort_and_filter(self):
        self.open(self.page(self.demo()))
        part, column = "[data-table=Videos]", "[data-table=Videos] th:nth-child({}) button"
        self.click(column.format(5))
        errors = [int(row[4]) for row in self.rows(part)]
        self.assertEqual(errors, sorted(errors, reverse=True))
        self.click(column.format(5))
        self.assertEqual([int(row[4]) for row in self.rows(part)], sorted(errors))
        self.assertEqual(self.browser.run("return document.querySelectorAll('#overview [aria-sort=ascending]').length"), 1)
        self.type(part + " input", "moser")
        self.assertEqual([row[0] for row in self.rows(part)], ["moser-circles"])
        self.type(None, *"\b" * 5)
        self.click(part + " .chip")
        self.assertEqual({row[1] for row in self.rows(part)}, {"✓ completed"})

    def test_one_video_alone(self):
        self.open(self.page(self.demo()))
        self.click(text="inventing-math")
        log = next(log for log in self.demo_logs() if log["video_id"] == "inventing-math")
        self.assertEqual(self.browser.run("return document.getElementById('title').textContent"), "inventing-math")
        self.assertEqual([row[:2] for row in self.rows("#overview")], [[name, {"completed": "✓ completed", "failed": "✗ failed"}[s["status"]]] for name, s in log["stages"].items()])
        self.assertEqual(len(self.rows("#checks")), len(log["validation_history"]))
        ladder = next(row for row in self.rows("#attempts") if row[1] == "RoomsInRooms" and row[0] == "rendering")
        self.assertEqual(re.findall(r"(\w+) [✓✗]", ladder[-1]), [t["method"] for t in log["retry_attempts"]["rendering"] if t["scene"] == "RoomsInRooms"])

    def test_errors_open_to_stack_and_fix(self):
        self.open(self.page(self.demo()))
        self.browser.run("document.querySelector('.error summary').focus()")
        self.type(None, "\n")
        self.browser.until("return document.querySelector('.error pre')")
        log = next(log for log in self.demo_logs() if log["video_id"] == "inventing-math")
        error = log["errors"]["rendering_syntax_error"]
        self.assertEqual(self.browser.run("return document.querySelector('.error .times').innerText"), "3×")
        self.assertEqual(self.browser.run("return document.querySelector('.error pre').textContent"), error["stack_trace"])
        self.assertIn(error["suggested_fix"], self.browser.run("return document.querySelector('.error .inside').innerText"))
        self.assertEqual(self.rows(".error .inside")[0][:3], ["inventing-math", "rendering", "RoomsInRooms"])
        self.picture("errors", "#errors")

    def test_the_timeline_zooms_pans_and_tells_with_keys_wheel_and_mouse(self):
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
        self.open(self.page(self.demo()))
        whole, span = self.view(), lambda: self.view()[1] - self.view()[0]
        all_of_it = span()
        self.type(".stage", "+")
        self.assertAlmostEqual(span() / all_of_it, .5, places=3)
        before = self.view()
        self.type(None, "\ue014")  # right
        self.assertGreater(self.view()[0], before[0])
        self.type(None, "0")
        self.assertEqual(self.view(), whole)
        canvas = self.browser.driver.find_element("css selector", ".lanes canvas")
        self.browser.run("document.getElementById('timeline').scrollIntoView()")
        ActionChains(self.browser.driver).key_down("\ue009").scroll_from_origin(ScrollOrigin.from_element(canvas), 0, -300).key_up("\ue009").perform()
        self.assertLess(span(), all_of_it)
        before = self.view()
        ActionChains(self.browser.driver).move_to_element(canvas).click_and_hold().move_by_offset(-120, 0).release().perform()
        self.assertGreater(self.view()[0], before[0])
        self.click(text="All")
        self.type(".stage", "\ue015")  # down to the first lane: the first video's stages
        self.assertIn("matching", self.browser.run("return document.querySelector('.details h3').textContent"))
        self.type(None, "n", "\n")
        self.assertIn("cleaning", self.browser.run("return document.querySelector('.details h3').textContent"))
        self.assertLess(span(), all_of_it)
        self.type(None, "\ue00c")  # escape
        self.assertIn("Choose", self.browser.run("return document.querySelector('.details').textContent"))
        self.picture("timeline", "#timeline")

    def test_cost_adds_up_by_model_stage_and_video(self):
        logs = write_logs(self.folder, 5, 40)
        self.open(self.page(self.folder))
        calls = [(log["video_id"], call) for log in logs for call in log["claude_api_usage"]]

        def bills(key_of):
            sums = {}
            for video, call in calls:
                one = sums.setdefault(key_of(video, call), [0, 0, 0])
                one[0] += 1
                one[1] += call["estimated_cost_usd"] or 0
                one[2] += call["estimated_cost_usd"] is None
            return {name: [str(count), "?" if unknown == count else f"${cost:.4f}" + (" + ?" if unknown else "")] for name, (count, cost, unknown) in sums.items()}

        for label, key_of in (("model", lambda _, call: call["model_used"] or "unknown"), ("stage", lambda _, call: call["stage"]), ("video", lambda video, _: video)):
            shown = {row[0]: [row[1], row[3]] for row in self.rows(f"[data-table='Cost by {label}']")}
            self.assertEqual(shown, bills(key_of), label)
        whole = sum(call["estimated_cost_usd"] or 0 for _, call in calls)
        self.assertEqual(self.browser.run("return [...document.querySelectorAll('#claude .now')].map(node => node.innerText)"), [f"highest ${whole:.4f}"])
        limits = [(log["video_id"], jam) for log in logs for jam in log["performance"]["throttling"]]
        self.assertEqual([(row[1], row[3], row[5]) for row in self.rows("[data-table='Rate limits']")], [(video, jam["limit"], str(jam["refused_calls"])) for video, jam in limits])
        lanes = self.browser.run("return timeline.lines.filter(line => line.title === 'Rate limits').length")
        self.assertEqual(lanes, len(limits))
        self.picture("claude", "#claude")

    def test_functions_are_in_the_timeline(self):
        page = self.page(self.demo())
        begin, raw, end = re.split(r'(?<=id="data">)(.*?)(?=</script>)', page.read_text(), maxsplit=1, flags=re.DOTALL)
        raw = json.loads(raw)
        stage, process = (figures_of(page)[name][0] for name in ("stages", "processes"))

        def text(words):
            raw["strings"].append(words)
            return len(raw["strings"]) - 1

        values = {"process_id": text(process["process_id"]), "tid": 7, "video": text("euler-poem"), "function": text("hybrid_cleaner:HybridCleaner._clean_single_video"),
                  "start_time": stage["start"], "end_time": stage["start"] + 1000, "duration_seconds": .001, "ended": text("raised"),
                  "arguments": text('{"mode": "hybrid"}'), "result": None}
        self.assertEqual(set(values), set(raw["tables"]["spans"]))
        for name, value in values.items():
            raw["tables"]["spans"][name]["values"].append(value)
        page.write_text(begin + json.dumps(raw).replace("<", "\\u003c") + end)
        self.open(page)
        items = "timeline.lines.filter(line => line.title === 'Functions').flatMap(line => line.items)"
        labels = self.browser.run(f"return {items}.map(item => [item.label, item.tone])")
        self.assertIn(["render_video_from_snippets", "span"], labels)  # the demo's own
        self.assertEqual([label for label in labels if label[1] == "bad"], [["_clean_single_video", "bad"]])
        self.browser.run(f"timeline.select({items}.find(item => item.tone === 'bad'))")
        shown = self.browser.run("return document.querySelector('.details').innerText")
        for words in ("raised", "1.0 ms", "HybridCleaner", '"mode": "hybrid"', "build_dataset_pipeline.py"):
            self.assertIn(words, shown)

    def test_light_and_dark(self):
        self.open(self.page(self.demo()))
        colour = "return getComputedStyle(document.body).backgroundColor"
        light = self.browser.run(colour)
        self.click("#theme")
        dark = self.browser.run(colour)
        self.assertNotEqual(light, dark)
        self.picture("dark")
        self.click("#theme")
        self.assertEqual(self.browser.run(colour), light)
        self.browser.emulate(prefers_color_scheme="dark")
        self.browser.driver.refresh()
        self.browser.requests()
        self.assertEqual(self.browser.run(colour), dark)

    def test_everything_has_a_name_and_the_keyboard_reaches_it(self):
        self.open(self.page(self.demo()))
        nameless = self.browser.run("""return [...document.querySelectorAll("button, input, select, a[href], [role=region], [role=application], [role=img], section, nav")]
            .filter(node => !(node.innerText || "").trim() && !node.getAttribute("aria-label") && !node.getAttribute("aria-labelledby") && !(node.labels && node.labels.length))
            .map(node => node.outerHTML)""")
        self.assertEqual(nameless, [])
        stops = self.browser.run("return [...document.querySelectorAll('.stage, .scroller, .chip, th button, summary')].filter(node => node.tabIndex < 0).length")
        self.assertEqual(stops, 0)
        tree = self.browser.command("Accessibility.getFullAXTree")["nodes"]
        tables = [node for node in tree if node.get("role", {}).get("value") == "table"]
        self.assertTrue(tables and all(node["name"]["value"] for node in tables))

    def test_what_went_wrong_is_told_without_colours(self):
        self.open(self.page(self.demo()))
        looks = self.browser.run("""const look = (name) => getComputedStyle(document.querySelector(name)).backgroundImage;
            return [".dot.good", ".dot.bad", ".dot.late", ".square.good", ".square.bad"].map(look)""")
        good, bad, late, whole, broken = looks
        self.assertEqual((good, whole), ("none", "none"))
        self.assertEqual((len({good, bad, late}), broken), (3, bad))
        self.type(".stage", "\ue015")
        shades = self.browser.run("""const drawing = timeline.drawing, [lines, image] = [timeline.lines, timeline.image];
            const scale = image.width / drawing.width, copy = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height}), of = {};
            const context = copy.getContext("2d", {willReadFrequently: true});
            context.drawImage(image, 0, 0);
            lines.forEach((line, i) => line.items.forEach((one) => {
                const from = drawing.x(one.start), width = drawing.x(one.end) - from, y = AXIS_HEIGHT + i * LINE_HEIGHT - timeline.top;
                if (one.kind === "check" || width < 30 || y + LINE_HEIGHT > drawing.height || of[one.tone]) return;
                const row = context.getImageData((from + 3) * scale, (y + LINE_HEIGHT - 5) * scale, 20 * scale, 1).data;
                of[one.tone] = new Set([...Array(row.length / 4).keys()].map((k) => row.slice(4 * k, 4 * k + 3).join())).size;
            }));
            return of""")
        self.assertEqual(shades["good"], 1, shades)
        self.assertGreater(shades["bad"], 1, shades)

    def test_paper_has_all_sections_in_light(self):
        self.open(self.page(self.demo()))
        self.click("#theme")
        pdf = self.browser.command("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / "report.pdf").write_bytes(base64.b64decode(pdf))
        self.assertGreater(len(pdf), 50000)
        self.assertTrue(self.browser.run("return isDark()"))
        self.browser.emulate()
        self.browser.command("Emulation.setEmulatedMedia", media="print")
        self.browser.run("window.dispatchEvent(new Event('beforeprint'))")
        self.assertFalse(self.browser.run("return isDark()"))
        self.assertIn("Traceback", self.browser.run("return document.getElementById('errors').innerText"))
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('.tabs')).display"), "none")
        self.assertEqual(len(self.rows("[data-table=Stages]")), 16)
        self.browser.run("window.dispatchEvent(new Event('afterprint'))")
        self.browser.command("Emulation.setEmulatedMedia", media="")

    def test_of_logs_alone_what_is_not_there_is_said(self):
        self.open(self.page(recorded_demo() / "outputs"))
        for part in ("resources", "processes", "files"):
            self.assertIn("give vlagg report the spool", self.browser.run(f"return document.getElementById('{part}').innerText"))
        self.assertEqual(len(self.rows("#attempts")), 13)

    def test_words_of_others_stay_words(self):
        log = self.folder / "logs.json"
        error = {"category": HOSTILE, "message": HOSTILE, "stack_trace": HOSTILE, "suggested_fix": HOSTILE, "occurrence_count": 1,
                 "first_seen": "2026-01-01T00:00:00", "last_seen": "2026-01-01T00:00:01", "last_lines": [HOSTILE]}
        log.write_text(json.dumps({
            "video_id": HOSTILE, "created_at": HOSTILE, "stages": {HOSTILE: {"status": HOSTILE, "method": HOSTILE, "start_time": "2026-01-01T00:00:00", "end_time": None, "error": error,
                                                                       "performance": {"duration_seconds": 1}, "result_data": {"scenes": [{"scene": HOSTILE, "status": HOSTILE}]}}},
            "errors": {HOSTILE: error, "__proto__": error}, "retry_attempts": {HOSTILE: [{"method": HOSTILE, "status": HOSTILE, "timestamp": "2026-01-01T00:00:00", "scene": HOSTILE, "error_message": HOSTILE}]},
            "claude_api_usage": [{"call_id": HOSTILE, "timestamp": "2026-01-01T00:00:00", "model_used": HOSTILE, "error_message": HOSTILE, "success": False}],
            "validation_history": [{"timestamp": "2026-01-01T00:00:00", "type": HOSTILE, "errors": [HOSTILE], "fixes_applied": [HOSTILE]}],
            "performance": {"operations": [{"name": HOSTILE, "kind": HOSTILE}], "temp_files_left": [HOSTILE], "throttling": [{"start_time": "2026-01-01T00:00:00", "limit": HOSTILE}]},
            "vlagg": {"version": HOSTILE, "hosts": [HOSTILE], "warnings": [HOSTILE], "damage": [{"file": HOSTILE, "what": HOSTILE}]}}))
        words = HOSTILE.replace("/", "|")
        (self.folder / words).write_text("x")
        code = f"import sys; open({words!r}).read(); sys.stderr.write({HOSTILE!r})"
        run([PYTHON, "-c", code, HOSTILE], self.folder, env=clean_environment(VLSHIM_SPOOL=self.folder / "spool", VLSHIM_VIDEO="v"))
        page = self.page(self.folder / "spool", log)
        self.assertEqual(page.read_text().count("</script>"), 2)
        self.open(page)
        self.browser.run("document.querySelectorAll('details.error').forEach(node => node.open = true); document.querySelector('.stage').focus()")
        self.type(".stage", *["\ue015", "n"] * 10)
        shown = self.browser.run("return document.body.textContent")
        for part in ("#overview", "#errors", "#attempts", "#checks", "#claude", "#resources", "#processes", "#about"):
            self.assertIn(HOSTILE, self.browser.run("return document.querySelector(arguments[0]).textContent", part), part)
        self.assertIn(words, shown)
        self.assertEqual(self.browser.run("return [typeof window.hit, document.images.length, document.scripts.length]"), ["undefined", 0, 2])

    def test_what_is_not_the_reports_own_does_not_run(self):
        """The policy is the second net, and this test would notice a request or a complaint."""
        page = self.page(self.demo())
        page.write_text(page.read_text().replace("</body>", "<script>window.hit=1</script><img src='x.png' onerror='window.hit=1'><style>body{color:red}</style></body>"))
        self.browser.open(page)
        self.assertGreaterEqual(len([text for text in self.browser.complaints() if "Content Security Policy" in text]), 3)
        self.assertEqual(self.browser.run("return typeof window.hit"), "undefined")
        plain = self.folder / "plain.html"
        plain.write_text("<img src='x.png'>")
        self.browser.requests()
        self.browser.open(plain)
        self.assertIn((self.folder / "x.png").as_uri(), self.browser.requests())
        self.browser.complaints()

    def test_five_hundred_videos_and_a_hundred_thousand_attempts(self):
        logs = write_logs(self.folder, 500, 200)
        self.open(self.page(self.folder))
        self.assertEqual(self.browser.run("return data.attempts.length"), 100_000)
        self.assertLess(self.browser.run("return document.querySelectorAll('*').length"), 15_000)
        self.click("[data-table=Videos] th:nth-child(5) button")
        most = max(sum(e["occurrence_count"] for e in log["errors"].values()) for log in logs)
        self.assertEqual(self.rows("[data-table=Videos]")[0][4], str(most))
        self.browser.run("document.querySelector('#checks .scroller').scrollTop = 1e9")
        last = self.browser.run("""return new Promise(done => setTimeout(() => {
            const rows = [...document.querySelectorAll('#checks tbody tr[aria-rowindex]')]; done(rows[rows.length - 1].getAttribute('aria-rowindex'))}, 200))""")
        self.assertEqual(last, "100001")
        self.type("#attempts input", "video-0499")
        self.assertEqual({row[0] for row in self.rows("#attempts")}, {"video-0499"})
        self.click(text="Open all")
        self.type(".stage", "+", "+", "\ue014", "n")
        self.picture("large")
        self.click("#theme")


if __name__ == "__main__":
    sys.exit(unittest.main())
