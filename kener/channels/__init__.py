"""Where messages go: one file a channel. What they share in sending begins with an underscore."""
