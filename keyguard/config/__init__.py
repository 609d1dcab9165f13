"""What a repository or a user sets for KeyGuard in `.keyguard.toml`."""

from keyguard.config.settings import FILE, TABLES, Config, RuleTable, load, tables

__all__ = ["FILE", "TABLES", "Config", "RuleTable", "load", "tables"]
