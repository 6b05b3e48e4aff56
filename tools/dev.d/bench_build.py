"""What a clean build costs: from a clone to the program, to everything, and the slowest file."""

import os
import tempfile
import time

import project

# What the budget is for; a machine with more cores is kept to them.
CORES = 2


def slowest(log):
    """(seconds, output) of the compilation that took longest, from the text of a .ninja_log.

    Of an output that was built twice the last line counts, as it does for ninja.
    """
    took = {}
    for line in log.splitlines():
        fields = line.split("\t")
        if len(fields) == 5 and fields[3].endswith((".o", ".pch")):
            took[fields[3]] = (int(fields[1]) - int(fields[0])) / 1000
    if not took:
        raise project.Failed("the log of ninja has no compilation: was anything built?")
    output = max(took, key=took.get)
    return took[output], output


def source_of(output):
    """The source in the tree of an object: a/CMakeFiles/t.dir/b.cc.o is a/b.cc."""
    folder, _, rest = output.partition("CMakeFiles/")
    return folder + rest.partition(".dir/")[2].removesuffix(".o")


def measure(targets=("colibri", "all")):
    """(minutes to the program and the libraries, minutes to everything, seconds, file).

    Builds preset release in a directory of its own and without ccache, so it takes as long as it
    says.
    """
    with tempfile.TemporaryDirectory(prefix="colibri-clean-build-") as scratch:
        env = dict(os.environ, CCACHE_DISABLE="1")
        project.run_quietly(["cmake", "--preset", "release", "-B", scratch,
                             "-DCOLIBRI_CCACHE=OFF"], "cmake --preset release")
        minutes = []
        start = time.monotonic()
        for target in targets:
            print(f"==> clean build of {target}, load {os.getloadavg()[0]:.1f} before", flush=True)
            project.run_quietly(["ninja", "-C", scratch, f"-j{CORES}", target],
                                f"clean build of {target}", env=env)
            minutes.append((time.monotonic() - start) / 60)
            print(f"    {minutes[-1]:.1f} minutes", flush=True)
        with open(os.path.join(scratch, ".ninja_log"), encoding="utf-8") as log:
            seconds, output = slowest(log.read())
    return (*minutes, seconds, source_of(output))
