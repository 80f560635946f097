# rows.py -- The edge programs: one line each.
#
# SPDX-License-Identifier: Apache-2.0
"""row(COMMAND, STATUS, ...): @NAME is a program or library of programs/. The status is what the
plain program ends with, so that a program that no longer does its deed is noticed.
"""
import re
from dataclasses import dataclass, field

REASON = r"heapdiff: [^\n]*\n"  # why there is no snapshot, where there can be none
ALL = ("bare", "full", "sampled", "no-thread")
# What shows the control process, as docs/compatibility.md says: a wait for all kinds of children,
# /proc/PID/task/TID/children, a limit of two processes.
UNSEEN = ("no-thread",)
# A child that is recorded and killed keeps its memory for a moment longer.
NOT_FOLLOWED = ("bare", "sampled", "no-thread")


@dataclass(frozen=True)
class Row:
    command: tuple
    status: str = "exit 0"
    variables: dict = field(default_factory=dict)
    root: bool = False
    may_say: str = r"\Z(?!)"  # a line to stderr that is allowed once
    modes: tuple = ALL
    title: str = ""

    @property
    def name(self):
        text = self.title or " ".join(self.command)
        return re.sub(r"\W+", "_", text.replace("@", "")).strip("_")[:60]


def row(command, status="exit 0", **options):
    parts = command.split() if isinstance(command, str) else command
    return Row(tuple(parts), status, **options)


def rows(command, arguments, status="exit 0", **options):
    """The same program with each of these arguments."""
    return [row(f"{command} {argument}", status, **options) for argument in arguments.split("|")]


def shell(title, script, status="exit 0", **options):
    return row(["sh", "-c", script], status, title=title, **options)


def in_namespace(title, preparation, program, **options):
    """A program in a mount namespace of its own, prepared by the plain shell."""
    return row(["unshare", "--mount", "sh", "-c", f"{preparation}\nexec {program}"], title=title,
               root=True, **options)


ENDING = [row("@end none"), *rows("@end exit", "main|handler|thread|alarm", "exit 3"),
          *rows("@end _exit", "main|handler|thread|alarm", "exit 4"),
          *rows("@end quick_exit", "main|handler|thread", "exit 5"),
          *rows("@end exit_group", "main|handler|thread|alarm", "exit 6"),
          *rows("@end abort", "main|handler|thread", "SIGABRT"),
          *rows("@end kill", "main|thread", "SIGKILL"),
          *rows("@end term", "main|thread", "SIGTERM"),
          *rows("@end segv", "main|thread|alarm", "SIGSEGV"), row("@end trap main", "SIGILL"),
          *rows("@end close", "main|thread", "exit 7"),
          *rows("@end exec", "main|handler|thread|alarm")]

LEAVING = [*rows("@leave", "alone|returns|detached|pthread_exit|forks|cancelled"),
           row("@leave exits", "exit 3"), row("@leave quick", "exit 4"),
           row("@leave raw", "exit 5"), row("@leave aborts", "SIGABRT"),
           row("@leave killed", "SIGTERM"), row("@leave executes"),
           row("@leave raw_alone", "exit 6")]

CHILDREN = [*rows("@fork_in_thread", "returns|_Fork|exits|pthread_exit|joins|detaches"
                                     "|leaves_thread"),
            *rows("@handler_fork", "fork|_Fork|vfork"),
            *rows("@spawns", "fork 100|fork 50 busy|_Fork 50|vfork 300|vfork_exec 50"
                             "|vfork_exec 50 busy|spawn 50|spawn 50 busy|system 20|popen 20"),
            *rows("@clones", "vm|vm_files|allocates|fork|clone3|raw"), row("@handlers"),
            *rows("@daemon", "daemon|twice"), row("@parent_death"),
            *rows("@traced", "me|exec|thread|events"), row("@robust"),
            *rows("@childless", "children|all", modes=UNSEEN), row("@childless plain"),
            row("@childless")]

EXECUTING = [*rows("@executes", "main|thread|busy|empty|fails|fexecve|chain 20")]

PRIVILEGES = [row("@keepcaps", root=True),
              *rows("@identity", "setuid|setgid|both|seteuid|back|setfsuid|setgroups|initgroups",
                    root=True),
              *rows("@namespaces", "user|user_mount|pid|fs|setns|chroot", root=True),
              *rows("@namespaces", "pivot|user_pid", root=True, may_say=REASON),
              row("setpriv --reuid=65534 --regid=65534 --clear-groups true", root=True),
              row("setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs @tasks",
                  root=True)]

SANDBOXES = [*rows("@sandbox", "filter|fresh|errno|trap|quick|later|strict|fresh threads"
                               "|filter threads|errno threads")]

LIMITS = [*rows("@limits", "nproc|nofile|nofile_one|as|fsize|stack|memlock|core|sigpending"
                           "|msgqueue|cpu"),
          row("@limits nofile_one again", may_say=REASON),
          *rows("@limits", "nproc again|as again|stack again"
                           "|memlock again|core again|sigpending again|msgqueue again|cpu again"),
          *rows("@limits", "data|fsize_small|fsize silent|data again", may_say=REASON),
          row("setpriv --reuid=65534 --regid=65534 --clear-groups @limits nproc again", root=True,
              may_say=REASON),
          row("setpriv --reuid=54321 --regid=54321 --clear-groups @limits nproc_two again",
              root=True, modes=UNSEEN),
          row("@lock_memory"), row("@mappings", may_say=REASON), row("@overflow", "exit 6")]

STACKS = [*rows("@stacks", "threads 16384|signals 16384|signals 8192|contexts 16384"
                           "|contexts 8192"),
          row("@keys"), *rows("@threads", "joined|detached|cancelled|pthread_exit|c11")]

LOADING = [*rows("@loads", "storm @libloaded.so|threads @libloaded.so|namespace @libloaded.so"
                           "|keep @libloaded.so|missing none|tls @libtls256.so"
                           "|tls @libtls1024.so|tls @libtls1400.so"),
           row("@begun", variables={"LD_BIND_NOW": 1}, title="bind_now"),
           *[row(command, status, variables={"LD_AUDIT": "@libaudit.so"},
                 title=f"audited {command}")
             for command, status in (("@begun", "exit 0"), ("@end exit main", "exit 3"),
                                     ("@end _exit thread", "exit 4"), ("@threads joined", "exit 0"),
                                     ("@loads threads @libloaded.so", "exit 0"),
                                     ("@loads namespace @libloaded.so", "exit 0"),
                                     ("@loads tls @libtls256.so", "exit 0"))],
           row("@new_in_dlopen @libwaits.so"),
           *[row("@begun", variables={"EDGE_FIRST": what}, title=f"first {what}")
             for what in "sbrk brk shm mmap reallocarray memalign aligned posix usable malloc free"
                         " dl fork _Fork vfork system thread exec unshare".split()],
           row("@begun", "exit 4", variables={"EDGE_FIRST": "exit"}, title="first exit"),
           row("@begun", "exit 5", variables={"EDGE_FIRST": "_exit"}, title="first _exit"),
           row("@begun", variables={"EDGE_FIRST": "setuid"}, title="first setuid", root=True)]

ALLOCATOR = [row("@own_malloc"), row("@answers"), row("@names"), row("@maps"),
             row("@begun", variables={"MALLOC_PERTURB_": 85}, title="malloc_perturb"),
             row("@begun", variables={"MALLOC_ARENA_MAX": 1}, title="one_arena"),
             row("@begun", variables={"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"},
                 title="no_tcache"),
             row("@begun", variables={"GLIBC_TUNABLES": "glibc.rtld.optional_static_tls=0"},
                 title="no_optional_tls")]

USE = [*rows("@end_of_file", "execs|forks"),
       *rows("@in_use executes", "exit|_exit|exit_group"),
       row("@in_use executes kill", modes=NOT_FOLLOWED),
       *rows("@in_use attaches", "exit|_exit|exit_group"),
       row("@in_use attaches kill", modes=NOT_FOLLOWED),
       *rows("@reaper", "_exit|exit_group|executes"),
       row("@reaper kill", modes=NOT_FOLLOWED), row("@twins"),
       *rows("@errors", "full|broken|data|child_data"),
       in_namespace("leaves_mount", "mkdir there; mount -t tmpfs none there; cd there",
                    "@leaves_mount"),
       shell("lock", "exec 9>lock; flock 9; @begun 9>&- ; exec 9>&-; flock -n lock echo free"),
       shell("lock_follows", "exec 9>lock; flock 9; @close_all range; exec 9>&-;"
                             " flock -n lock echo free")]

SELF = [row("@tasks"), *rows("@close_all", "range|loop|none_left"), *rows("@title", "a b c"),
        row("@all_signals"), row("@timers"), row("@plenty"), row("@groups zero"),
        row("@groups minus"), row("@groups dies", "SIGTERM"), row("@fault"), row("@unmaps"),
        row("@core", "SIGABRT"), row("@core threads", "SIGABRT"),
        row("setarch -R @begun"), shell("closed_at_start", "exec @tasks <&- 2>&-"),
        shell("all_closed_at_start", "exec @spawns fork 5 <&- >&- 2>&-"),
        shell("broken_pipe", "@begun | true; echo ended"),
        shell("pipeline", "seq 1000 | sort -n | tail -1; for i in 1 2 3; do cat /dev/null; done"),
        shell("background", "@begun & wait $!; echo $?"),
        shell("orphan", "orphan=$(@begun >out & echo $!);"
                        " while kill -0 $orphan 2>/dev/null; do :; done; cat out"),
        shell("gdb", "gdb -q -batch -ex run --args @begun 2>&1 |"
                     " grep -cE 'New (Thread|LWP)|exited normally'"),
        shell("trap", "trap 'echo caught; exit 3' TERM; kill -TERM $$", "exit 3"),]

MACHINE = [row("unshare --fork --pid --mount-proc @tasks", root=True),
           row("unshare --fork --pid --mount-proc @spawns fork 20", root=True),
           # its first process ends and with it, by SIGKILL, all others
           row("unshare --fork --pid --mount-proc @groups everybody", root=True,
               modes=NOT_FOLLOWED),
           row("unshare --fork --pid --kill-child @leave returns", root=True),
           in_namespace("read_only_root", "mount --rbind / /mnt && mount -o remount,bind,ro /mnt",
                        "chroot /mnt @begun", may_say=REASON),
           in_namespace("no_proc", "umount -l /proc", "@begun", may_say=REASON),
           in_namespace("other_proc", "mount -t tmpfs none /proc", "@spawns fork 20",
                        may_say=REASON),
           in_namespace("no_shared_memory", "umount -l /dev/shm; mount -t tmpfs -o ro none"
                        " /dev/shm", "@begun"),
           in_namespace("no_devices", "mount -t tmpfs none /dev", "@begun"),
           in_namespace("full_disk", "mkdir full; mount -t tmpfs -o size=64k none full;"
                        " dd if=/dev/zero of=full/all bs=4k 2>/dev/null", "@begun",
                        variables={"HEAPDIFF_OUT": "full/%p.db"}, may_say=REASON,
                        modes=NOT_FOLLOWED),
           *[shell(f"out_{kind}", f"mknod there {node}; exec @begun", root=True,
                   variables={"HEAPDIFF_OUT": "there"}, may_say=REASON)
             for kind, node in (("null", "c 1 3"), ("full", "c 1 7"), ("fifo", "p"))]]

ROWS = [*ENDING, *LEAVING, *CHILDREN, *EXECUTING, *PRIVILEGES, *SANDBOXES, *LIMITS, *STACKS,
        *LOADING, *ALLOCATOR, *SELF, *USE, *MACHINE]
