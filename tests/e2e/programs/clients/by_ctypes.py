"""Calls the API through a TLS library that it opens and looks up by itself: by_ctypes.py LIBRARY URL COUNT [OPTION…].
Options: peek (each answer is looked at before it is read), unnamed (no server name is sent), early (the connection is made first),
ex2 (what is sent goes by SSL_write_ex2)."""
import ctypes
import json
import pathlib
import socket
import sys
import urllib.parse

LIBRARY, URL, COUNT, *OPTIONS = sys.argv[1:]
BODY = json.dumps({"model": "claude-opus-4-5", "max_tokens": 64, "messages": [{"role": "user", "content": "CANARY prompt"}]}).encode()
target = urllib.parse.urlsplit(URL)
sock = socket.create_connection((target.hostname, target.port)) if "early" in OPTIONS else None

for needed in sorted(pathlib.Path(LIBRARY).parent.glob("libcrypto-*")):  # as a wheel's own module would have it loaded
    ctypes.CDLL(str(needed), mode=ctypes.RTLD_LOCAL)
ssl = ctypes.CDLL(LIBRARY, mode=ctypes.RTLD_LOCAL)
pointer = ctypes.c_void_p
ssl.TLS_client_method.restype = ssl.SSL_CTX_new.restype = ssl.SSL_new.restype = pointer
for name in "SSL_connect", "SSL_free":
    getattr(ssl, name).argtypes = [pointer]
ssl.SSL_CTX_new.argtypes = ssl.SSL_new.argtypes = [pointer]
ssl.SSL_set_fd.argtypes = [pointer, ctypes.c_int]
ssl.SSL_ctrl.argtypes = [pointer, ctypes.c_int, ctypes.c_long, ctypes.c_char_p]
if "ex2" in OPTIONS:
    ssl.SSL_write_ex2.argtypes = [pointer, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64, pointer]
for name in "SSL_read", "SSL_peek", "SSL_write":
    getattr(ssl, name).argtypes = [pointer, ctypes.c_char_p, ctypes.c_int]

sock = sock or socket.create_connection((target.hostname, target.port))
session = ssl.SSL_new(ssl.SSL_CTX_new(ssl.TLS_client_method()))
if "unnamed" not in OPTIONS:
    ssl.SSL_ctrl(session, 55, 0, target.hostname.encode())
ssl.SSL_set_fd(session, sock.fileno())
assert ssl.SSL_connect(session) == 1
room = ctypes.create_string_buffer(1000)
for _ in range(int(COUNT)):
    asked = (f"POST /v1/messages HTTP/1.1\r\nhost: {target.netloc}\r\ncontent-type: application/json\r\n"
             f"x-api-key: CANARY-key\r\ncontent-length: {len(BODY)}\r\n\r\n").encode() + BODY
    if "ex2" in OPTIONS:
        put = ctypes.c_size_t()
        assert ssl.SSL_write_ex2(session, asked, len(asked), 0, ctypes.byref(put)) == 1 and put.value == len(asked)
    else:
        assert ssl.SSL_write(session, asked, len(asked)) == len(asked)
    answer = b""
    while not answer.endswith(b"0\r\n\r\n"):
        if "peek" in OPTIONS:
            assert ssl.SSL_peek(session, room, len(room)) > 0
        n = ssl.SSL_read(session, room, len(room))
        assert n > 0, n
        answer += room.raw[:n]
    print(answer[:15].decode())
ssl.SSL_free(session)
