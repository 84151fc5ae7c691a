"""A small MongoDB server that asks for passwords: OP_MSG and SCRAM-SHA-256/1 as the server does
them. PyMongo's own client signs in to it in a test, so that it is no invention of ours."""

import base64
import hashlib
import hmac
import socket
import struct

import bson
from checks.servers import Listener

HEAD = struct.Struct("<iiiiI")
SALT, COUNT = b"sixteen bytes ok", 4096


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data


class MongoServer(Listener):
    """Knows one user of the database `admin`, by the mechanisms named; `lies` makes it claim to
    know the password without proof. `asked` are the commands that came."""

    def __init__(self, user, password, mechanisms=("SCRAM-SHA-256", "SCRAM-SHA-1"), **options):
        self.user, self.password, self.mechanisms = user, password, mechanisms
        self.lies = options.pop("lies", False)
        self.asked = []
        super().__init__(self._serve, **options)

    def _serve(self, connection: socket.socket) -> None:
        state = {"is_in": False}
        while True:
            length, number, _, _, _ = HEAD.unpack(exactly(connection, HEAD.size))
            asked = bson.decode(exactly(connection, length - HEAD.size)[1:])
            self.asked.append(asked)
            reply = bson.encode(self._answer(asked, state))
            head = HEAD.pack(HEAD.size + 1 + len(reply), 7, number, 2013, 0)
            connection.sendall(head + b"\0" + reply)

    def _answer(self, asked: dict, state: dict) -> dict:
        name = next(iter(asked))
        if name.lower() in {"hello", "ismaster"}:
            return {
                "ok": 1, "isWritablePrimary": True, "helloOk": True,
                "minWireVersion": 9, "maxWireVersion": 21, "maxBsonObjectSize": 16777216,
                "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000,
                "saslSupportedMechs": list(self.mechanisms),
            }  # fmt: skip
        if name == "saslStart":
            return self._start(asked, state)
        if name == "saslContinue":
            return self._finish(asked, state)
        if not state["is_in"]:
            return {"ok": 0, "code": 13, "errmsg": f"command {name} requires authentication"}
        return {"ok": 1}

    def _start(self, asked: dict, state: dict) -> dict:
        if asked["mechanism"] not in self.mechanisms or asked["$db"] != "admin":
            return {"ok": 0, "code": 18, "errmsg": "Authentication failed."}
        state["digest"] = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1"}[asked["mechanism"]]
        first = bytes(asked["payload"]).decode().removeprefix("n,,")
        nonce = first.partition(",r=")[2]
        state["user"] = first.partition(",")[0].removeprefix("n=")
        salt = base64.b64encode(SALT).decode()
        state["challenge"] = f"r={nonce}served,s={salt},i={COUNT}"
        state["first"] = first
        payload = state["challenge"].encode()
        return {"ok": 1, "conversationId": 1, "done": False, "payload": payload}

    def _finish(self, asked: dict, state: dict) -> dict:
        digest = state["digest"]
        final, _, proof = bytes(asked["payload"]).decode().rpartition(",p=")
        secret = self.password
        if digest == "sha1":
            secret = hashlib.md5(f"{self.user}:mongo:{secret}".encode()).hexdigest()
        salted = hashlib.pbkdf2_hmac(digest, secret.encode(), SALT, COUNT)
        signed = f"{state['first']},{state['challenge']},{final}".encode()
        stored = hashlib.new(digest, hmac.digest(salted, b"Client Key", digest)).digest()
        signature = hmac.digest(stored, signed, digest)
        given = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature, strict=True))
        known = hashlib.new(digest, given).digest() == stored and state["user"] == self.user
        if not known and not self.lies:
            return {"ok": 0, "code": 18, "errmsg": f"Authentication failed for {state['user']}."}
        state["is_in"] = True
        server_key = hmac.digest(salted, b"Server Key", digest)
        verifier = base64.b64encode(hmac.digest(server_key, signed, digest)).decode()
        payload = f"v={verifier}".encode()
        return {"ok": 1, "conversationId": 1, "done": True, "payload": payload}
