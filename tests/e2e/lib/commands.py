"""Real commands, as the recorder is held against strace: name, tools, files that are there before, shell command."""
import os
import random
import textwrap
from pathlib import Path

OLD = 1_000_000_000  # so that nobody takes a file for one that is still being changed


def write(folder, name, data):
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else textwrap.dedent(data).encode())


def inputs(folder):
    """What most commands work on."""
    rng = random.Random(7)
    write(folder, "in.bin", rng.randbytes(300_001))
    words = ["alpha", "beta", "gamma", "delta", "epsilon"]
    write(folder, "in.txt", "".join(f"{rng.randrange(100000):05} {rng.choice(words)} line {n}\n" for n in range(20000)))
    for n in range(12):
        write(folder, f"tree/{'abc'[n % 3]}/file-{n}", rng.randbytes(n * 1000))


def age(folder):
    for path in Path(folder).rglob("*"):
        os.utime(path, (OLD, OLD))


MAKEFILE = """\
    all: main
    main: main.o part.o
    \tgcc -o $@ $^
    %.o: %.c
    \tgcc -O1 -c -o $@ $<
    check: main
    \t./main
    \t-false
"""


def sources(folder):
    write(folder, "main.c", '#include <stdio.h>\nint part(void);\nint main(void) { printf("%d\\n", part()); return 0; }\n')
    write(folder, "part.c", "int part(void) { return 42; }\n")
    write(folder, "Makefile", MAKEFILE)


PY = {
    "copyfile": "import shutil; shutil.copyfile('in.bin', 'out')",
    "loop": "i = open('in.bin', 'rb'); o = open('out', 'wb')\nwhile b := i.read(10000): o.write(b)",
    "mmap": "import mmap; i = open('in.bin', 'rb'); open('out', 'wb').write(mmap.mmap(i.fileno(), 0, access=mmap.ACCESS_READ))",
    "sendfile": "import os; i = os.open('in.bin', 0); o = os.open('out', 0o1101, 0o600)\nwhile os.sendfile(o, i, None, 65536): pass",
    "readinto": "b = bytearray(7777); i = open('in.bin', 'rb', 0); o = open('out', 'wb', 0)\nwhile n := i.readinto(b): o.write(b[:n])",
    "copy_file_range": "import os; i = os.open('in.bin', 0); o = os.open('out', 0o1101, 0o600)\nwhile os.copy_file_range(i, o, 99999): pass",
    "tempfile": "import tempfile, os\nwith tempfile.TemporaryDirectory(dir='.', prefix='t') as d:\n"
                " for n in range(3):\n  with tempfile.NamedTemporaryFile(dir=d) as f: f.write(b'x' * 1000); f.seek(0); f.read()\n"
                "f = tempfile.TemporaryFile(dir='.'); f.write(b'y' * 2000); f.seek(0); print(len(f.read()))",
    "subprocess": "import subprocess as s, os\ns.run(['cat', 'in.txt'], stdout=open('out', 'w'))\nprint(s.run('exit 7', shell=True).returncode)\n"
                  "os.system('wc -c <in.bin'); os.popen('cat out | head -n 3').read()\n"
                  "p = s.Popen(['sleep', '60']); p.kill(); print(p.wait())",
    "multiprocessing": "import multiprocessing as m\ndef f(n): open(f'out-{n}', 'w').write('z' * n * 100)\n"
                       "if __name__ == '__main__':\n c = m.get_context('fork')\n ps = [c.Process(target=f, args=(n,)) for n in range(5)]\n"
                       " [p.start() for p in ps]; [p.join() for p in ps]",
}

NODE = {
    "sync": "const fs = require('fs'); fs.writeFileSync('out', fs.readFileSync('in.bin')); fs.copyFileSync('in.txt', 'out2')",
    "promises": "const fs = require('fs/promises'); (async () => { const b = await fs.readFile('in.bin'); await fs.writeFile('out', b);"
                "await fs.appendFile('out', 'more') })()",
    "streams": "const fs = require('fs'); fs.createReadStream('in.bin').pipe(fs.createWriteStream('out')).on('finish', () => process.exit(3))",
}

GIT = """\
    export GIT_AUTHOR_DATE='1000000000 +0000' GIT_COMMITTER_DATE='1000000000 +0000' HOME=$PWD GIT_CONFIG_NOSYSTEM=1
    git config --global user.email a@b; git config --global user.name a; git config --global init.defaultBranch main
    git config --global pack.threads 1; git config --global gc.auto 0; git config --global index.threads 1
    git init -q repo; cp -r tree in.txt repo; find repo/tree repo/in.txt -exec touch -d @1000000000 {} +
    cd repo; git add .; git commit -q -m one; echo changed >>in.txt; touch -d @1000000001 in.txt; git commit -q -a -m two
"""


def git_repository(folder):
    """A repository made before, so that cloning and packing it is judged alone."""
    import subprocess

    inputs(folder)
    subprocess.run(["sh", "-c", textwrap.dedent(GIT)], cwd=folder, check=True, capture_output=True)


TEX = r"""
\documentclass{article}\begin{document}\section{One}Some text, $x^2 + y^2 = z^2$.\newpage More.\end{document}
"""

CHILDREN = """\
    i=0
    while [ $i -lt 50 ]; do
        echo $i >>log; /bin/true; (exit $((i % 3))); cat log >/dev/null; /bin/false
        i=$((i + 1))
    done
    kill -KILL $$
"""


def script(name, text, then=None):
    def prepare(folder):
        inputs(folder)
        write(folder, name, text)
        os.chmod(Path(folder) / name, 0o755)

    return prepare


def python_script(name):
    return script("copy.py", PY[name]), "/usr/bin/python3 -I copy.py"


def node_script(name):
    return script("copy.js", NODE[name]), "node copy.js"


def tex(folder):
    write(folder, "a.tex", TEX)


FFMPEG = "ffmpeg -nostdin -hide_banner -loglevel error -threads 1 -bitexact"

# name: (tools beside the shell, prepare, command)
COMMANDS = {
    "cat": ([], inputs, "cat in.bin in.txt >out; cat missing; cat <in.txt >>out"),
    "cp": ([], inputs, "cp in.bin out; cp -r tree other; cp --sparse=always in.txt out3"),
    "mv and rm": ([], inputs, "mv in.bin moved; cat moved >moved2; mv moved2 moved; rm -r tree"),
    "dd": ([], inputs, "dd if=in.bin of=out bs=4k count=20 skip=3 conv=notrunc status=none; dd if=/dev/zero of=out2 bs=1000 count=9 2>/dev/null"),
    "head, tail, split": ([], inputs, "head -c 1000 in.bin >a; tail -n 20 in.txt >b; split -b 50000 in.bin part-"),
    "tar": (["tar"], inputs, "tar cf out.tar tree in.bin; mkdir x; tar xf out.tar -C x; tar tf out.tar >list"),
    "tar and gzip": (["tar", "gzip"], inputs, "tar czf out.tgz tree; mkdir x; tar xzf out.tgz -C x"),
    "gzip": (["gzip"], inputs, "gzip -k in.bin; gzip -dc in.bin.gz >back; gzip -9 in.txt"),
    "bzip2": (["bzip2"], inputs, "bzip2 -k in.txt; bzip2 -dc in.txt.bz2 >back"),
    "gcc": (["gcc"], sources, "gcc -O1 -o main main.c part.c; ./main; gcc -c missing.c; gcc -pipe -S main.c"),
    "make": (["make", "gcc"], sources, "make -s; make check; make -s broken"),
    "git clone": (["git"], git_repository, "HOME=$PWD; export HOME; git clone -q --no-local repo copy"),
    "git gc": (["git"], git_repository, "HOME=$PWD; export HOME; git -C repo gc -q; git -C repo log --stat >log; git -C repo fsck >/dev/null 2>&1"),
    "git commit": (["git"], inputs, textwrap.dedent(GIT)),
    "sqlite3": (["sqlite3"], inputs, "sqlite3 db 'create table t(a,b); with recursive n(i) as (select 1 union all select i+1 from n where i<5000) "
                "insert into t select i, i*i from n; create index x on t(b)'; sqlite3 db 'select sum(b) from t; delete from t where a%3=0; vacuum'"),
    "sort": ([], inputs, "sort -S 64k -T . in.txt >out; sort -u -k2 in.txt -o in.txt; uniq -c out | tail -n 1"),
    "sed and awk": (["sed", "awk"], inputs, "sed -i s/alpha/omega/ in.txt; awk '{n[$2]++} END {for (k in n) print k, n[k]}' in.txt >out; sed -n 5p in.txt"),
    "grep, wc, cut, tr": ([], inputs, "grep -c beta in.txt; grep -r line . | wc -l; cut -d' ' -f2 in.txt | tr a-z A-Z >out; grep -q zeta in.txt"),
    "checksums": ([], inputs, "md5sum in.bin in.txt >sums; md5sum -c sums; sha256sum in.bin; cksum in.txt; cmp in.bin in.txt"),
    "diff and patch": (["diff", "patch"], inputs, "sed s/alpha/omega/ in.txt >new; diff -u in.txt new >d; patch -s in.txt d; diff in.txt new"),
    "find and xargs": (["find", "xargs"], inputs, "find tree -type f -exec md5sum {} \\; >out; find tree -type f | xargs -n 3 cat >all"),
    "rsync": (["rsync"], inputs, "rsync -a tree in.bin copy; echo more >>in.bin; rsync -a in.bin copy"),
    "perl": (["perl"], inputs, "perl -ne 'print if /gamma/' in.txt >out; perl -pi -e 's/line/row/' in.txt; perl -e 'system(\"true\"); print `cat out`; exit 4' >out2"),
    "ffmpeg": (["ffmpeg"], inputs, f"{FFMPEG} -f lavfi -i testsrc=size=64x48:rate=5:duration=1 -c:v mpeg4 a.avi; {FFMPEG} -i a.avi -c copy b.mkv; {FFMPEG} -i missing.avi c.avi"),
    "latex": (["pdflatex"], tex, "pdflatex -interaction=batchmode a.tex >/dev/null; pdflatex -interaction=batchmode missing >/dev/null"),
    "a script with 200 children": ([], script("run.sh", "#!/bin/sh\n" + textwrap.dedent(CHILDREN)), "./run.sh"),
    "bash": (["bash"], inputs, "bash -c 'while read a b; do n=$((n+1)); done <in.txt; echo $n >out; cat <(head -n 3 in.txt) <<<here; exec 5>five; echo 5 >&5; x=$(dirname /a/b); y=$(echo $x | sed s/a/b/); export z=$y; w=$(printenv z) || exit 9; echo $w; (export q=1; env | grep -c q=1); wait'"),
    **{f"python {name}": (["python3"], *python_script(name)) for name in PY},
    **{f"node {name}": (["node"], *node_script(name)) for name in NODE},
}
