"""Web plumbing shared by the platform and the cooperative; knows neither of them."""
