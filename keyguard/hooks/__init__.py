"""What git and others call KeyGuard through: hooks, and how they are put in place."""
