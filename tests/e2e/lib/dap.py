"""A debugger's user, by the Debug Adapter Protocol: attaches, stops once, looks around, lets go."""
import json
import socket
import time


class Client:
    def __init__(self, port, timeout):
        end = time.time() + timeout
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), timeout)
                break
            except ConnectionRefusedError:
                if time.time() > end:
                    raise
                time.sleep(0.05)
        self.stream, self.number, self.seen = self.socket.makefile("rb"), 0, []

    def close(self):
        self.stream.close()
        self.socket.close()

    def send(self, command, **arguments):
        self.number += 1
        data = json.dumps({"seq": self.number, "type": "request", "command": command, "arguments": arguments}).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        return self.number

    def receive(self):
        size = 0
        while line := self.stream.readline().strip():
            name, value = line.split(b":")
            size = int(value) if name == b"Content-Length" else size
        if not size:
            raise EOFError(self.seen)
        return json.loads(self.stream.read(size))

    def until(self, fits):
        """The next message that fits, of those passed over before, or to come."""
        for message in self.seen:
            if fits(message):
                self.seen.remove(message)
                return message
        while not fits(message := self.receive()):
            self.seen.append(message)
        return message

    def event(self, name):
        return self.until(lambda m: m["type"] == "event" and m["event"] == name).get("body")

    def ask(self, command, **arguments):
        number = self.send(command, **arguments)
        answer = self.until(lambda m: m["type"] == "response" and m["request_seq"] == number)
        assert answer["success"], answer
        return answer.get("body")


def session(port, script, line, expression, timeout):
    """What is seen at a breakpoint; the program then runs to its end."""
    client = Client(port, timeout)
    try:
        client.ask("initialize", adapterID="test", clientID="test", pathFormat="path", linesStartAt1=True)
        attached = client.send("attach", justMyCode=True)
        client.until(lambda m: m["type"] == "event" and m["event"] == "initialized")
        client.ask("setBreakpoints", source={"path": str(script)}, breakpoints=[{"line": line}])
        client.ask("configurationDone")
        client.until(lambda m: m["type"] == "response" and m["request_seq"] == attached)
        thread = client.event("stopped")["threadId"]
        frames = client.ask("stackTrace", threadId=thread)["stackFrames"]
        value = client.ask("evaluate", expression=expression, frameId=frames[0]["id"])["result"]
        client.ask("setBreakpoints", source={"path": str(script)}, breakpoints=[])
        client.ask("continue", threadId=thread)
        client.event("terminated")
        client.send("disconnect")
        return [frame["name"] for frame in frames], value
    finally:
        client.close()
