"""The timetable, its days, and the searches over them."""
