"""Plans journeys over streets, public transport and shared vehicles."""
