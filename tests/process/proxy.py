"""A TCP relay that can play dead: sockets stay open, and nothing passes.

    proxy = Proxy(venue.port)
    proxy.cut_silently()      # a half-open connection, in both directions; new ones hear nothing
    proxy.heal()              # for new connections; what was swallowed is lost, so old ones stay
"""

import selectors
import socket
import threading

CHUNK = 65536


class Proxy:
    """Listens on a port of its own and relays to one on this machine, on a thread."""

    def __init__(self, target_port, host="127.0.0.1"):
        self.target_port = target_port
        self.listener = socket.create_server((host, 0))
        self.port = self.listener.getsockname()[1]
        self.is_cut = False
        self.is_stopped = False
        self.peers = {}    # the other end of each socket
        self.dead = set()  # read from, and forgotten
        self.selector = selectors.DefaultSelector()
        self.listener.setblocking(False)
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.waker, self.wake = socket.socketpair()
        self.selector.register(self.waker, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def cut_silently(self):
        """From now on nothing passes and nobody is told."""
        self.is_cut = True
        self.wake.send(b".")

    def heal(self):
        """New connections pass again."""
        self.is_cut = False

    def stop(self):
        """Closes everything."""
        self.is_stopped = True
        self.wake.send(b".")
        self.thread.join(10)

    def _run(self):
        while not self.is_stopped:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    self._accept()
                elif key.fileobj is self.waker:
                    self.waker.recv(CHUNK)
                    self.dead.update(self.peers)
                else:
                    self._relay(key.fileobj)
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()

    def _accept(self):
        try:
            client, _ = self.listener.accept()
        except OSError:
            return
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(client, selectors.EVENT_READ)
        if self.is_cut:
            self.dead.add(client)
            self.peers[client] = None
            return
        try:
            target = socket.create_connection(("127.0.0.1", self.target_port), timeout=10)
        except OSError:
            self._close(client)
            return
        target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(target, selectors.EVENT_READ)
        self.peers[client], self.peers[target] = target, client

    def _relay(self, source):
        try:
            content = source.recv(CHUNK)
        except OSError:
            content = b""
        peer = self.peers.get(source)
        if source in self.dead:
            if not content:
                self._close(source)  # and the other end never learns of it
            return
        try:
            if content:
                peer.settimeout(10)
                peer.sendall(content)
                return
        except OSError:
            pass
        self._close(source)
        self._close(peer)

    def _close(self, end):
        if end is None or end.fileno() < 0:
            return
        self.selector.unregister(end)
        self.peers.pop(end, None)
        self.dead.discard(end)
        end.close()
