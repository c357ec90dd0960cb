"""What a network offers beside single journeys: boards, trips, what can be reached, and when."""
