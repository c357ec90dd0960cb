"""A small cooperative for unit tests: the real Protocol, people in memory."""

from datetime import date

from mobility.booking.partners import PartnerRefusedError, Whereabouts


class Friends:
    """Knows ``known`` subjects (everybody where None) and what is ``attested``."""

    def __init__(self) -> None:
        self.known: set[str] | None = None
        self.attested: dict[str, bool] = {}
        self.tokens: dict[str, str] = {}
        self.asked: list[str] = []
        self.invoice: dict[str, tuple[int, str, str]] = {}
        self.admitted: dict[str, Whereabouts] = {}

    def token(self, subject: str, booking_id: str) -> str:
        """Make a token."""
        if self.known is not None and subject not in self.known:
            raise PartnerRefusedError("unknown-subject")
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = subject
        return token

    def eligibility(self, ride_token: str, requirement: str) -> bool:
        """Answer what was attested; what was not counts as no."""
        self.asked.append(requirement)
        return self.attested.get(requirement, False)

    def settle(
        self, ride_token: str, amount_cents: int, currency: str, kind: str, on: date
    ) -> None:
        """Write the line once."""
        line = (amount_cents, currency, kind)
        if self.invoice.setdefault(ride_token, line) != line:
            raise PartnerRefusedError("already-settled")

    def admit(self, ride_token: str, trip: Whereabouts) -> bool:
        """Take the trip in once."""
        self.admitted.setdefault(ride_token, trip)
        return True
