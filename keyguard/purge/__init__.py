"""Takes keys out of a history, last of all: in a fresh clone, by the ids of the objects that KeyGuard found them in."""
