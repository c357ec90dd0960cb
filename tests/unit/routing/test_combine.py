import pytest

from routing.journeys.combine import DIRECT, Candidate, pareto, select, without_absurd

BUS = ("WALK", "WALK")
BIKE_AND_BUS = ("RENTAL:BICYCLE", "WALK")


def way(
    start_min: float,
    end_min: float,
    transfers: int = 0,
    walk_s: int = 0,
    combination: tuple[str, str] = BUS,
) -> Candidate:
    return Candidate(combination, round(start_min * 60), round(end_min * 60), transfers, walk_s)


def test_a_way_that_is_worse_in_every_respect_goes() -> None:
    good, bad = way(5, 20), way(4, 21)
    assert pareto([bad, good]) == [good]


def test_a_way_that_is_better_in_one_respect_stays() -> None:
    ways = [way(5, 20, 1, 300), way(4, 20, 0, 300), way(5, 21, 1, 100), way(6, 30, 1, 300)]
    assert pareto(ways) == ways


def test_walking_is_compared_in_steps_of_five_minutes() -> None:
    first, same = way(5, 20, 0, 400), way(5, 20, 0, 200)
    assert pareto([first, same]) == [first]
    less = way(5, 20, 0, 149)
    assert pareto([first, less]) == [less]


def test_a_bike_never_hides_the_bus() -> None:
    bus, bike = way(5, 30), way(6, 20, combination=("DIRECT", "BICYCLE"))
    assert pareto([bus, bike]) == [bus, bike]
    assert without_absurd([bus, bike]) == [bus, bike]


def test_a_shared_bike_to_the_stop_must_gain_five_minutes_or_two_steps_of_walking() -> None:
    bus = way(5, 30, 0, 600)
    needless, a_little_later = way(5, 30, 0, 600, BIKE_AND_BUS), way(9, 30, 0, 600, BIKE_AND_BUS)
    a_step_less = way(5, 30, 0, 300, BIKE_AND_BUS)
    assert without_absurd([bus, needless, a_little_later, a_step_less]) == [bus]
    for worth in (way(10, 30, 0, 600, BIKE_AND_BUS), way(7, 27, 0, 600, BIKE_AND_BUS)):
        assert without_absurd([bus, worth]) == [bus, worth]
    two_steps_less = way(5, 30, 0, 0, BIKE_AND_BUS)
    assert without_absurd([bus, two_steps_less]) == [bus, two_steps_less]


def test_a_shared_vehicle_at_either_end_must_be_worth_it_beside_one_alone() -> None:
    scooter = way(5, 44, 0, 400, ("WALK", "RENTAL:SCOOTER"))
    bike_and_car = ("RENTAL:BICYCLE", "RENTAL:CAR")
    silly, quick = way(6, 55, 0, 300, bike_and_car), way(6, 39, 0, 300, bike_and_car)
    assert without_absurd([scooter, silly]) == [scooter]
    assert without_absurd([scooter, quick]) == [scooter, quick]


@pytest.mark.parametrize(
    "ends", [("BICYCLE", "WALK"), ("CAR_PARK", "WALK"), ("BICYCLE", "BICYCLE")]
)
def test_ones_own_vehicle_to_the_stop_must_gain_two_minutes_or_walking(
    ends: tuple[str, str],
) -> None:
    bus = way(5, 30, 0, 600)
    for needless in (way(6.9, 30, 0, 600, ends), way(5, 28.1, 0, 460, ends)):
        assert without_absurd([bus, needless]) == [bus]
    for worth in (way(7, 30, 0, 600, ends), way(5, 30, 0, 440, ends)):
        assert without_absurd([bus, worth]) == [bus, worth]


def test_a_shared_bike_slower_than_walking_goes() -> None:
    walk = way(0, 15, 0, 900, (DIRECT, "WALK"))
    slow = way(0, 16, 0, 500, (DIRECT, "RENTAL:BICYCLE"))
    quick = way(0, 14, 0, 500, (DIRECT, "RENTAL:BICYCLE"))
    assert without_absurd([walk, slow]) == [walk]
    assert without_absurd([walk, quick]) == [walk, quick]


def test_ones_own_bike_is_offered_even_if_walking_is_as_quick() -> None:
    walk = way(0, 5, 0, 300, (DIRECT, "WALK"))
    own = way(0, 6, 0, 0, (DIRECT, "BICYCLE"))
    assert without_absurd([walk, own]) == [walk, own]


def test_a_bus_no_faster_than_walking_must_save_ten_minutes_on_foot() -> None:
    walk = way(0, 20, 0, 1200, (DIRECT, "WALK"))
    tiring, easy = way(1, 25, 0, 700), way(1, 25, 0, 600)
    assert without_absurd([walk, tiring, easy]) == [walk, easy]
    assert without_absurd([tiring, easy], [walk]) == [easy]  # walking was not asked for


def test_a_bus_that_spares_some_walking_must_not_take_hours_for_it() -> None:
    walk = way(0, 50, 0, 3000, (DIRECT, "WALK"))
    bus = way(0, 74, 1, 2000)  # 24 minutes longer for 16 on foot
    waits_all_night = way(0, 285, 2, 2000)
    assert without_absurd([walk, bus, waits_all_night]) == [walk, bus]


def test_fewer_steps_of_walking_must_spare_half_a_step() -> None:
    straight = way(12, 38, 0, 240)
    there_and_back = way(5, 38, 0, 300)._replace(walk_steps=0)  # four walks, each rounded down
    a_little_less = way(5, 38, 0, 100)
    assert pareto([straight, there_and_back]) == [straight, there_and_back]
    assert without_absurd([straight, there_and_back, a_little_less]) == [straight]
    for worth in (way(5, 38, 0, 90), way(11, 38, 0, 140)):
        assert without_absurd([straight, worth]) == [straight, worth]


def test_a_change_must_gain_a_minute_or_spare_half_a_step_of_walking() -> None:
    through = way(0, 20, 0, 600)
    later_by_seconds, walks_little_less = way(0.5, 20, 1, 600), way(0, 20, 1, 460)
    later, sooner, less_walking = way(1, 20, 1, 600), way(0, 19, 1, 600), way(0, 20, 1, 440)
    worth = [through, later, sooner, less_walking]
    assert without_absurd([*worth, later_by_seconds, walks_little_less]) == worth


def test_a_bus_with_a_bike_must_gain_two_minutes_or_spare_five_of_riding() -> None:
    ride = way(0, 30, 0, 0, (DIRECT, "BICYCLE"))._replace(ride_s=1800)
    on_the_way = ("BICYCLE", "WALK")
    one_stop = way(0, 29, 0, 0, on_the_way)._replace(ride_s=1560)
    sooner = way(0, 28, 0, 0, on_the_way)._replace(ride_s=1560)
    easier = way(0, 40, 0, 0, on_the_way)._replace(ride_s=1500)
    by_bus, shared = way(0, 60, 0, 0), way(0, 29, 0, 0, BIKE_AND_BUS)._replace(ride_s=1560)
    ways = [ride, one_stop, sooner, easier, by_bus, shared]
    assert without_absurd(ways) == [ride, sooner, easier, by_bus, shared]
    assert without_absurd([one_stop], [ride]) == []  # of another page


def test_a_bus_and_a_shared_bike_must_gain_five_minutes_on_the_bike_alone() -> None:
    ride = way(0, 24, 0, 600, (DIRECT, "RENTAL:BICYCLE"))._replace(ride_s=800)
    one_stop = way(1, 22, 0, 400, ("WALK", "RENTAL:BICYCLE"))._replace(ride_s=760)
    most_of_it = way(1, 19.5, 0, 400, ("WALK", "RENTAL:BICYCLE"))._replace(ride_s=700)
    assert without_absurd([ride, one_stop]) == [ride]
    assert without_absurd([ride, most_of_it]) == [ride, most_of_it]


def test_a_bus_and_a_shared_car_must_gain_on_a_shared_scooter_all_the_way() -> None:
    scooter = way(0, 23, 0, 450, (DIRECT, "RENTAL:SCOOTER"))._replace(ride_s=930)
    by_car = ("RENTAL:CAR", "WALK")
    slow, quick = way(7, 38, 0, 1300, by_car), way(7, 24, 0, 1300, by_car)
    assert without_absurd([scooter, slow, way(0, 40)]) == [scooter, way(0, 40)]
    assert without_absurd([scooter, quick]) == [scooter, quick]


def test_the_best_of_each_combination_is_chosen_first() -> None:
    buses = [way(m, m + 20) for m in range(0, 60, 10)]
    bike = way(0, 50, combination=("DIRECT", "BICYCLE"))
    assert select([*buses, bike], 3, wanted_s=0) == [buses[0], buses[1], bike]


def test_arriving_by_prefers_what_arrives_just_in_time() -> None:
    buses = [way(m, m + 20) for m in range(0, 60, 10)]
    chosen = select(buses, 2, wanted_s=70 * 60, arrive_by=True)
    assert chosen == [buses[-1], buses[-2]]


def test_fewer_changes_and_less_walking_weigh() -> None:
    tiring, calm = way(0, 30, 2, 900), way(0, 31, 0, 100)
    assert select([tiring, calm], 1, wanted_s=0) == [calm]


def test_plain_public_transport_is_never_crowded_out() -> None:
    bus = way(30, 70)
    others = [
        way(0, 10 + n, combination=kinds)
        for n, kinds in enumerate(
            [
                ("DIRECT", "WALK"),
                ("DIRECT", "BICYCLE"),
                ("DIRECT", "RENTAL:BICYCLE"),
                ("RENTAL:BICYCLE", "WALK"),
                ("WALK", "RENTAL:BICYCLE"),
                ("WALK", "RENTAL:SCOOTER"),
            ]
        )
    ]
    chosen = select([*others, bus], 6, wanted_s=0)
    assert bus in chosen
    assert others[4] not in chosen  # bicycle and bus are there already
    assert others[5] in chosen


def test_the_plain_way_with_fewest_changes_is_shown_beside_shared_vehicles() -> None:
    quick, calm = way(0, 20, 1, 300), way(0, 35, 0, 300)
    scooters = [way(0, 21 + n, 0, 100, ("WALK", "RENTAL:SCOOTER")) for n in range(4)]
    assert select([quick, *scooters, calm], 3, wanted_s=0) == [quick, scooters[0], calm]
