"""Regular expressions as trees: reads KeyGuard's dialect and Go's, and writes KeyGuard's."""
