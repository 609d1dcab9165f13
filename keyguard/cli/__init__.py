"""The command line: parses, calls one core function, prints, and exits with a documented code."""
