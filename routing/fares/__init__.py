"""What a journey costs: tickets of public transport and rides on shared vehicles."""
