"""vlagg rules: the built-in ones as they are, and errors of one's own by place."""
import json
import unittest

from vl import ROOT, Case, clean_environment, run, vlagg


class Rules(Case):
    def test_show_prints_the_files_that_are_built_in(self):
        self.assertEqual(self.good("rules", "show"), (ROOT / "data" / "rules.json").read_bytes())
        self.assertEqual(self.good("rules", "show", "patterns"), (ROOT / "data" / "error-patterns.tsv").read_bytes())

    def check(self, text):
        (self.folder / "my.json").write_text(text)
        return vlagg("rules", "check", "my.json", cwd=self.folder)

    def test_good_rules_are_counted_with_the_built_in_ones(self):
        builtin = json.loads((ROOT / "data" / "rules.json").read_text())["rules"]
        rule = {"id": "mine", "on": "line", "contains": "x", "line": "x (?<stage>\\w+)", "means": "stage", "stage": "{stage}"}
        done = self.check(json.dumps({"rules": [rule]}))
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(f"no error; {len(builtin) + 1} rules", done.stdout.decode())
        done = self.check(json.dumps({"rules": [rule], "instead_of_builtin": True}))
        self.assertIn("no error; 1 rules", done.stdout.decode())

    def test_an_error_names_its_place(self):
        good = '"on": "line", "contains": "x", "means": "stage"'
        for text, said in [
                ('{"rules": [\n {"id": "a", ' + good + ', "line": "x("}]}', "my.json:2:"),
                ('{"rules": [\n {"id": "a", ' + good + '},\n {"id": "b",\n  "on": "nothing", "means": "stage"}]}', 'my.json:4:9: rule "b"'),
                ('{"rules": [\n {"id": "a", ' + good + ',\n  "lines": "x"}]}', 'my.json:3:12: rule "a"'),
                ('{"rules": [\n {"id": "a", "on": "span", "means": "stage",\n  "find": {"a": "b",\n   "c": 3}}]}', "my.json:4:9:"),
                ('{"patterns": [\n ["a", "import", "yes", "yes", "f"],\n ["b", "odd", "yes", "yes", "f"]]}', "my.json:3:2:"),
                ('{"stages":\n [1]}', "my.json:2:2:"),
                ('{"rules": [\n {"id": }]}', "my.json:2:"), ('{"rules": [{"id": "bad", "on": "nothing", "means": "stage"}]}', "bad"), ("[]", "my.json")]:
            done = self.check(text)
            self.assertEqual(done.returncode, 3)
            self.assertIn(said, done.stderr.decode())
        self.assertEqual(vlagg("rules", "check", "missing").returncode, 3)
        self.assertEqual(vlagg("rules").returncode, 2)


    def test_explain_shows_the_rule_that_made_an_entry(self):
        spool = self.folder / "spool"
        script = "mkdir -p outputs/2015/moon; echo x >outputs/2015/moon/monolith_manimgl.py; python3 -c 'x = (' ; exit 0"
        self.assertEqual(run(["bash", "-c", script], self.folder, env=clean_environment(VLSHIM_SPOOL=spool)).returncode, 0)
        self.fold(spool, cwd=self.folder)
        log = self.folder / "outputs/2015/moon/.pipeline/logs/logs.json"
        said = self.good("rules", "explain", log, "retry_attempts.cleaning.1").decode()
        self.assertRegex(said, r'(?s)moon: retry_attempts.cleaning.1\ndata/rules.json:\d+:\d+:\n  \{.*"id": "monolith-cleaned"')
        key = next(iter(json.loads(log.read_text())["errors"]))
        self.assertRegex(self.good("rules", "explain", self.folder, f"errors.{key}").decode(), r"data/error-patterns.tsv:\d+:\n.*\tsyntax\t")
        done = vlagg("rules", "explain", log, "errors.nothing")
        self.assertEqual(done.returncode, 3)
        self.assertIn("errors.nothing", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
