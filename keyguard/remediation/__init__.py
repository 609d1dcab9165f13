"""Puts into words what to do about a finding: revoke, replace, and only then clean up."""
