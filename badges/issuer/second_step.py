"""The second step of a sign-in: six digits of an application on one's phone (RFC 6238), each good once.

The only module that knows pyotp.
"""

from __future__ import annotations

from datetime import datetime

import pyotp

STEP_SECONDS = 30
_LEEWAY = 1
"""Codes before and after that are accepted: half a minute of a telephone that is not quite on time."""


def new_key() -> str:
    """160 random bits, as applications read them."""
    return pyotp.random_base32()


def address_for(key: str, email: str, product: str) -> str:
    """What the QR code of an enrolment says (``otpauth://``)."""
    return pyotp.TOTP(key).provisioning_uri(name=email, issuer_name=product)


def step_of(key: str, code: str, now: datetime, last: int = 0) -> int | None:
    """The number of the step that ``code`` belongs to; None when it is wrong, or not later than ``last``."""
    digits = "".join(code.split())
    here = int(now.timestamp()) // STEP_SECONDS
    for step in range(here - _LEEWAY, here + _LEEWAY + 1):
        if step > last and pyotp.utils.strings_equal(pyotp.TOTP(key).generate_otp(step), digits):
            return step
    return None
