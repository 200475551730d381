"""Where private keys live: one folder, each key sealed under one passphrase. The only module that can sign.

Start at :class:`Keyring`; what it hands out is a :class:`Signer`. The folder::

    keyring.toml      public facts only: how the lock is made, and one table per key
    <id>.pem          the public key
    <id>.key          the private key (PKCS #8) under AES-256-GCM; <id>.2.key once the passphrase was changed

The key of the lock is derived from the passphrase by scrypt, once per :class:`Keyring` and when first needed. The
associated data of each sealed file binds it to its id, algorithm and purpose, so that files cannot change places.
One Profile has one key (``docs/decisions/0003-trust-and-keys.md``): the id of a key is the opaque id of its Profile.

No private key, passphrase or derived key is ever a named local of ours: a traceback that prints locals shows none.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import resource
import secrets
import shlex
import stat
import threading
import tomllib
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol, cast, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from badges.clock import to_text
from badges.errors import KeyRefused, KeyringError, KeyringLocked, quoted
from badges.openbadges.jws import load_public_key, signing_algorithm

Purpose = Literal["issuer", "list", "root", "receipt", "endorser"]
Status = Literal["active", "retired", "compromised"]
Algorithm = Literal["RS256", "ES256", "EdDSA"]
Passphrase = Callable[[], str]
"""Asked once, when the first private key is needed. There is no default passphrase anywhere."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

PURPOSE_WORDS: dict[Purpose, str] = {
    "issuer": "délivrer",
    "list": "liste de confiance",
    "root": "racine",
    "receipt": "reçus",
    "endorser": "soutenir",
}
STATUS_WORDS: dict[Status, str] = {"active": "en service", "retired": "retirée", "compromised": "compromise"}

SCRYPT_N = 2**17
"""128 MiB and about a third of a second for each guess of the passphrase (OWASP, scrypt, 2026)."""

RSA_BITS = 3072
"""ANSSI RGS B1 v2.03, RecomFact-1: 3072 recommended now, required after 2030; NIST SP 800-57: 128-bit strength."""

SHORTEST_PASSPHRASE = 12

_MAX_FILE = 1024 * 1024
_MAX_SCRYPT_N = 2**20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MAGIC = b"badges-key-1\n"
_LOCK_PROBE = b"badges-keyring-1 lock"
_RESTORE = "Restaurez ce dossier de clés depuis une sauvegarde."
_OF_ITS_OWNER = "Réservez-le au compte du service :"


class Signer(Protocol):
    """One key, ready to sign: the seam between those who decide to sign and where the key is."""

    @property
    def algorithm(self) -> str:
        """``RS256``, ``ES256`` or ``EdDSA``: fixed by the key."""

    @property
    def key_id(self) -> str:
        """The opaque id of the Profile that this key stands for."""

    @property
    def public_pem(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """The raw signature in the form of JWS (RFC 7518): 64 bytes of r and s for ES256."""


@dataclass(frozen=True)
class KeyEntry:
    """The public facts about one key. ``since`` is when it was retired, or from when it is compromised."""

    id: str
    name: str
    purpose: Purpose
    algorithm: Algorithm
    fingerprint: str
    created: datetime
    status: Status = "active"
    since: datetime | None = None
    structure: str = ""
    replaces: str = ""


@dataclass(frozen=True)
class _Lock:
    """How the passphrase becomes the key of the lock. ``probe`` tells a wrong passphrase from a damaged file."""

    n: int
    r: int
    p: int
    salt: bytes
    probe: bytes
    generation: int = 1
    """Grows with each change of passphrase, and names the sealed files that go with it."""


@dataclass(frozen=True)
class _State:
    lock: _Lock | None
    entries: dict[str, KeyEntry]


class _Held:
    """Carries a passphrase between two lines without showing it to a traceback."""

    __slots__ = ("secret",)

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return "<passphrase>"


class _KeyringSigner:
    """The :class:`Signer` of this module: a key and the primitive that goes with it, and nothing to print."""

    __slots__ = ("_key", "_sign", "algorithm", "key_id", "public_pem")

    def __init__(self, entry: KeyEntry, public_pem: str, key: PrivateKey) -> None:
        self.algorithm: str = entry.algorithm
        self.key_id = entry.id
        self.public_pem = public_pem
        self._key = key
        self._sign: Callable[[bytes, Any], bytes] = signing_algorithm(entry.algorithm).sign

    def sign(self, data: bytes) -> bytes:
        return self._sign(data, self._key)

    def __repr__(self) -> str:
        return f"<Signer {self.algorithm} {self.key_id}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("expected a key to stay in its process, found an attempt to copy or pickle it")


def passphrase_from_file(path: Path) -> Passphrase:
    """Reads the first line of a file that only its owner can read.

    Raises :class:`KeyringLocked` when it is absent, empty or readable by others.
    """

    def read() -> str:
        try:
            return _read_private(path).decode().split("\n", 1)[0].rstrip("\r")
        except FileNotFoundError:
            raise KeyringLocked(
                f"La phrase qui ouvre les clés était attendue dans « {path} » ; aucun fichier n’a été trouvé.",
                code="keyring_passphrase",
                advice="Écrivez-la dans ce fichier (droits 0600), ou nommez-en un autre par --passphrase-file.",
            ) from None
        except UnicodeDecodeError:
            raise KeyringLocked(
                f"Un texte en UTF-8 était attendu dans « {path} » ; d’autres octets ont été trouvés.",
                code="keyring_passphrase",
                advice="Vérifiez que ce fichier est bien celui de la phrase.",
            ) from None

    return read


def passphrase_from_environment(
    name: str = "BADGES_PASSPHRASE", environ: MutableMapping[str, str] = os.environ
) -> Passphrase:
    """Takes the passphrase out of the environment: child processes and later readers do not find it there."""

    def read() -> str:
        try:
            return environ.pop(name)
        except KeyError:
            raise KeyringLocked(
                f"La phrase qui ouvre les clés était attendue dans la variable {name} ; aucune n’a été trouvée.",
                code="keyring_passphrase",
                advice=f"Donnez-la par un fichier ou par la variable {name}.",
            ) from None

    return read


class Keyring:
    """The keys of one folder. Nothing is read before it is asked for; safe to share between threads.

    Several processes may use one folder: changes are made under a lock file, files appear by renaming, and a change
    made elsewhere is seen at the next call. A :class:`Signer` already handed out goes on: a batch ends with the key it
    began with.

    ``scrypt_n`` is the cost of a lock made here, and the least that is accepted of a lock found here.
    """

    def __init__(self, folder: Path, passphrase: Passphrase, *, scrypt_n: int = SCRYPT_N) -> None:
        self._folder = Path(folder)
        self._passphrase = passphrase
        self._scrypt_n = scrypt_n
        self._opened: tuple[_Lock, AESGCM] | None = None
        self._signers: dict[str, _KeyringSigner] = {}
        self._seen: tuple[tuple[int, ...], _State] | None = None
        self._busy = threading.RLock()

    def __repr__(self) -> str:
        return f"<Keyring {self._folder}>"

    # -- reading ------------------------------------------------------------------------------------------------

    def entries(self) -> tuple[KeyEntry, ...]:
        """Every key that was ever here, oldest first; none for a folder that holds no keyring yet."""
        return tuple(self._state().entries.values())

    def find(self, key_id: str) -> KeyEntry | None:
        return self._state().entries.get(key_id)

    def require(self, key_id: str) -> KeyEntry:
        entry = self.find(key_id)
        if entry is None:
            raise KeyringError(
                f"Une clé de ce dossier était attendue ; aucune ne s’appelle {quoted(key_id)}.",
                code="key_unknown",
                advice="« badges keys list » donne les clés connues.",
            )
        return entry

    def active(self, purpose: Purpose, structure: str = "") -> KeyEntry | None:
        """The newest active key for this use (and this structure), if there is one."""
        for entry in reversed(self.entries()):
            if (entry.purpose, entry.structure, entry.status) == (purpose, structure, "active"):
                return entry
        return None

    def public_pem(self, key_id: str) -> str:
        """The public key, as it was when it was made: a file that was changed since is refused."""
        entry = self.require(key_id)
        try:
            pem = _read_private(self._path(key_id, "pem")).decode("ascii")
            found = fingerprint(pem)
        except (FileNotFoundError, UnicodeDecodeError, KeyRefused):
            found, pem = "", ""
        if found != entry.fingerprint:
            raise KeyringError(
                f"La clé publique {entry.fingerprint} était attendue pour {key_id} ; "
                + (f"{found} a été trouvée." if found else "aucune n’est lisible."),
                code="key_tampered",
                advice=_RESTORE,
            )
        return pem

    def require_private(self) -> None:
        """Every private key here is a file of its owner alone: asked at each start. One that is away harms nothing yet.

        Raises :class:`KeyringError`.
        """
        state = self._state()
        if state.lock is not None:
            for entry in state.entries.values():
                with contextlib.suppress(FileNotFoundError):
                    _read_private(self._sealed(entry.id, state.lock))

    def export(self, folder: Path) -> tuple[Path, ...]:
        """Writes what may be published: the public keys and the facts, without the lock. Nothing private leaves."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for entry in self.entries():
            path = folder / f"{entry.id}.pem"
            path.write_text(self.public_pem(entry.id))
            written.append(path)
        facts = folder / "keyring.toml"
        facts.write_text(_to_toml(_State(None, {entry.id: entry for entry in self.entries()})))
        return (*written, facts)

    def signer(self, key_id: str, *, purpose: Purpose = "issuer") -> Signer:
        """The key, ready to sign; opened once and kept.

        Raises :class:`KeyRefused` for a key that is retired, compromised or made for another purpose,
        :class:`KeyringLocked` for a wrong passphrase, :class:`KeyringError` for files that were changed.
        """
        entry = self.require(key_id)
        if entry.purpose != purpose:
            raise KeyRefused(
                f"Une clé faite pour « {PURPOSE_WORDS[purpose]} » était attendue ; la clé {key_id}, faite pour "
                f"« {PURPOSE_WORDS[entry.purpose]} », a été trouvée.",
                code="key_purpose",
                advice="Une clé ne sert qu’à un seul usage : choisissez celle qui est faite pour celui-ci.",
            )
        if entry.status != "active":
            raise _not_active(entry)
        with self._busy:
            known = self._signers.get(key_id)
            if known is None:
                known = self._signers[key_id] = self._open(entry)
            return known

    # -- changing -----------------------------------------------------------------------------------------------

    def create(
        self,
        *,
        purpose: Purpose,
        name: str,
        now: datetime,
        algorithm: Algorithm = "RS256",
        structure: str = "",
        key_id: str | None = None,
    ) -> KeyEntry:
        """Makes a key pair, seals the private key and records the facts; makes the keyring if there is none.

        A process stopped in the middle leaves at worst two files that no entry names.
        """
        with self._changing() as state:
            return self._add(state, purpose, name, now, algorithm, structure, key_id or _new_id(), "")

    def rotate(self, key_id: str, *, now: datetime, new_id: str | None = None) -> KeyEntry:
        """A new key, hence a new Profile, for the same structure and use; the old one is retired and stays published.

        Both facts are recorded in one write. A compromised key is replaced too, and stays compromised.
        """
        with self._changing() as state:
            old = state.entries.get(key_id) or self.require(key_id)
            retired = old
            if old.status != "compromised":
                self._require_active(state, key_id)
                retired = replace(old, status="retired", since=_second(now))
            return self._add(
                _State(state.lock, state.entries | {old.id: retired}),
                old.purpose,
                old.name,
                now,
                old.algorithm,
                old.structure,
                new_id or _new_id(),
                old.id,
            )

    def retire(self, key_id: str, *, now: datetime) -> KeyEntry:
        """It signs no more; what it signed stays good."""
        with self._changing() as state:
            old = self._require_active(state, key_id)
            return self._record(state, replace(old, status="retired", since=_second(now)))

    def compromise(self, key_id: str, *, since: datetime) -> KeyEntry:
        """It signs no more, and of what it signed only what was committed before ``since`` stays good.

        Said again with an earlier date, the earlier date holds; a later date is refused, for it would clear awards
        that somebody was told to doubt.
        """
        with self._changing() as state:
            old = state.entries.get(key_id) or self.require(key_id)
            since = _second(since)
            if old.status == "compromised" and old.since is not None and since > old.since:
                raise KeyringError(
                    f"Une date au plus tard le {_day(old.since)} était attendue ; le {_day(since)} a été trouvé.",
                    code="key_compromise_later",
                    advice="Une compromission peut être avancée dans le temps, jamais reculée.",
                )
            return self._record(state, replace(old, status="compromised", since=since))

    def change_passphrase(self, new: Passphrase) -> None:
        """Seals every private key anew under another passphrase, all or none: the list of keys names the new files.

        Whoever had the old passphrase and a copy of the folder still has the keys: then rotate them too.
        """
        with self._changing() as state:
            if state.lock is None:
                raise KeyringError(
                    f"Un dossier de clés était attendu, « {self._folder} » n’en contient aucune.",
                    code="key_unknown",
                    advice="Pour faire une clé : badges keys create",
                )
            old, cipher = self._unlocked(state)
            lock, new_cipher = self._make_lock(_Held(new()), old.generation + 1)
            for entry in state.entries.values():
                sealed = self._read_sealed(entry, old)
                _write(self._sealed(entry.id, lock), _seal(new_cipher, entry, _unseal(cipher, entry, sealed)))
            _write(self._folder / "keyring.toml", _to_toml(_State(lock, state.entries)).encode())
            self._opened = lock, new_cipher
            for entry in state.entries.values():
                for path in self._folder.glob(f"{entry.id}.*key"):
                    if path != self._sealed(entry.id, lock):
                        path.unlink()

    # -- behind -------------------------------------------------------------------------------------------------

    def _path(self, key_id: str, form: str) -> Path:
        return self._folder / f"{key_id}.{form}"

    def _state(self) -> _State:
        path = self._folder / "keyring.toml"
        try:
            _require_private_folder(self._folder)
            now = path.stat()
        except FileNotFoundError:
            return _State(None, {})
        mark = (now.st_ino, now.st_mtime_ns, now.st_size, now.st_mode)
        seen = self._seen
        if seen is None or seen[0] != mark:
            self._seen = seen = (mark, _from_toml(_read_private(path), path))
        return seen[1]

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Nobody changes a file of the folder meanwhile, and its keys open to our passphrase: what a backup copies.

        Raises :class:`KeyringError` where they do not.
        """
        with self._changing() as state:
            if state.lock is not None:
                self._unlocked(state)
            yield

    @contextlib.contextmanager
    def _changing(self) -> Iterator[_State]:
        """The state as no other process will change it until we have written ours."""
        with self._busy:
            self._make_folder()
            descriptor = os.open(
                self._folder / "keyring.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield self._state()
            finally:
                os.close(descriptor)

    def _make_folder(self) -> None:
        """A folder of our own, 0700. One that holds no keyring yet (a fresh clone's ``keys/``) is closed first."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self._folder / "keyring.toml").exists():
            self._folder.chmod(0o700)
        _require_private_folder(self._folder)

    def _require_active(self, state: _State, key_id: str) -> KeyEntry:
        entry = state.entries.get(key_id) or self.require(key_id)
        if entry.status != "active":
            raise _not_active(entry)
        return entry

    def _record(self, state: _State, entry: KeyEntry) -> KeyEntry:
        entries = state.entries | {entry.id: entry}
        _write(self._folder / "keyring.toml", _to_toml(_State(state.lock, entries)).encode())
        for key_id in [
            key_id for key_id in self._signers if key_id not in entries or entries[key_id].status != "active"
        ]:
            del self._signers[key_id]  # what signs no more need not stay in memory
        return entry

    def _add(
        self,
        state: _State,
        purpose: Purpose,
        name: str,
        now: datetime,
        algorithm: Algorithm,
        structure: str,
        key_id: str,
        replaces: str,
    ) -> KeyEntry:
        if purpose not in get_args(Purpose) or algorithm not in get_args(Algorithm):
            raise KeyRefused(
                f"Un usage parmi {', '.join(get_args(Purpose))} et un algorithme parmi "
                f"{', '.join(get_args(Algorithm))} étaient attendus ; {quoted(purpose)} et {quoted(algorithm)} ont été "
                "trouvés.",
                advice="« badges keys create --help » les donne.",
            )
        if not _ID.fullmatch(key_id) or not all(_plain(text) for text in (name, structure)):
            raise KeyRefused(
                "Un identifiant en lettres, chiffres, - et _, et des noms d’une seule ligne de 200 signes au plus "
                f"étaient attendus ; {quoted(key_id)}, {quoted(name)} et {quoted(structure)} ont été trouvés.",
                advice="Choisissez un nom plus court, sans retour à la ligne.",
            )
        lock, cipher = self._unlocked(state)
        if key_id in state.entries or self._sealed(key_id, lock).exists():
            raise KeyRefused(
                f"Un identifiant jamais utilisé était attendu ; {key_id}, qui a déjà servi, a été trouvé.",
                code="key_exists",
                advice="Un identifiant de profil ne sert qu’une fois, même après un arrêt : donnez-en un autre.",
            )
        key = _generate(algorithm)
        pem = _public_pem(key)
        entry = KeyEntry(
            id=key_id,
            name=name,
            purpose=purpose,
            algorithm=algorithm,
            fingerprint=fingerprint(pem),
            created=_second(now),
            structure=structure,
            replaces=replaces,
        )
        _write(self._sealed(key_id, lock), _seal(cipher, entry, key))
        _write(self._path(key_id, "pem"), pem.encode())
        return self._record(_State(lock, state.entries), entry)

    def _sealed(self, key_id: str, lock: _Lock) -> Path:
        return self._path(key_id, "key" if lock.generation == 1 else f"{lock.generation}.key")

    def _read_sealed(self, entry: KeyEntry, lock: _Lock) -> bytes:
        path = self._sealed(entry.id, lock)
        try:
            return _read_private(path)
        except FileNotFoundError:
            raise KeyringError(
                f"La clé privée {path.name} était attendue ; aucun fichier n’a été trouvé.",
                code="key_missing",
                advice=_RESTORE,
            ) from None

    def _open(self, entry: KeyEntry) -> _KeyringSigner:
        lock, cipher = self._unlocked(self._state())
        public_pem = self.public_pem(entry.id)
        key = _unseal(cipher, entry, self._read_sealed(entry, lock))
        if _public_pem(key) != public_pem:
            raise KeyringError(
                f"Une clé privée et une clé publique qui vont ensemble étaient attendues pour {entry.id} ; deux clés "
                "étrangères l’une à l’autre ont été trouvées.",
                code="key_tampered",
                advice=_RESTORE,
            )
        return _KeyringSigner(entry, public_pem, key)

    def _unlocked(self, state: _State) -> tuple[_Lock, AESGCM]:
        """The lock and its opened form; made now when this keyring is new, derived once otherwise."""
        with self._busy:
            if self._opened is None or self._opened[0] != state.lock:
                held = _Held(self._passphrase())
                self._opened = self._make_lock(held, 1) if state.lock is None else self._unlock(state.lock, held)
            return self._opened

    def _make_lock(self, held: _Held, generation: int) -> tuple[_Lock, AESGCM]:
        if len(held.secret) < SHORTEST_PASSPHRASE:
            raise KeyringLocked(
                f"Une phrase d’au moins {SHORTEST_PASSPHRASE} signes était attendue ; une plus courte a été trouvée.",
                code="keyring_passphrase",
                advice="Tirez au sort six mots, ou laissez un gestionnaire de mots de passe choisir.",
            )
        _forbid_core_dumps()
        lock = _Lock(self._scrypt_n, 8, 1, secrets.token_bytes(32), b"", generation)
        cipher = _derive(lock, held)
        nonce = secrets.token_bytes(12)
        return replace(lock, probe=nonce + cipher.encrypt(nonce, b"", _LOCK_PROBE)), cipher

    def _unlock(self, lock: _Lock, held: _Held) -> tuple[_Lock, AESGCM]:
        if not self._scrypt_n <= lock.n <= _MAX_SCRYPT_N or (lock.r, lock.p) != (8, 1):
            raise KeyringError(
                f"Une serrure scrypt de N = {self._scrypt_n} au moins, r = 8, p = 1 était attendue ; N = {lock.n}, "
                f"r = {lock.r}, p = {lock.p} a été trouvé.",
                code="keyring_weak",
                advice="keyring.toml a été changé : restaurez-le depuis une sauvegarde.",
            )
        _forbid_core_dumps()
        cipher = _derive(lock, held)
        try:
            cipher.decrypt(lock.probe[:12], lock.probe[12:], _LOCK_PROBE)
        except (InvalidTag, ValueError):
            raise KeyringLocked(
                f"La phrase qui ouvre « {self._folder} » était attendue ; une autre a été trouvée.",
                code="keyring_passphrase",
                advice="Vérifiez la phrase ; sans elle, les clés privées sont perdues.",
            ) from None
        return lock, cipher


# -- keys -------------------------------------------------------------------------------------------------------


def fingerprint(public_pem: str) -> str:
    """``sha256:`` and the hexadecimal SHA-256 of the key; with a colon, for a ``$`` would not survive a shell.

    Raises :class:`KeyRefused` for what is not a public key of ours.
    """
    return load_public_key(public_pem).fingerprint.replace("$", ":")


def _generate(algorithm: Algorithm) -> PrivateKey:
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def _public_pem(key: PrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _derive(lock: _Lock, held: _Held) -> AESGCM:
    return AESGCM(Scrypt(salt=lock.salt, length=32, n=lock.n, r=lock.r, p=lock.p).derive(held.secret.encode()))


def _bound_to(entry: KeyEntry) -> bytes:
    """What a sealed file is sealed for: nobody can pass one key for another, or for another use."""
    return json.dumps(["badges-key-1", entry.id, entry.algorithm, entry.purpose]).encode()


def _seal(cipher: AESGCM, entry: KeyEntry, key: PrivateKey) -> bytes:
    nonce = secrets.token_bytes(12)
    return (
        _MAGIC
        + nonce
        + cipher.encrypt(
            nonce,
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),  # sealed here and now, by the line above
            ),
            _bound_to(entry),
        )
    )


def _unseal(cipher: AESGCM, entry: KeyEntry, sealed: bytes) -> PrivateKey:
    nonce, ciphertext = sealed[len(_MAGIC) : len(_MAGIC) + 12], sealed[len(_MAGIC) + 12 :]
    try:
        if not sealed.startswith(_MAGIC):
            raise InvalidTag
        # The validation of an RSA key costs a hundred signatures; the tag has just proved that these are our bytes.
        key = serialization.load_der_private_key(
            cipher.decrypt(nonce, ciphertext, _bound_to(entry)),
            password=None,
            unsafe_skip_rsa_key_validation=True,
        )
    except (InvalidTag, ValueError):
        raise KeyringError(
            f"La clé privée scellée pour {entry.id} ({entry.algorithm}, {PURPOSE_WORDS[entry.purpose]}) était "
            "attendue ; des octets changés, ou venus d’ailleurs, ont été trouvés.",
            code="key_tampered",
            advice=_RESTORE,
        ) from None
    return cast(PrivateKey, key)


def _not_active(entry: KeyEntry) -> KeyRefused:
    return KeyRefused(
        f"Une clé en service était attendue ; {entry.id}, {STATUS_WORDS[entry.status]}, a été trouvée.",
        code="key_not_active",
        advice="Prenez la clé qui la remplace : « badges keys list » les donne.",
    )


def _day(instant: datetime) -> str:
    return f"{instant:%d/%m/%Y à %H:%M} UTC"


def _forbid_core_dumps() -> None:
    """From the moment a secret is in memory, a crash must not write it to a disk (K3)."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


# -- files ------------------------------------------------------------------------------------------------------


def _looser(path: Path, mode: int, expected: str) -> KeyringError:
    return KeyringError(
        f"{expected} était attendu pour « {path} » ; les droits {stat.S_IMODE(mode):04o} ont été trouvés.",
        code="keyring_modes",
        advice=f"{_OF_ITS_OWNER} chmod go-rwx {shlex.quote(str(path))}",
    )


def _require_private_folder(folder: Path) -> None:
    found = folder.stat()
    if found.st_mode & 0o077 or found.st_uid not in (os.geteuid(), 0):
        raise _looser(folder, found.st_mode, "Un dossier ouvert à son seul propriétaire (0700)")


def _read_private(path: Path) -> bytes:
    """The content of a small file of ours; one that others may read or write is refused, a link too."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyringError(
            f"Un fichier lisible était attendu, « {path} » ne l’est pas ({error.strerror}).",
            code="keyring_modes",
            advice="Ce doit être un vrai fichier, pas un lien, lisible par le compte du service.",
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
            raise _looser(path, found.st_mode, "Un fichier ouvert à son seul propriétaire (0600)")
        if found.st_size > _MAX_FILE:
            raise KeyringError(
                f"Un fichier de {_MAX_FILE} octets au plus était attendu, « {path} » en a {found.st_size}.",
                code="keyring_damaged",
                advice=_RESTORE,
            )
        return file.read()


def _write(path: Path, content: bytes) -> None:
    """The file is there whole or not at all, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _new_id() -> str:
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(16))


def _plain(text: str) -> bool:
    return len(text) <= 200 and (not text or text.isprintable())


def _second(instant: datetime) -> datetime:
    """In UTC, to the second: as it is written, so that what is returned equals what is read again."""
    if instant.tzinfo is None:
        raise ValueError(f"expected an instant with its zone, found {instant.isoformat()}")
    return instant.astimezone(UTC).replace(microsecond=0)


def _to_toml(state: _State) -> str:
    lines = ["# Faits publics sur les clés. Écrit par « badges keys » ; ne pas modifier à la main.", ""]
    if state.lock is not None:
        lines += [
            "[lock]",
            'made_by = "scrypt, AES-256-GCM"',
            f"n = {state.lock.n}",
            f"r = {state.lock.r}",
            f"p = {state.lock.p}",
            f"generation = {state.lock.generation}",
            f'salt = "{state.lock.salt.hex()}"',
            f'probe = "{state.lock.probe.hex()}"',
            "",
        ]
    for entry in state.entries.values():
        lines.append("[[key]]")
        for member, value in vars(entry).items():
            if isinstance(value, datetime):
                lines.append(f"{member} = {to_text(value)}")
            elif value:  # absent means not said
                lines.append(f"{member} = {json.dumps(value, ensure_ascii=False)}")
        lines.append("")
    return "\n".join(lines)


def _from_toml(content: bytes, path: Path) -> _State:
    try:
        document = tomllib.loads(content.decode())
        lock = document.get("lock")
        entries = [KeyEntry(**({"name": ""} | table)) for table in document.get("key", [])]
        for entry in entries:
            if not (
                _ID.fullmatch(entry.id)
                and entry.purpose in get_args(Purpose)
                and entry.algorithm in get_args(Algorithm)
                and entry.status in get_args(Status)
                and isinstance(entry.created, datetime)
                and (entry.status == "active" or isinstance(entry.since, datetime))
            ):
                raise ValueError(f"clé {quoted(entry.id)}")
        if len({entry.id for entry in entries}) != len(entries):
            raise ValueError("deux fois le même identifiant")
        return _State(
            lock
            and _Lock(
                int(lock["n"]),
                int(lock["r"]),
                int(lock["p"]),
                bytes.fromhex(lock["salt"]),
                bytes.fromhex(lock["probe"]),
                int(lock["generation"]),
            ),
            {entry.id: entry for entry in entries},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise KeyringError(
            f"Les faits d’un dossier de clés étaient attendus dans « {path} » ; autre chose a été trouvé ({error}).",
            code="keyring_damaged",
            advice="Restaurez keyring.toml depuis une sauvegarde.",
        ) from None
