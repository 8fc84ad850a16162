"""The made-up hospital as a process of its own, and the test's keystore."""

import json
import os
import re
import subprocess
import urllib.request

from plainchart import KeystoreError, PlatformKeystore, SessionListener


class Lakeside:
    """Starts the sandbox over plain http on loopback; stops it when the block ends."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [os.environ["PLAINCHART_SANDBOX"], "--http"], stdout=subprocess.PIPE, text=True
        )
        for line in self.process.stdout:
            found = re.match(r"base\s+(\S+)", line)
            if found:
                self.base = found.group(1)
                self.origin = self.base.split("/fhir")[0]
            if line.startswith("Stop it"):
                break
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def post(self, path, body):
        request = urllib.request.Request(
            self.origin + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def approve(self, authorize_url, login, patient):
        """Plays the person at the browser; answers with the callback."""
        body = {"authorize_url": authorize_url, "login": login, "patient": patient}
        return self.post("/_sandbox/approve", body)["callback"]


class DictionaryKeystore(PlatformKeystore):
    """A keystore in memory. Wrapping is a lookup: what it gives out is a ticket, the secret stays inside."""

    def __init__(self):
        self.wrapped, self.derived, self.values = {}, {}, {}
        self.refuses = False

    def _check(self):
        if self.refuses:
            raise KeystoreError.DeviceLocked()

    def wrap(self, slot, secret):
        self._check()
        ticket = os.urandom(16)
        self.wrapped[(slot, ticket)] = bytes(secret)
        return ticket

    def unwrap(self, slot, wrapped):
        self._check()
        try:
            return self.wrapped[(slot, bytes(wrapped))]
        except KeyError:
            raise KeystoreError.Missing()

    def derive(self, slot, create):
        self._check()
        if slot not in self.derived:
            if not create:
                raise KeystoreError.Missing()
            self.derived[slot] = os.urandom(32)
        return self.derived[slot]

    def create_key(self, slot):
        raise KeystoreError.Unavailable()

    def sign(self, slot, bytes):
        raise KeystoreError.Unavailable()

    def read(self, slot):
        self._check()
        return self.values.get(slot)

    def write(self, slot, value):
        self._check()
        self.values[slot] = bytes(value)

    def delete(self, slot):
        self._check()
        self.values.pop(slot, None)
        self.derived.pop(slot, None)
        self.wrapped = {key: value for key, value in self.wrapped.items() if key[0] != slot}


class Recorder(SessionListener):
    """Keeps what it is told; may throw."""

    def __init__(self, throws=False):
        self.seen, self.throws = [], throws

    def progress(self, progress):
        self.seen.append(progress)
        if self.throws:
            raise RuntimeError("the screen is gone")
