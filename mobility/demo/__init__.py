"""The generated demo town: fictional, but made of the same files as a real city."""
