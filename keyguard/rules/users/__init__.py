"""The rules that users bring: those of a configuration and of files named on the command line."""
