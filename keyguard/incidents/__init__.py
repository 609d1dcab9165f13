"""The ledger of incidents: open ones in a folder of the user's, closed ones in a file of the repository."""
