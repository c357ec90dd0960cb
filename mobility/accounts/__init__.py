"""Staff of the platform: operators, crews, planners, admins, and their API tokens."""
