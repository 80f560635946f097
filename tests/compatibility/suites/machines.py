# machines.py -- Chromium, and stress-ng's stressors of what a program could break.
#
# SPDX-License-Identifier: Apache-2.0
import functools
import re

from suite import Suite

PAGE = """<!doctype html><title>a page</title><p id=p>before</p><canvas id=c></canvas><script>
const items = []; for (let i = 0; i < 20000; i++) items.push({i, text: "item " + i});
const canvas = document.getElementById("c").getContext("2d"); canvas.fillRect(0, 0, 50, 50);
document.getElementById("p").textContent = items.length + " " + (7 ** 9);
</script>"""
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-quic", "--disable-background-networking", "--disable-component-update",
            "--disable-sync"]


def chromium(this):
    """stderr is Chromium's own and has times in it; only a line of ours would matter there."""
    page = this.folder / "page.html"
    page.write_text(PAGE)
    for name, arguments in {"dump": ["--dump-dom"], "print": ["--print-to-pdf=a.pdf"],
                            "screenshot": ["--screenshot=a.png"],
                            "single": ["--single-process", "--dump-dom"]}.items():
        ended = this.do([*CHROMIUM, f"--user-data-dir={this.folder}/{name}", *arguments,
                         f"file://{page}"], timeout=120)
        said = "heapdiff" if b"heapdiff" in ended.stderr else ""
        text = ended.stdout.decode(errors="replace")
        this.note(name, " ".join([ended.status, *ended.left, text, said]))


STRESSORS = ("seccomp fork vfork vforkmany clone malloc mmap mmapfork pthread sigsegv sigabrt"
             " sigchld sigfd sigfpe sigpending sigq sigrt sigtrap sigsuspend exec daemon exit-group"
             " zombie wait kill brk stack stackmmap bigheap mremap madvise mlock mprotect munmap"
             " futex mutex sem switch yield context fault userfaultfd dekker tree hash qsort"
             " memfd shm shm-sysv sigstack null pipe pidfd ptrace personality getrandom"
             " prctl resources rmap rlimit session schedpolicy set spawn sysbadaddr"
             " sigio sigaltstack timer itimer tsc unshare usersyscall utime vm vm-segv remap"
             " dynlib env fp-error loadavg memthrash mergesort msg nice poll procfs"
             " robust-futex secretmem sockpair splice str touch affinity aio bad-altstack"
             " close dentry dup eventfd fiforw fcntl getdent get handle hsearch icache"
             " judy landlock lockbus longjmp malloc-bytes membarrier mincore nanosleep open"
             " pageswap pkey regs rseq sigsys sleep swap thread xattr zlib").split()


def stressors():
    return list(dict.fromkeys(STRESSORS))


def stress(names, this):
    """One second and a bounded number of turns of each; what it says of success, not of speed."""
    for name in names:
        ended = this.do(["stress-ng", "--temp-path", this.folder, f"--{name}", "1",
                         f"--{name}-ops", "60", "--timeout", "4", "--oomable", "--verify"],
                        timeout=60)
        text = (ended.stdout + ended.stderr).decode(errors="replace")
        faults = sorted(set(re.findall(r"(?:fail|FAILED|heapdiff|killed by signal \d+)", text)))
        this.note(name, " ".join([ended.status, *ended.left, *faults]))


def slices(names, size):
    return [names[begin:begin + size] for begin in range(0, len(names), size)]


SUITES = [
    Suite("chromium", "headless: DOM, PDF, screenshot, one process", chromium,
          packages=("chromium",), version=("chromium", "--version")),
    *[Suite(f"stress-ng-{number}", "stress-ng: " + ", ".join(part[:6]) + ", …",
            functools.partial(stress, part), packages=("stress-ng",),
            version=("stress-ng", "--version"))
      for number, part in enumerate(slices(stressors(), 32), 1)],
]
