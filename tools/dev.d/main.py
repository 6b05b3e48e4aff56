"""tools/dev: builds, tests, runs and checks Colibri. Exit code: 0 good, 1 failed, 2 usage."""

import argparse
import os
import sys

import bench_table
import benching
import ci
import fuzzing
import mutating
import new_venue
import project
import simulating
import style
import tests

# Labels of ctest that the fast loop leaves out: whole programs and long simulations.
SLOW_LABELS = "^(integration|simulation|conformance|install)$"
# What tools/dev bench does other than running benchmarks.
BENCH_MODES = ("compare", "update", "table", "build")


def cmd_build(args):
    """Builds a preset."""
    project.build(args.preset, args.targets)


def cmd_test(args):
    """Builds and runs the tests, ending in one line of counts."""
    project.build(args.preset)
    arguments = ["-R", args.filter] if args.filter else []
    counts = tests.run_ctest(args.preset, arguments)
    print(counts)
    return 1 if counts.failed else 0


def cmd_run(args):
    """Builds the program and starts the quickstart with the arguments given."""
    project.build("release", ["colibri"])
    return exec_program(["quickstart", *args.arguments])


def cmd_sim(args):
    """Runs seeds of the simulation."""
    flags = [flag for flag, is_on in (("--trace", args.trace), ("--twice", args.twice)) if is_on]
    counts = simulating.run(args.seeds, args.minutes, flags, args.preset, venue=args.venue)
    return 1 if counts.failed else 0


def cmd_process(args):
    """Builds the program and runs a scenario of tests/process."""
    project.build("release", ["colibri"])
    project.run([sys.executable, project.ROOT / "tests" / "process" / "main.py", "--program",
                 project.program(), *args.arguments], "the scenario")


def cmd_mutants(args):
    """Puts deliberate bugs into a copy of the tree, one at a time, and lets the simulation look."""
    missed = mutating.run(args.names, args.seeds, args.minutes, args.json, args.list)
    return 1 if missed else 0


def exec_program(arguments):
    """Becomes the program, so that Ctrl-C reaches it alone."""
    sys.stdout.flush()
    os.chdir(project.ROOT)
    os.execv(project.program(), [str(project.program()), *arguments])


def cmd_check(_args):
    """Format, lint, incremental build, unit tests; stops at the first that fails."""
    steps = project.Steps()
    try:
        steps.step("format", style.check_format)
        steps.step("lint", style.lint)
        steps.step("build", project.build, "release")
        counts = steps.step("unit tests", tests.run_ctest, "release", ["-LE", SLOW_LABELS])
    finally:
        steps.print_table()
    print(counts)
    return 1 if counts.failed else 0


def cmd_fmt(args):
    """Formats in place."""
    style.format_all(args.files)


def cmd_lint(args):
    """The scripts of tools/lint; with --tidy also clang-tidy."""
    style.lint()
    if args.tidy is not None:
        style.tidy(args.tidy)


def refuse(command, why):
    """A usage error that argparse does not see."""
    print(f"tools/dev {command}: {why}", file=sys.stderr)
    return 2


def cmd_bench(args):
    """Builds and runs the benchmarks, or counts what the hot paths cost."""
    mode = next((f"--{name}" for name in BENCH_MODES if getattr(args, name)), None)
    if mode and (args.name or args.arguments):
        return refuse("bench", f"{mode} takes no benchmark's name, and "
                      f"'{' '.join([args.name, *args.arguments]).strip()}' was given")
    if args.rounds < 1:
        return refuse("bench", f"--rounds is a number from 1 on, and {args.rounds} was given")
    if args.update:
        benching.update()
    elif args.table:
        bench_table.run(args.rounds, args.rounds, with_build=not args.no_build)
    elif args.build:
        bench_table.print_build()
    elif args.compare:
        counts = benching.compare()
        tests.print_failures(counts, ci.SHOWN_AGAIN)
        return 1 if counts.failed else 0
    else:
        benching.run(args.name, args.arguments)
    return 0


def cmd_fuzz(args):
    """Builds and runs the fuzzers."""
    fuzzing.run(args.name, args.seconds)


def cmd_new_venue(args):
    """Writes the files of a new venue."""
    return new_venue.run(args.name, args.like, args.is_perpetual, args.list)


def cmd_ci(args):
    """All of it, as the integration server runs it."""
    return ci.run(args.skip)


def add_bench(add):
    """The options of tools/dev bench."""
    bench = add("bench", cmd_bench, "build and run the benchmarks")
    guard = bench.add_mutually_exclusive_group()
    guard.add_argument("--compare", action="store_true",
                       help="count the instructions of the hot paths (valgrind), and fail where "
                            "one takes a tenth more than tools/bench/guard/baseline.json says")
    guard.add_argument("--update", action="store_true", help="write that file anew")
    guard.add_argument("--table", action="store_true",
                       help="measure every row of docs/performance.md and write it there; wants a "
                            "machine that does nothing else, for half an hour")
    guard.add_argument("--build", action="store_true",
                       help="measure only a clean build on two cores, without ccache; print its "
                            "rows of that table")
    bench.add_argument("--no-build", action="store_true",
                       help="leave those rows out of --table, which then takes a quarter of an hour")
    bench.add_argument("--rounds", type=int, default=5,
                       help="of --table, whose figures are medians (default 5)")
    bench.add_argument("name", nargs="?", default="", help="only those whose name contains this")
    bench.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to the benchmark")


def make_parser():
    """The command line; every subcommand documents itself."""
    parser = argparse.ArgumentParser(
        prog="tools/dev", description="Builds, tests, runs and checks Colibri.",
        epilog="Packages that are missing are installed first. "
               "Exit code: 0 good, 1 failed, 2 usage.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name, function, text, more=None):
        command = commands.add_parser(name, help=text, description=more or text)
        command.set_defaults(function=function)
        return command

    add("setup", None, "install the Debian packages that are needed (--list shows them)")
    build = add("build", cmd_build, "build a preset (all targets, or those named)")
    add_preset(build)
    build.add_argument("targets", nargs="*", help="targets of ninja, such as core_test")
    test = add("test", cmd_test, "build and run the tests; last line: N passed, N failed, ...")
    add_preset(test)
    test.add_argument("filter", nargs="?", help="only tests whose name matches this expression")
    run = add("run", cmd_run, "build, then run the quickstart (colibri quickstart ARGUMENTS)")
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to colibri")
    sim = add("sim", cmd_sim, "run seeds of the simulation: connector, strategy and venue, with "
              "faults, crashes and restarts, on virtual time")
    add_preset(sim)
    sim.add_argument("--seeds", default="1..100", help="one seed, or FIRST..LAST (default 1..100)")
    sim.add_argument("--venue", choices=simulating.VENUES, default=simulating.VENUES[0],
                     help=f"of the run (default {simulating.VENUES[0]})")
    sim.add_argument("--minutes", type=int, default=20, help="virtual minutes of each (default 20)")
    sim.add_argument("--trace", action="store_true",
                     help="show what happened around the first violation")
    sim.add_argument("--twice", action="store_true",
                     help="run each seed twice and compare the hashes of all events")
    process = add("process", cmd_process, "run real processes: kill9, soak, partition, disk_full, "
                  "or ci for a short run of each (--help lists what each takes)")
    process.add_argument("arguments", nargs=argparse.REMAINDER,
                         help="a scenario and its options, such as kill9 --kills 200 --seed 7")
    mutants = add("mutants", cmd_mutants, "put deliberate bugs into a copy of the tree, one at a "
                  "time, and let the simulation find them (slow)")
    mutants.add_argument("names", nargs="*", help="of mutations (default all)")
    mutants.add_argument("--seeds", type=int, default=1000,
                         help="how many a mutation may survive unseen (default 1000)")
    mutants.add_argument("--minutes", type=int, default=20,
                         help="virtual minutes of each seed (default 20)")
    mutants.add_argument("--json", action="store_true", help="print the outcomes as JSON")
    mutants.add_argument("--list", action="store_true", help="only say what there is")
    add("check", cmd_check, "the fast loop: format, lint, incremental build, unit tests")
    fmt = add("fmt", cmd_fmt, "format the sources in place (clang-format 19)")
    fmt.add_argument("files", nargs="*", help="only these files")
    lint = add("lint", cmd_lint, "check layers, purity, coroutines, secrets, links and lengths")
    lint.add_argument("--tidy", nargs="*", metavar="FILE",
                      help="also run clang-tidy, on these files or on all (slow)")
    add_bench(add)
    fuzz = add("fuzz", cmd_fuzz, "build and run the fuzzers")
    fuzz.add_argument("--seconds", type=int, default=60, help="for each fuzzer (default 60)")
    fuzz.add_argument("name", nargs="?", default="", help="only those whose name contains this")
    add_new_venue(add)
    whole = add("ci", cmd_ci, "everything that guards a change: " + ", ".join(ci.STEP_NAMES))
    whole.add_argument("--skip", action="append", default=[], choices=ci.STEP_NAMES,
                       help="leave a step out (may be repeated)")
    return parser


def add_new_venue(add):
    """new-venue and its options."""
    venue = add("new-venue", cmd_new_venue, "write every file of a new venue, its simulated twin and "
                "its tests", "Writes every file of a new venue: connector, simulated twin, tests and "
                "the lines in the lists; all of it compiles, and the conformance suite is red until "
                "the venue is written. docs/adding_a_venue.md goes on from there. Nothing is written "
                "unless all of it can be. Exit code: 0 written, 1 failed, 2 not a name that can be "
                "taken.")
    venue.add_argument("name", metavar="NAME", help="such as acme or acme_perpetual: folder, "
                       "namespace and name in configurations")
    venue.add_argument("--like", choices=new_venue.LIKES, default=new_venue.LIKES[0],
                       help="binance (default): API keys with HMAC, numbered book changes on a "
                       "snapshot, a login. hyperliquid: wallet signatures, whole books, no login")
    kind = venue.add_mutually_exclusive_group()
    kind.add_argument("--perpetual", dest="is_perpetual", action="store_true", default=None,
                      help="a venue of perpetuals (the default of --like hyperliquid)")
    kind.add_argument("--spot", dest="is_perpetual", action="store_false",
                      help="a spot venue (the default of --like binance)")
    venue.add_argument("--list", action="store_true", help="only say which files it would write")


def add_preset(command):
    """--preset, as build and test take it."""
    command.add_argument("--preset", choices=project.PRESETS, default="release",
                         help="preset of CMakePresets.json (default release)")


def main(arguments):
    """Parses, runs, and turns a failure into its message and exit code 1."""
    forwarded = []
    if len(arguments) > 1 and arguments[0] == "run" and arguments[1] not in (
            "--help", "-h"):
        # argparse would take leading options of colibri for its own.
        arguments, forwarded = arguments[:1], arguments[1:]
    args = make_parser().parse_args(arguments)
    if args.command == "run":
        args.arguments = forwarded
    try:
        return args.function(args) or 0
    except project.Failed as failure:
        print(f"tools/dev {args.command}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
