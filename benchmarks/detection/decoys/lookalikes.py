"""Digests, public keys, ciphertexts and encoded content: random to the eye, and no secret."""

from __future__ import annotations

import base64
import struct
import zlib
from random import Random

from benchmarks.detection.model import ALNUM, B64URL
from benchmarks.detection.shapes import B64_BODY, DIGITS, HEX, LOWER, LOWER_ALNUM, Maker, b64url, pem, run, shape

_BECH32 = "023456789acdefghjklmnpqrstuvwxyz"


def _b64(prefix: str, size: int, suffix: str = "") -> Maker:
    return lambda rng: prefix + base64.b64encode(rng.randbytes(size)).decode() + suffix


def _rsa_public(rng: Random) -> str:
    parts = (b"ssh-rsa", b"\x01\0\x01", b"\0" + rng.randbytes(256))
    blob = b"".join(struct.pack(">I", len(part)) + part for part in parts)
    return f"ssh-rsa {base64.b64encode(blob).decode()} ada@acme.io"


def _ed25519_public(rng: Random) -> str:
    parts = (b"ssh-ed25519", rng.randbytes(32))
    blob = b"".join(struct.pack(">I", len(part)) + part for part in parts)
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} ada@acme.io"


def _public_pem(rng: Random) -> str:
    head = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
    return pem("PUBLIC KEY", head + rng.randbytes(256) + bytes.fromhex("0203010001"))


def _public_pem_line(rng: Random) -> str:
    return _public_pem(rng).replace("\n", "\\n")


def _certificate(rng: Random) -> str:
    return pem("CERTIFICATE", bytes.fromhex("308203a030820288a003020102") + rng.randbytes(800))


def _pgp(rng: Random) -> str:
    body = pem("PGP PUBLIC KEY BLOCK", b"\x99\x01\x0d\x04" + rng.randbytes(500))
    return body.replace("BLOCK-----\n", "BLOCK-----\n\n", 1)


def _png(rng: Random) -> str:
    """A small picture of noise, whole and valid, as a data address."""
    rows = b"".join(b"\0" + rng.randbytes(96) for _ in range(32))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).decode()


def _minified(rng: Random) -> str:
    parts = (
        f"e.{run(rng, ALNUM, 2)}=function(n){{return {run(rng, LOWER, 2)}[{run(rng, DIGITS, 3)}]}}" for _ in range(40)
    )
    return "!function(e,t){" + ",".join(parts) + "}(this,0);"


def _mappings(rng: Random) -> str:
    words = ("AAAA", "SAASA", "IAAIC", "EAAE", "KAAK,CAAC", "CACf", "MAAM", "OAAO", "GAAG", "QAAQ")
    return ",".join(rng.choices(words, k=80)) + ";"


def _fingerprint(rng: Random) -> str:
    return ":".join(run(rng, HEX, 2).upper() for _ in range(20))


def _sops(rng: Random) -> str:
    """A value that sops encrypted."""
    parts = (
        f"{name}:{base64.b64encode(rng.randbytes(size)).decode()}"
        for name, size in (("data", 51), ("iv", 32), ("tag", 16))
    )
    return f"ENC[AES256_GCM,{','.join(parts)},type:str]"


def _public_jwk(rng: Random) -> str:
    return f'{{"kty":"OKP","crv":"Ed25519","x":"{b64url(rng.randbytes(32))}","kid":"{b64url(rng.randbytes(16))}"}}'


LOOKALIKES: dict[tuple[str, str], Maker] = {
    ("sri sha512", "integrity"): _b64("sha512-", 64),
    ("sri sha384", "integrity"): _b64("sha384-", 48),
    ("sri sha256", "integrity"): _b64("sha256-", 32),
    ("go.sum", "checksum"): _b64("h1:", 32),
    ("terraform lock", "hash"): shape("zh:", (HEX, 64)),
    ("pip hash", "hash"): shape("--hash=sha256:", (HEX, 64)),
    ("poetry lock", "content_hash"): shape((HEX, 64)),
    ("yarn checksum", "checksum"): shape("10c0/", (HEX, 128)),
    ("cargo checksum", "checksum"): shape((HEX, 64)),
    ("nix hash", "sha256"): shape((LOWER_ALNUM, 52)),
    ("image digest", "IMAGE"): shape("ghcr.io/acme/app@sha256:", (HEX, 64)),
    ("commit", "GIT_COMMIT"): shape((HEX, 40)),
    ("short commit", "REVISION"): shape((HEX, 7)),
    ("sha-256 commit", "commit"): shape((HEX, 64)),
    ("md5", "md5sum"): shape((HEX, 32)),
    ("md5 upper", "MD5"): lambda rng: run(rng, HEX, 32).upper(),
    ("sha-1", "sha1"): shape((HEX, 40)),
    ("sha-512", "sha512"): shape((HEX, 128)),
    ("content md5", "content_md5"): _b64("", 16),
    ("etag", "etag"): shape('W/"', (HEX, 32), '"'),
    ("strong etag", "etag"): shape('"', (HEX, 32), '-7"'),
    ("cache key", "cache_key"): shape("node-modules-linux-x64-", (HEX, 64)),
    ("build hash", "BUILD_HASH"): shape((HEX, 20)),
    ("signature header", "signature"): shape("sha256=", (HEX, 64)),
    ("integrity manifest", "sha256"): shape((HEX, 64), "  app-3.0.tar.gz"),
    ("ssh-rsa", "SSH_PUBLIC_KEY"): _rsa_public,
    ("ssh-ed25519", "SSH_PUBLIC_KEY"): _ed25519_public,
    ("ssh fingerprint", "fingerprint"): _b64("SHA256:", 32),
    ("public pem", "PUBLIC_KEY"): _public_pem,
    ("public pem in a line", "JWT_PUBLIC_KEY"): _public_pem_line,
    ("certificate", "TLS_CERT"): _certificate,
    ("pgp public key", "PGP_PUBLIC_KEY"): _pgp,
    ("public jwk", "JWK"): _public_jwk,
    ("age recipient", "AGE_RECIPIENT"): shape("age1", (_BECH32, 58)),
    ("wireguard public key", "PublicKey"): _b64("", 32),
    ("certificate fingerprint", "SHA1_FINGERPRINT"): _fingerprint,
    ("dkim", "dkim"): _b64("v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ", 120),
    ("vapid public key", "VAPID_PUBLIC_KEY"): lambda rng: "B" + run(rng, B64URL, 86),
    ("sops value", "OPENAI_API_KEY"): _sops,
    ("sealed secret", "OPENAI_API_KEY"): _b64("AgB", 420),
    ("ansible vault", "OPENAI_API_KEY"): shape("$ANSIBLE_VAULT;1.1;AES256 ", (HEX, 160)),
    ("travis secure", "secure"): _b64("", 384),
    ("png", "logo"): _png,
    ("svg data", "icon"): _b64("data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmc", 300),
    ("font", "font"): _b64("data:font/woff2;base64,d09GMgABAAAAA", 900),
    ("wasm", "wasm"): _b64("AGFzbQEAAAAB", 600),
    ("random base64", "payload"): _b64("", 300),
    ("gzip base64", "blob"): lambda rng: base64.b64encode(b"\x1f\x8b\x08\0" + rng.randbytes(400)).decode(),
    ("minified code", "script"): _minified,
    ("source map", "mappings"): _mappings,
    ("cursor", "next_cursor"): lambda rng: b64url(f'{{"id":{run(rng, "123456789", 12)},"dir":"next"}}'.encode()),
    ("state parameter", "state"): shape((B64URL, 32)),
    ("nonce", "nonce"): shape((B64_BODY, 22), "=="),
    ("hex dump", "dump"): lambda rng: " ".join(run(rng, HEX, 4) for _ in range(24)),
    ("colours", "palette"): lambda rng: ",".join("#" + run(rng, HEX, 6) for _ in range(16)),
    ("mac addresses", "macs"): lambda rng: " ".join(":".join(run(rng, HEX, 2) for _ in range(6)) for _ in range(6)),
    ("ipv6", "address"): lambda rng: "2001:db8:" + ":".join(run(rng, HEX, 4) for _ in range(6)),
    ("digits of pi", "pi"): shape("3.14159265358979323846", (DIGITS, 60)),
    ("dna", "sequence"): lambda rng: run(rng, "ACGT", 120),
}
