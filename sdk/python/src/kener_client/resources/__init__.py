"""The resources of the API, one class each."""
