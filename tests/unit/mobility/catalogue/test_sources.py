import pytest

from mobility.catalogue.sources import parse_source


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://127.0.0.1:9001/gbfs.json", "http://127.0.0.1:9002/gbfs.json"),
        ("https://bikes.example/gbfs?city=a", "https://bikes.example/gbfs?city=b"),
        (f"https://bikes.example/{'x' * 60}/a", f"https://bikes.example/{'x' * 60}/b"),
    ],
)
def test_feeds_at_different_addresses_have_different_names(one: str, other: str) -> None:
    names = {parse_source(url).name for url in (one, other)}
    assert len(names) == 2
    assert all(len(name) <= 60 for name in names)


def test_a_name_tells_host_and_path_and_no_token() -> None:
    assert parse_source("https://bikes.example/v3/gbfs.json").name == "bikes-example-v3"
    assert "secret" not in parse_source("https://bikes.example/gbfs.json?key=secret").name
