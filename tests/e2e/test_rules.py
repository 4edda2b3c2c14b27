"""vlagg rules: the built-in ones as they are, and errors of one's own by place."""
import json
import unittest

from vl import ROOT, Case, vlagg


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
        for text, said in [('{"rules": [\n {"id": }]}', "my.json:2:"), ('{"rules": [{"id": "bad", "on": "nothing", "means": "stage"}]}', "bad"), ("[]", "my.json")]:
            done = self.check(text)
            self.assertEqual(done.returncode, 3)
            self.assertIn(said, done.stderr.decode())
        self.assertEqual(vlagg("rules", "check", "missing").returncode, 3)
        self.assertEqual(vlagg("rules").returncode, 2)


if __name__ == "__main__":
    unittest.main()
