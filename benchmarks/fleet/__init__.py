"""How `keyguard fleet` does on hundreds of repositories: on one machine, on a cluster, and when things break."""
