"""One way to show a form, with the value and the fault of each field."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import render_template, request
from flask_babel import gettext as _

from mobility.trustee.errors import BadInputError


@dataclass(frozen=True)
class Field:
    """One field of a form; ``label`` and ``hint`` are English message ids."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    required: bool = True
    hint: str = ""
    value: str = ""
    error: str = ""


@dataclass(frozen=True)
class Form:
    """A form with its fields and what its button says."""

    submit: str
    fields: tuple[Field, ...]
    action: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    danger: bool = False

    def refilled(self, fault: BadInputError | None = None) -> "Form":
        """Return the form as it was sent, with the fault at its field; passwords stay empty."""
        fields = tuple(
            replace(
                field,
                value="" if field.kind == "password" else text(field.name),
                error=str(fault) if fault and fault.field == field.name else "",
            )
            for field in self.fields
        )
        return replace(self, fields=fields)


def text(name: str, longest: int = 400) -> str:
    """Return what was sent in a field, cut to what any of ours may hold."""
    return request.form.get(name, "")[:longest]


def date(name: str) -> dt.date:
    """Return the date sent in a field.

    Raises
    ------
    BadInputError
        If it is not a date.
    """
    try:
        return dt.date.fromisoformat(text(name))
    except ValueError as error:
        raise BadInputError(name, "Give a date.") from error


def show(
    title: str,
    form: Form,
    intro: str = "",
    notice: str = "",
    links: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> tuple[str, int]:
    """Render a page that is one form."""
    page = render_template(
        "form.html",
        title=_(title),
        form=form,
        intro=_(intro) if intro else "",
        notice=_(notice) if notice else "",
        links=links,
    )
    return page, status


def message(title: str, body: str) -> str:
    """Render a page that says one thing."""
    return render_template("message.html", title=_(title), text=_(body))
