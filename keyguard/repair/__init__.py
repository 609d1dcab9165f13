"""Takes keys out of the files of a work tree: the program reads the environment, the value goes into an env file."""
