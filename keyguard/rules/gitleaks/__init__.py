"""Turns configurations of gitleaks and betterleaks into rules of KeyGuard, and says what could not be turned."""
