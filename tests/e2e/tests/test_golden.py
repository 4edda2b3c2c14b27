"""The golden logs of the unit tests are logs by the schema, and tell what their names say."""
import json
import unittest

from vl import ROOT, Case

GOLDEN = sorted((ROOT / "tests" / "golden").glob("story-*.json"))


class Golden(Case):
    def test_every_golden_log_fits_the_schema(self):
        self.assertGreaterEqual(len(GOLDEN), 4)
        for path in GOLDEN:
            with self.subTest(path.name):
                self.check_schema(path)

    def test_counts_of_variants_add_up(self):
        for path in GOLDEN:
            for key, entry in json.loads(path.read_text())["errors"].items():
                self.assertEqual(sum(row["occurrence_count"] for row in entry["variants"]), entry["occurrence_count"], key)


if __name__ == "__main__":
    unittest.main()
