"""A proxy on loopback that opens tunnels (HTTP CONNECT), itself spoken to in plain text or over TLS."""
import socket
import ssl
import threading


class Proxy:
    def __init__(self, certificate=None):
        self.opened, self.context = [], None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if certificate else 'http'}://localhost:{self.port}"
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

    def serve(self, sock):
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += sock.recv(1) or b"\r\n\r\n"
            name, _, port = head.split()[1].decode().rpartition(":")
            there = socket.create_connection((name, int(port)))
            self.opened.append(head.split()[1].decode())
            sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=self.carry, args=(there, sock), daemon=True)
            back.start()
            self.carry(sock, there)
            back.join()
        except (OSError, IndexError, ValueError):
            pass

    @staticmethod
    def carry(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for sock in source, target:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
