"""A mail server on a real socket that takes mail, or misbehaves as it was told."""

import socketserver
import threading
from collections import deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

# What is said of a recipient instead of yes; and what becomes of a connection at a point of it.
REFUSE, PUT_OFF = "550 no such mailbox", "451 come back later"
CUT_BEFORE, CUT_AFTER = "cut before it is taken", "cut after it is taken"


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    server: "SmtpServer.Socket"

    def handle(self) -> None:
        self._say(self.server.owner.greeting)
        for line in self.rfile:
            verb = line.split()[0].upper().decode() if line.split() else ""
            if not self._answer(verb, line):
                return

    def _answer(self, verb: str, line: bytes) -> bool:
        owner = self.server.owner
        if verb == "MAIL" and owner.sender_answer:
            self._say(owner.sender_answer)
        elif verb == "RCPT":
            self.recipient = line.decode().partition("<")[2].partition(">")[0]
            self.trouble = owner.troubles.popleft() if owner.troubles else ""
            self._say(self.trouble if self.trouble in {REFUSE, PUT_OFF} else "250 yes")
        elif verb == "DATA":
            self._say("354 go on")
            return self._take()
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 yes")
        return True

    def _take(self) -> bool:
        content = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            content += line.removeprefix(b".") if line.startswith(b"..") else line
        if self.trouble == CUT_BEFORE:
            return False
        owner = self.server.owner
        owner.mails.append(Mail(self.recipient, content))
        if not owner.may_answer.is_set():
            owner.has_held.set()
        owner.may_answer.wait(60)
        if self.trouble == CUT_AFTER:
            return False
        self._say(owner.data_answer)
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Mail:
    """A mail as it arrived."""

    def __init__(self, recipient: str, content: bytes) -> None:
        self.recipient = recipient
        self.message: Any = message_from_bytes(content, _class=EmailMessage, policy=policy.default)

    @property
    def text(self) -> str:
        text: str = self.message.get_content()
        return text.replace("\r\n", "\n")


class SmtpServer:
    """Takes mail for as long as it is entered."""

    class Socket(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        owner: "SmtpServer"

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        # What happens to the next recipients, one each; "" is a plain yes.
        self.troubles: deque[str] = deque()
        self.greeting, self.sender_answer, self.data_answer = "220 here", "", "250 taken"
        # What is taken is answered as long as the one is set; without, it is held, which sets the
        # other one.
        self.may_answer, self.has_held = threading.Event(), threading.Event()
        self.may_answer.set()
        self._socket = self.Socket(("127.0.0.1", 0), Handler)
        self._socket.owner = self
        self.port: int = self._socket.server_address[1]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._socket.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown()
        self._socket.server_close()

    def recipients(self) -> list[str]:
        return [mail.recipient for mail in self.mails]
