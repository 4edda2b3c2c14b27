"""A command run twice, without and with the recorder: status, output, messages and files are the same."""
import hashlib
import subprocess

from vl import BUILD, PATIENCE, PROGRAMS, SHIM, Case, clean_environment, without_pids

SOURCES = PROGRAMS / "company"


def tree(folder):
    """Every file below a folder with its mode and what is in it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name.startswith("core"):
            continue
        content = hashlib.md5(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else None
        found[str(path.relative_to(folder))] = (oct(path.lstat().st_mode), content)
    return found


def built(name, *flags, source=None):
    """A program or library of tests/e2e/programs/company, built when it is not there."""
    path, text = BUILD / "e2e" / "company" / name, SOURCES / (source or f"{name}.c")
    if not path.exists() or path.stat().st_mtime < text.stat().st_mtime:
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-std=gnu11", "-g", "-o", path, text, *flags], check=True, capture_output=True, text=True)
    return path


class Alike(Case):
    preload = "{}"  # the entries of LD_PRELOAD, {} is the recorder

    def outcome(self, argv, shim, preload, hide, env, prepare=None, spool=None, timeout=PATIENCE, **options):
        folder = self.folder / ("recorded" if shim else "native") / "x"
        folder.mkdir(parents=True, exist_ok=True)
        if prepare:
            prepare(folder)
        chosen = clean_environment(LC_ALL="C", HOME=folder, TMPDIR=folder, PWD=None, OLDPWD=None, **env)
        entries = ":".join(word for word in preload.format(SHIM if shim else "").split(":") if word)
        if entries:
            chosen["LD_PRELOAD"] = entries
        if shim:
            chosen["VLSHIM_SPOOL"] = str(spool or self.folder / "spool")
        done = subprocess.run([str(word) for word in argv], cwd=folder, env=chosen, capture_output=True, timeout=timeout,
                              **{"stdin": subprocess.DEVNULL, **options})
        text = [hide(without_pids(out).replace(str(folder), "HERE")) for out in (done.stdout, done.stderr)]
        return done.returncode, *text, tree(folder)

    def alike(self, argv, preload="{}", hide=lambda text: text, native_env=None, **options):
        """What came out, the same both times; options are outcome's."""
        env = {k: v for k, v in options.pop("env", {}).items()}
        native = self.outcome(argv, False, preload, hide, env, **options)
        recorded = self.outcome(argv, True, preload, hide, env, **options)
        self.assertEqual(recorded, native)
        return native

    def instrumented(self, *names):
        """The recorder was there: the programs in which."""
        rows = self.io(self.folder / "spool")["processes"]
        found = {row["argv"][0].rpartition("/")[2] for row in rows if row["argv"] and row["instrumented"]}
        for name in names:
            self.assertIn(name, found)
