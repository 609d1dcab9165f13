"""What stands between an AI agent and a secret: the hooks of the agents, each in the agent's own protocol."""

AGENTS = ("claude-code", "codex", "copilot", "cursor")
"""The agents whose hooks KeyGuard speaks; each has a module here, `-` written `_`."""
