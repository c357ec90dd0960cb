"""Streets: one table of edges, a graph per way of moving, searches on them."""
