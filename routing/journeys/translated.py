"""Itineraries with the names of stops, lines and agencies, and alerts, in another language."""

from dataclasses import replace

from routing.model import Itinerary, Leg, Place, PlanResult, Trip
from routing.network import Network
from routing.transit.timetable import Timetable
from routing.transit.translations import Translations


def in_language(result: PlanResult, network: Network, wanted: tuple[str, ...]) -> PlanResult:
    """Return a plan in the language that suits best; what has no name in it stays.

    Parameters
    ----------
    result : PlanResult
        Of that network.
    wanted : tuple of str
        BCP 47 tags, the dearest first.
    """
    speaker = speaker_of(network.timetable, wanted)
    if speaker is None:
        return result
    return replace(result, itineraries=tuple(speaker.itinerary(it) for it in result.itineraries))


def speaker_of(timetable: Timetable | None, wanted: tuple[str, ...]) -> "Speaker | None":
    """Return who tells things in other languages; ``None`` where all are to be told as they are.

    Parameters
    ----------
    timetable : Timetable, optional
        With the names.
    wanted : tuple of str
        BCP 47 tags, the dearest first.
    """
    return Speaker(timetable.translations if timetable else None, wanted) if wanted else None


class Speaker:
    """Tells names in the languages that suit best, one per feed, and alerts in theirs.

    Parameters
    ----------
    names : Translations, optional
        What is known.
    wanted : tuple of str
        BCP 47 tags, the dearest first.
    """

    def __init__(self, names: Translations | None, wanted: tuple[str, ...]) -> None:
        self._names, self._wanted = names, wanted
        feeds = range(len(names.own)) if names else ()
        self._languages = [names.best(feed, wanted) if names else None for feed in feeds]

    def itinerary(self, itinerary: Itinerary) -> Itinerary:
        """Translate all legs; ends of walks are stops of the feeds that are ridden."""
        feed_of = {
            place.stop_id: leg.trip.feed
            for leg in itinerary.legs
            if leg.trip is not None
            for place in (leg.origin, leg.destination)
        }
        legs = tuple(self._leg(leg, feed_of) for leg in itinerary.legs)
        return itinerary._replace(legs=legs)

    def ride(self, leg: Leg) -> Leg:
        """Translate a ride, and all stops it calls at."""
        feed = None if leg.trip is None else leg.trip.feed
        return self._leg(leg, {leg.origin.stop_id: feed, leg.destination.stop_id: feed})

    def name(self, field: str, feed: int, record: str, text: str) -> str:
        """Return a name, translated where it is; ``field`` as in the feed's files."""
        return self._text(field, feed, record, text) or text

    def _leg(self, leg: Leg, feed_of: dict[str | None, int | None]) -> Leg:
        if leg.alerts:
            leg = leg._replace(alerts=tuple(a.in_language(self._wanted) for a in leg.alerts))
        if self._names is None:
            return leg
        feed = None if leg.trip is None else leg.trip.feed
        return leg._replace(
            origin=self._place(leg.origin, feed_of.get(leg.origin.stop_id)),
            destination=self._place(leg.destination, feed_of.get(leg.destination.stop_id)),
            trip=None if leg.trip is None else self._trip(leg.trip),
            intermediate_stops=tuple(self._place(stop, feed) for stop in leg.intermediate_stops),
        )

    def _place(self, place: Place, feed: int | None) -> Place:
        if place.stop_id is None or feed is None:
            return place
        return place._replace(name=self._text("stop_name", feed, place.stop_id, place.name))

    def _trip(self, trip: Trip) -> Trip:
        feed = trip.feed
        if feed is None:
            return trip
        return trip._replace(
            short_name=self._text("route_short_name", feed, trip.route_id, trip.short_name),
            long_name=self._text("route_long_name", feed, trip.route_id, trip.long_name),
            headsign=self._headsign(trip, feed),
            agency_name=self._text("agency_name", feed, trip.agency_id, trip.agency_name),
        )

    def _headsign(self, trip: Trip, feed: int) -> str | None:
        if trip.headsign_call is not None:
            return self._text("stop_headsign", feed, trip.headsign_call, trip.headsign)
        return self._text("trip_headsign", feed, trip.trip_id, trip.headsign)

    def _text(self, field: str, feed: int, record: str | None, text: str | None) -> str | None:
        language = self._languages[feed] if self._names else None
        if text is None or self._names is None or language is None:
            return text
        return self._names.find(language, field, feed, record or "", text) or text
