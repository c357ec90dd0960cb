"""Plans where shared vehicles should be, and the tours that bring them there."""
