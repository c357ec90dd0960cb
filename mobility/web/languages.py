"""In which languages names are told: as asked, else as the client reads."""

from typing import Annotated

from flask import Response, after_this_request, request
from pydantic import Field

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$"

LanguageText = Annotated[
    str,
    Field(
        pattern=LANGUAGE,
        max_length=30,
        examples=["en"],
        description="of names; without it those of the header Accept-Language, and what has no name"
        " in one of them keeps its own",
    ),
]


def wanted_languages(asked: str | None) -> tuple[str, ...]:
    """Return BCP 47 tags, the dearest first; caches keep answers of each client's apart."""
    if asked is not None:
        return (asked,)
    after_this_request(_vary)
    return accepted_languages()


def _vary(response: Response) -> Response:
    response.vary.add("Accept-Language")
    return response


def accepted_languages() -> tuple[str, ...]:
    """Return the languages the client reads, the dearest first."""
    return tuple(tag for tag, quality in request.accept_languages if quality > 0)[:10]
