"""The cooperative's pages: parse, call, render; they work without JavaScript."""
