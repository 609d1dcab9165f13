"""The report as one page for a browser, for people who were not there: it needs the extra `html` (Jinja2)."""
