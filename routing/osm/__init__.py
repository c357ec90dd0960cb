"""OpenStreetMap → ways, places and shapes; OSMnx graphs in and out."""
