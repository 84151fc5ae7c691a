"""Everything that changes anything. Actions never commit: doors do."""
