"""Pseudonyms: one name per recipient and month, from random secrets only."""

import hashlib
import hmac

import pytest

from privacy.pseudonyms import new_secret, pairwise_subject, row_tag
from privacy.tokens import keyed_digest, new_token

KEY, PERSON = bytes(range(32)), bytes(range(32, 64))


def test_a_subject_is_the_hmac_of_the_secret_under_the_epoch_key() -> None:
    import base64

    digest = hmac.new(KEY, b"subject\0" + PERSON, hashlib.sha256).digest()
    assert pairwise_subject(KEY, PERSON) == base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_another_month_or_recipient_gives_an_unrelated_subject() -> None:
    subjects = {pairwise_subject(new_secret(), PERSON) for _ in range(100)}
    assert len(subjects) == 100


def test_another_person_gives_another_subject() -> None:
    assert len({pairwise_subject(KEY, new_secret()) for _ in range(100)}) == 100


@pytest.mark.parametrize("secret", [b"", b"ada@example.org", b"4711", bytes(31), bytes(33)])
def test_an_address_or_number_cannot_take_the_place_of_the_secret(secret: bytes) -> None:
    with pytest.raises(ValueError, match="random bytes"):
        pairwise_subject(KEY, secret)
    with pytest.raises(ValueError, match="random bytes"):
        pairwise_subject(secret, PERSON)
    with pytest.raises(ValueError, match="random bytes"):
        row_tag(secret, "2026-10", 1)


def test_tags_of_one_person_do_not_look_alike() -> None:
    tags = {row_tag(PERSON, month, i) for month in ("2026-10", "2026-11") for i in range(1, 61)}
    assert len(tags) == 120
    assert len({tag[:4] for tag in tags}) == 120


def test_tokens_have_256_bits_and_never_repeat() -> None:
    tokens = {new_token() for _ in range(2000)}
    assert len(tokens) == 2000
    assert {len(t) for t in tokens} == {43}


def test_a_digest_needs_a_real_key_and_differs_by_key() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        keyed_digest(b"short", "token")
    assert keyed_digest(KEY, "token") != keyed_digest(PERSON, "token")
