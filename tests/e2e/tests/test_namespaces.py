"""A process has a pid in each PID namespace that it can be seen from, and is one process all the same: listed once, with its
parent, end and processor time, by io, cat, fold and summary, however it came into its namespace and whatever /proc tells there."""
import collections
import contextlib
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import unittest

from vl import PROGRAMS, BUILD, PYTHON, Case, clean_environment, needs, program, run

PROMISES = "5"

as_root = unittest.skipUnless(os.geteuid() == 0, "needs root")
EXECS = {"spawn", "system", "popen", "vfork", "clone_vfork"}

# chains of processes as namespaces.c takes them
CHAINS = {
    **{f"{how}_after_unshare": f"unshare {how}=7 burn" for how in ("fork", "_Fork", "vfork", "spawn", "system", "popen", "clone", "clone_vfork", "sys_clone")},
    "clone": "clone_new=7 burn",
    "clone_by_number": "sys_new=7 burn",
    "children_of_the_first": "unshare fork=7 fork=8*3 spawn=9",
    "children_of_a_program": "unshare spawn=7 spawn=8*2 vfork=9 system=10",
    "nested_forks": "unshare fork=7 unshare fork=8 unshare fork=9 fork=10",
    "nested_spawns": "unshare spawn=7 unshare spawn=8 unshare spawn=9 spawn=10",
    "nested_vforks": "unshare vfork=7 unshare vfork=8 unshare clone_vfork=9 vfork=10",
    "nested_shells": "unshare system=7 unshare popen=8 unshare system=9 system=10",
    "nested_clones": "clone_new=7 sys_new=8 clone_new=9 clone=10",
    "an_outer_one_between": "fork=6 unshare spawn=7 fork=8",
    "setns_fork": "setns fork=7*2 burn",
    "setns_spawn": "setns spawn=7*3",
    "setns_vfork": "setns vfork=7 fork=8",
    "setns_popen": "setns popen=7*2",
    "setns_clone": "setns clone=7 system=8",
    "several_at_once": "sys_new=5*5 fork=6*2 spawn=7",
    "several_at_once_of_programs": "fork=4*4 unshare spawn=5 spawn=6*2",
    "proc_mounted_anew": "unshare fork=7 mount fork=8 spawn=9",
    "proc_mounted_anew_nested": "unshare spawn=7 mount unshare spawn=8 mount spawn=9 vfork=10",
    "no_proc": "umount unshare fork=7 spawn=8 unshare spawn=9 system=10",
    "no_proc_nested": "unshare spawn=7 umount unshare vfork=8 unshare popen=9 fork=10",
    "a_static_program": "unshare static spawn=7",
    "a_static_program_executed": "unshare static vfork=7 dynamic spawn=8",
    "a_static_program_forked": "unshare fork=7 static clone_vfork=8 dynamic vfork=9",
    "a_static_program_spawned": "unshare fork=6 static spawn=7 dynamic spawn=8",
    "a_static_program_nested": "unshare static vfork=7 dynamic unshare spawn=8 fork=9",
}


def expected(chain):
    """(status, its parent's status, seen from inside) of each process: how often."""
    rows, steps = collections.Counter({(0, None, True): 1}), chain.split()
    parent, count, inside, static = 0, 1, True, False
    for step in steps:
        if step in ("static", "dynamic"):
            static = step == "static"
        elif step == "setns":
            rows[90, parent, True] += count
            rows[91, 90, True] += count
        elif "=" in step:
            how, status, n = re.fullmatch(r"(\w+)=(\d+)(?:\*(\d+))?", step).groups()
            count *= int(n or 1)
            inside = not static if how in EXECS else inside
            rows[int(status), parent, inside] += count
            parent = int(status)
    return rows


def static_program():
    path = BUILD / "e2e" / "namespaces_static"
    source = PROGRAMS / "namespaces.c"
    if not path.exists() or path.stat().st_mtime < source.stat().st_mtime:
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-std=gnu11", "-w", "-O1", "-static", "-o", path, source], check=True)
    return path


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Once(Case):
    """What a recording shows of processes of whom each has a status of its own."""

    def tables(self):
        """The processes that a fold and all that follows from it know, each with its parent: (status, parent's, inside), how often."""
        self.good("export", self.folder / "spool", "--format", "sqlite", "-o", self.folder / "tables")
        with contextlib.closing(sqlite3.connect(self.folder / "tables")) as tables:
            return tables.execute("select p.exit_status, q.exit_status, p.instrumented, p.cpu_seconds, p.signal, k.program, p.pid, q.pid "
                                  "from processes p left join processes q on p.parent_id = q.process_id "
                                  "left join processes k on p.killed_by = k.process_id").fetchall()

    def same_everywhere(self, rows):
        """cat, io and the tables list the same processes under the same pids; io's parents are those of the tables."""
        pids = collections.Counter(row["pid"] for row in rows)
        events = self.cat(self.folder / "spool")
        self.assertEqual({e["pid"] for e in events} - set(pids), set())
        self.assertEqual({e["child"] for e in events if e["kind"] in ("process_spawn", "process_reap")} - {0} - set(pids), set())
        tables = self.tables()
        self.assertEqual(collections.Counter(t[6] for t in tables), pids)
        told = collections.Counter((t[6], t[7], t[0]) for t in tables if t[7])
        shown = collections.Counter((r["pid"], r["ppid"], r["exit_status"]) for r in rows if r["ppid"] in pids)
        self.assertEqual(shown, told)
        with contextlib.closing(sqlite3.connect(self.folder / "tables")) as database:
            self.assertEqual(database.execute("select processes from recording").fetchall(), [(len(rows),)])
        return tables


@as_root
class Namespaces(Once):
    def chain(self, steps):
        before = used()
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", DYNAMIC=program("namespaces"), STATIC=static_program())
        done = run([program("namespaces"), "0", *steps.split()], self.folder, env=env)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        cpu = used() - before
        rows = self.io(self.folder / "spool")["processes"]
        self.assertEqual([r for r in rows if r["exit_status"] is None or r["end"] is None], [])
        tables = self.same_everywhere(rows)
        self.assertEqual(collections.Counter((t[0], t[1], bool(t[2])) for t in tables), expected(steps), rows)
        for total in sum((r["user_seconds"] or 0) + (r["system_seconds"] or 0) for r in rows), sum(t[3] or 0 for t in tables):
            self.assertLess(total, cpu * 1.1 + 0.05)

    def under(self, *argv, status=0):
        """A program natively and recorded: the same; its processes in the recording."""
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool")
        outcomes = [(d.returncode, d.stdout, d.stderr) for d in (run(argv, self.folder, shim=shim, env=env) for shim in (False, True))]
        self.assertEqual(*outcomes)
        self.assertEqual(outcomes[0][0], status, outcomes)
        rows = self.io(self.folder / "spool")["processes"]
        return rows, self.same_everywhere(rows)

    @needs("unshare", "python3")
    def test_unshare_of_an_interpreter(self):
        burn = "sum(i * i for i in range(2000000)); raise SystemExit(7)"
        rows, tables = self.under("unshare", "-pf", "--mount-proc", PYTHON, "-c", burn, status=7)
        self.assertEqual([(r["exit_status"], r["instrumented"]) for r in rows], [(7, True)] * 2)
        self.assertEqual(len([t for t in tables if t[3] > 0.05]), 1, tables)

    @needs("unshare")
    def test_who_killed_whom(self):
        # each first process of a namespace kills its second, both at the same time; and one kills itself
        inner = "sleep 60 & kill -9 $!; wait $!; sleep 60 & kill -TERM $!; wait $!; exit 5"
        rows, tables = self.under("sh", "-c", f"unshare -pf sh -c '{inner}' 2>err1 & unshare -pf bash -c '{inner}' 2>err2; wait; "
                                  "unshare -pf sh -c 'sh -c \"kill -9 \\$\\$\" 2>err3; exit 3'", status=3)
        del rows
        self.assertEqual(collections.Counter((t[4], t[5]) for t in tables if t[4]),
                         {(9, "sh"): 2, (15, "sh"): 1, (9, "bash"): 1, (15, "bash"): 1}, tables)

    @needs("unshare")
    def test_another_host_name(self):
        rows, _ = self.under("unshare", "-puf", "sh", "-c", "echo elsewhere >/proc/sys/kernel/hostname; hostname; sh -c 'hostname; exit 4'", status=4)
        self.assertEqual(len(rows), 5, rows)
        self.assertEqual(len({e["host"] for e in self.cat(self.folder / "spool")}), 1)

    @needs("bwrap")
    def test_bwrap(self):
        for i, options in enumerate(("--unshare-pid", "--unshare-pid --proc /proc", "--unshare-all --proc /proc --hostname other", "--unshare-pid --as-pid-1")):
            with self.subTest(options=options):
                shutil.rmtree(self.folder / "spool", ignore_errors=True)
                (self.folder / "tables").unlink(missing_ok=True)
                rows, tables = self.under("bwrap", "--dev-bind", "/", "/", *options.split(), "sh", "-c", "sh -c 'exit 6'; echo done; exit 7", status=7)
                self.assertEqual([t[1] for t in tables if t[0] == 6], [7])
                self.assertEqual(len(rows), 3 if "as-pid" in options else 4, rows)
                self.assertEqual({r["instrumented"] for r in rows}, {True})


def add_chain(name, steps):
    setattr(Namespaces, f"test_{name}", lambda self: self.chain(steps))


for chain_name, chain_steps in CHAINS.items():
    add_chain(chain_name, chain_steps)


if __name__ == "__main__":
    unittest.main()
