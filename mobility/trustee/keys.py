"""The cooperative's keys: files of its own OS user, outside the database and its backups."""

import functools
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mobility.trustee.errors import KeyFolderError
from privacy.tokens import keyed_digest

NONCE_BYTES = 12
RSA_BITS = 3072


class KeyFolder:
    """Makes keys when first needed and reads them afterwards.

    ``root.key`` wraps person secrets and epoch keys, ``lookup.key`` makes the digests that stand
    for tokens, ``oidc.pem`` signs log-ins, ``receipts.pem`` signs consent receipts.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o077:
            raise KeyFolderError(f"{path} can be read by others; run: chmod 700 {path}")

    def wrap(self, plain: bytes, context: str) -> bytes:
        """Encrypt a secret with AES-256-GCM; it opens in the same context only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._root).encrypt(nonce, plain, context.encode())

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Decrypt what :meth:`wrap` made; ``cryptography`` raises if anything was changed."""
        nonce, body = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        return AESGCM(self._root).decrypt(nonce, body, context.encode())

    def digest(self, token: str) -> bytes:
        """Return what the database keeps in place of a token or subject."""
        return keyed_digest(self._lookup, token)

    @functools.cached_property
    def _root(self) -> bytes:
        return self._ensure("root.key", lambda: secrets.token_bytes(32))

    @functools.cached_property
    def _lookup(self) -> bytes:
        return self._ensure("lookup.key", lambda: secrets.token_bytes(32))

    @functools.cached_property
    def oidc_pem(self) -> bytes:
        """Private RSA key of the OpenID provider, PEM."""
        return self._ensure(
            "oidc.pem",
            lambda: _pem(rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)),
        )

    @functools.cached_property
    def receipt_key(self) -> ed25519.Ed25519PrivateKey:
        """Key that signs consent receipts."""
        pem = self._ensure("receipts.pem", lambda: _pem(ed25519.Ed25519PrivateKey.generate()))
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise KeyFolderError(f"{self.path / 'receipts.pem'} holds no Ed25519 key; restore it")
        return key

    def _ensure(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Read a key file, or make it; two processes that race keep the same one."""
        path = self.path / name
        if not path.exists():
            fresh = path.with_name(f".{name}.{secrets.token_hex(8)}")
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        if path.stat().st_mode & 0o077:
            raise KeyFolderError(f"{path} can be read by others; run: chmod 600 {path}")
        return path.read_bytes()


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
