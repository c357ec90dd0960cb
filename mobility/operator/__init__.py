"""A simulated operator of shared vehicles: GBFS 3.0 and a booking API in TOMP's words."""
