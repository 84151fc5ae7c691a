"""What the HTTP doors share: the request's session, pages, addresses, security headers."""
