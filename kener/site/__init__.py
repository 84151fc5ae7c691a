"""The public page: snapshot, pages, build, publish."""
