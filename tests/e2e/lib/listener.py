"""A server on loopback: a thread for each connection, in plain text or over TLS."""
import socket
import threading


class Listener:
    """Whoever derives from it has serve(sock), which is given each connection as it was accepted."""

    def listen(self, context=None):
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://localhost:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def secured(self, sock):
        """The connection after its handshake, where there is one."""
        return self.context.wrap_socket(sock, server_side=True) if self.context else sock
