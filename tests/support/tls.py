"""Certificates for servers on this machine, made by openssl."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def certificate(folder: Path, name: str, alternative: str = "IP:127.0.0.1") -> Path:
    """Return a file with a certificate for this name and its private key; beside it, with `.crt`, the first alone."""
    if shutil.which("openssl") is None:
        pytest.skip("makes its certificates with openssl")
    file = folder / f"{name}.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-subj", "/CN=test", "-addext", f"subjectAltName={alternative}", "-days", "2"]
    subprocess.run([*made, "-keyout", file, "-out", f"{file}.crt"], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file
