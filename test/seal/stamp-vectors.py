"""Stamps of documents, computed from docs/document-format.md alone. Prints one JSON line for each vector of fixtures/stamps.json."""

import base64
import hashlib
import hmac
import json
import pathlib

SALT = b"exchange-keys/stamp/1"
HERE = pathlib.Path(__file__).parent


def hkdf(material: bytes, info: bytes, length: int) -> bytes:
    key = hmac.new(SALT, material, hashlib.sha256).digest()
    block, out, count = b"", b"", 1
    while len(out) < length:
        block = hmac.new(key, block + info + bytes([count]), hashlib.sha256).digest()
        out, count = out + block, count + 1
    return out[:length]


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def material_of(secret: str) -> bytes:
    if not secret.startswith("-----BEGIN "):
        return secret.encode()
    return base64.b64decode("".join(line for line in secret.splitlines() if not line.startswith("-----")))


def stamp(secret: str, document: str) -> str:
    material = material_of(secret)
    mac = hmac.new(hkdf(material, b"mac", 32), document.encode(), hashlib.sha256).digest()
    return f"{text(hkdf(material, b'id', 9))}.{text(mac)}"


for vector in json.loads((HERE / "fixtures" / "stamps.json").read_text()):
    print(json.dumps(stamp(vector["secret"], vector["text"])))
