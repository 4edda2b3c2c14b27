"""What ccusage, a well-known reader of the claude program's transcripts, makes of the same files."""
import json
import os
import subprocess

from claude_clients import SETUP
from vl import BUILD, Case

PROGRAM = BUILD / "ccusage" / "node_modules" / "ccusage" / "src" / "cli.js"


class Ccusage(Case):
    def ccusage(self, home):
        if not PROGRAM.exists():
            self.skipTest(f"build/ccusage {SETUP}")
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "CLAUDE_CONFIG_DIR": str(home)}
        done = subprocess.run(["node", PROGRAM, "daily", "--json", "--offline"], env=env, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["totals"]

    def total(self, logs, key):
        rows = [row for log in logs.values() for row in log["claude_api_usage"]]
        return sum(row[key] or 0 for row in rows)

    def hold_against_ccusage(self, logs, home):
        theirs = self.ccusage(home)
        for key, name in (("prompt_tokens", "inputTokens"), ("completion_tokens", "outputTokens"),
                          ("cache_creation_tokens", "cacheCreationTokens"), ("cache_read_tokens", "cacheReadTokens"),
                          ("total_tokens", "totalTokens")):
            self.assertEqual(self.total(logs, key), theirs[name], key)
        cost = sum(log["summary"]["estimated_total_cost"] for log in logs.values())
        cost -= sum(row.get("web_search_requests", 0) for log in logs.values() for row in log["claude_api_usage"]) / 100  # not in theirs
        self.assertAlmostEqual(cost, theirs["totalCost"], places=9)
