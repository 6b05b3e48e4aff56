"""A cable to pull: the trader in a network namespace of its own, joined by one veth pair.

    netns.enter(sys.argv)               # becomes root of a namespace of our own, no rights needed
    cable = Cable(venue_port)
    trader.command_prefix = cable.prefix()
    cable.cut_silently()                # the kernel drops every packet, and tells nobody
    cable.heal()
"""

import os
import shutil
import subprocess
import sys

from proxy import Proxy

INSIDE = "COLIBRI_TEST_IN_NETNS"
OUR_ADDRESS, THEIR_ADDRESS = "10.213.0.1", "10.213.0.2"
TRY = "ip link add cut0 type veth peer name cut1"


def is_possible():
    """Whether this machine lets us have a network namespace."""
    if not all(shutil.which(tool) for tool in ("unshare", "nsenter", "ip")):
        return False
    return subprocess.run(["unshare", "-rn", "sh", "-c", TRY], check=False,
                          capture_output=True).returncode == 0


def is_inside():
    """Whether enter has been here."""
    return INSIDE in os.environ


def enter(arguments):
    """Starts this very program again, inside."""
    sys.stdout.flush()
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-rn", sys.executable, *arguments])


class Cable:
    """One end is ours, and a relay to the venue listens on it; the other end is the trader's."""

    def __init__(self, venue_port):
        # The venue listens on loopback alone. The relay is a plain one: the cable is what is cut.
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo ready; exec sleep 86400"],
                                       stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        run("ip link set lo up")
        run(TRY)
        run(f"ip link set cut1 netns {self.holder.pid}")
        run(f"ip addr add {OUR_ADDRESS}/24 dev cut0")
        run("ip link set cut0 up")
        for words in ("ip link set lo up", f"ip addr add {THEIR_ADDRESS}/24 dev cut1",
                      "ip link set cut1 up"):
            subprocess.run([*self.prefix(), *words.split()], check=True)
        self.proxy = Proxy(venue_port, OUR_ADDRESS)

    def prefix(self):
        """Before a command that is to run at the other end."""
        return ["nsenter", "-n", "-t", str(self.holder.pid)]

    def cut_silently(self):
        """Nothing passes."""
        run("ip link set cut0 down")

    def heal(self):
        """What TCP has kept is sent again."""
        run("ip link set cut0 up")

    def stop(self):
        """The namespace goes with its process."""
        self.proxy.stop()
        self.holder.kill()
        self.holder.wait()


def run(words):
    """A command that must work."""
    subprocess.run(words.split(), check=True)
