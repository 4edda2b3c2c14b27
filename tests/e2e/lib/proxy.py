"""A proxy on loopback that opens tunnels (HTTP CONNECT), itself spoken to in plain text or over TLS."""
import socket
import ssl
import threading

from listener import Listener


class Proxy(Listener):
    def __init__(self, certificate=None):
        self.opened, context = [], None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
        self.listen(context)

    def serve(self, sock):
        try:
            sock = self.secured(sock)
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
